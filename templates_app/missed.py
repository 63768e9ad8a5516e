"""What to do about times that were due while nobody looked: a pure question."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import TextChoices

from templates_app.timetable import Timetable


class Missed(TextChoices):
    SKIP = "skip"
    RUN_ONCE = "run_once"
    CATCH_UP = "catch_up"


@dataclass(frozen=True, slots=True)
class Turn:
    """:ivar runs: false: it is only noted that this one was missed.

    :ivar missed: how many times before it were due, and get no run of their own.
    :ivar next_at: what is due after it; None: nothing.
    """

    fire_at: datetime
    runs: bool
    missed: int
    next_at: datetime | None


def turn(
    timetable: Timetable,
    *,
    due_at: datetime,
    now: datetime,
    policy: str,
    grace: timedelta,
) -> Turn:
    """The next step of a schedule whose first open time is ``due_at``.

    :param grace: how late a run may begin and not count as missed.
    """
    if policy == Missed.CATCH_UP:
        return Turn(due_at, runs=True, missed=0, next_at=timetable.after(due_at))
    last, missed, next_at = due_at, 0, None
    for at in timetable.times(due_at):
        if at > now:
            next_at = at
            break
        last, missed = at, missed + 1
    in_time = policy == Missed.RUN_ONCE or now - last <= grace
    return Turn(last, runs=in_time, missed=missed, next_at=next_at)

"""How often somebody may do what the admin guards, counted by django-ratelimit."""

from typing import Final

from django_ratelimit.core import get_usage

from customers import security
from customers.actors import Actor
from customers.addresses import HasMeta

RATES: Final = {"sign_in": "10/m", "new_key": "10/m", "export": "60/m"}
"""Sign-in by address, all else by person; the minute is the clock's, not a sliding one.
An export is one that is begun in the admin, or with its session, or run again there."""


def wait(what: str, who: str, *, request: HasMeta) -> int | None:
    """One more by this one: seconds until there is room again, or None if it may be.

    :param what: of ``RATES``.
    """

    def key(*_: object) -> str:
        return who

    usage = get_usage(
        request, group=f"admin.{what}", key=key, rate=RATES[what], increment=True
    )
    if usage is None or not usage["should_limit"]:
        return None
    return max(int(usage["time_left"]), 1)


def wait_of(what: str, actor: Actor, *, request: HasMeta) -> int | None:
    """The same, by a person; a refusal is told to the log."""
    seconds = wait(what, f"{actor.kind}:{actor.id}", request=request)
    if seconds is not None:
        security.refused("limit_refused", actor=actor, kind=f"admin_{what}")
    return seconds

"""One job at a time: the businesses take turns."""

from datetime import timedelta

import pytest
from django.utils import timezone

from exports import claims
from exports.models import ExportJob
from exports.states import JobStatus
from tests import make
from tests.exports.jobs_made import ended, job

pytestmark = pytest.mark.django_db
NAMES = ("business_a", "business_b", "business_c")


def run_one():
    """Whose job a lone worker takes; it has ended when the next one is looked for."""
    taken = claims.claim("interactive", worker="w1", now=timezone.now())
    ended(taken, JobStatus.COMPLETED)
    return taken.business_id


def test_many_jobs_of_one_business_do_not_hold_the_others_up():
    busy, *others = (make.business(name) for name in NAMES)
    for _ in range(5):
        job(busy)
    first = run_one()
    for each in others:
        job(each)
        job(each)

    assert [first, *(run_one() for _ in range(8))] == [
        "business_a",
        *("business_b", "business_c", "business_a"),
        *("business_b", "business_c", "business_a"),
        *("business_a", "business_a"),
    ]


def test_oldest_comes_first_among_those_who_had_no_turn():
    made = [job(make.business(name)) for name in NAMES]
    for hours, each in enumerate(reversed(made)):
        then = timezone.now() - timedelta(hours=5 - hours)
        ExportJob.objects.filter(pk=each.pk).update(created_at=then)

    assert [run_one() for _ in NAMES] == list(reversed(NAMES))


def test_work_is_found_when_that_of_the_first_in_turn_was_just_taken(monkeypatch):
    """Between the look for who waits and the look for what."""
    theirs = job(make.business("business_a"))
    mine = job(make.business("business_b"))
    busy = job(make.business("business_b"))
    claims.take(busy, worker="w2", now=timezone.now())
    query, looked = claims.ExportJob.objects.background, []

    def background():
        looked.append(True)
        if len(looked) == 2:  # who runs something is looked for second
            ended(theirs, JobStatus.CANCELLED)
        return query()

    monkeypatch.setattr(ExportJob.objects, "background", background)

    assert claims.claim("interactive", worker="w1", now=timezone.now()) == mine

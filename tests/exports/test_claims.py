from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from exports import claims
from exports.errors import LeaseLost
from exports.models import ExportJob, Mode
from tests import make
from tests.exports.claiming import claim, told
from tests.exports.jobs_made import claimed, deeds_of, job

pytestmark = pytest.mark.django_db
__all__ = ["told"]


def test_nothing_waits():
    assert claim() is None


def test_claim_takes_the_job():
    made = job()
    now = timezone.now()

    taken = claim(now=now, worker="w" * 300)

    stored = ExportJob.objects.get()
    assert taken == made
    assert (stored.status, stored.attempt, stored.fence) == ("processing", 1, 1)
    assert (stored.current_step, stored.started_at) == (1, now)
    assert stored.worker == "w" * 200
    assert timedelta(seconds=10) < stored.lease_until - now < timedelta(seconds=20)
    assert deeds_of(made) == ["export.requested", "export.processing"]


def test_claim_takes_of_its_own_queue_only():
    job(max_rows=None)

    assert claim() is None
    assert claim("bulk").queue == "bulk"


@pytest.mark.parametrize("mode", [Mode.IMMEDIATE, Mode.COMMAND])
def test_claim_leaves_what_runs_elsewhere(mode):
    job(mode=mode)

    assert claim() is None


def test_claim_takes_the_oldest_first():
    made = [job(make.business("business_mine")) for _ in range(3)]

    assert [claim() for _ in range(4)] == [*made, None]


def test_business_with_a_thousand_jobs_does_not_delay_anothers_first():
    first = job(make.business("business_busy"))
    waiting = ExportJob.objects.get(pk=first.pk)
    copies = []
    for number in range(999):
        copy = ExportJob.objects.get(pk=waiting.pk)
        copy.pk = None
        copy.id = ExportJob._meta.pk.get_default()
        copy.created_at = waiting.created_at + timedelta(milliseconds=number)
        copies.append(copy)
    ExportJob.objects.bulk_create(copies)
    theirs = job(make.business("business_small"))
    ExportJob.objects.filter(pk=theirs.pk).update(
        created_at=timezone.now() + timedelta(hours=1)
    )

    taken = [claim().business_id for _ in range(3)]

    assert taken == ["business_busy", "business_small", "business_busy"]


def test_claim_prefers_who_has_the_fewest_running():
    busy, small = make.business("business_busy"), make.business("business_small")
    for _ in range(2):
        claimed(job(busy))
    claimed(job(small))
    job(busy)
    theirs = job(small)

    assert claim() == theirs


def test_claim_looks_again_when_another_was_faster(monkeypatch):
    first, second = (job(make.business("business_mine")) for _ in range(2))
    take = claims._take  # noqa: SLF001 -- the step in which the race is

    def slower(made, **values):
        if made == first:
            claimed(ExportJob.objects.get(pk=first.pk))
        return take(made, **values)

    monkeypatch.setattr(claims, "_take", slower)

    assert claim() == second


def test_claim_gives_up_when_others_are_always_faster(monkeypatch):
    for _ in range(5):
        job(make.business("business_mine"))
    monkeypatch.setattr(claims, "_take", lambda *_, **__: False)

    assert claim() is None


def test_take_of_a_taken_job_is_lost():
    made = job(mode=Mode.IMMEDIATE)
    seen = ExportJob.objects.get(pk=made.pk)
    claims.take(made, worker="web", now=timezone.now())

    with pytest.raises(LeaseLost):
        claims.take(seen, worker="web", now=timezone.now())

    assert deeds_of(made) == ["export.requested", "export.processing"]


@pytest.mark.django_db(transaction=True)
def test_two_claimers_race_and_one_wins():
    made = [job(make.business("business_mine")) for _ in range(6)]
    start = Barrier(4)
    won: list[str] = []

    def race():
        try:
            start.wait()
            while (taken := claim()) is not None:
                won.append(taken.job_id)
        finally:
            connection.close()

    racers = [Thread(target=race) for _ in range(4)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()

    # One that lost three times over goes home: the next message finds what is left.
    rest = iter(claim, None)
    won += [each.job_id for each in rest]
    assert sorted(won) == sorted(each.job_id for each in made)
    assert set(ExportJob.objects.values_list("attempt", "fence")) == {(1, 1)}
    for each in made:
        assert deeds_of(each) == ["export.requested", "export.processing"]


@pytest.mark.django_db(transaction=True)
def test_one_job_goes_to_one_of_many():
    made = job()
    seen = [ExportJob.objects.get(pk=made.pk) for _ in range(6)]
    start = Barrier(6)
    outcomes: list[bool] = []

    def race(mine):
        try:
            start.wait()
            claims.take(mine, worker="w", now=timezone.now())
            outcomes.append(True)
        except LeaseLost:
            outcomes.append(False)
        finally:
            connection.close()

    racers = [Thread(target=race, args=(each,)) for each in seen]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()

    assert sorted(outcomes) == [False] * 5 + [True]
    assert deeds_of(made) == ["export.requested", "export.processing"]


# --- relative ranges


def test_relative_range_is_resolved_in_the_zone_of_the_business():
    business = make.business("business_far", time_zone="Pacific/Auckland")
    job(business, filters={"date_range": "today"})

    taken = claim(now=datetime(2025, 3, 1, 12, 0, tzinfo=UTC))

    assert taken.resolved_range == {
        "start": "2025-03-01T11:00:00.000000+00:00",
        "end": "2025-03-02T11:00:00.000000+00:00",
    }


def test_resolved_range_is_kept_over_attempts():
    job(filters={"date_range": "today"})
    first = claim(now=datetime(2025, 3, 1, 23, 59, tzinfo=UTC)).resolved_range
    ExportJob.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    claims.reap(now=timezone.now())

    again = claim(now=datetime(2025, 3, 2, 0, 1, tzinfo=UTC))

    assert (again.attempt, again.resolved_range) == (2, first)


def test_no_relative_range_is_none():
    job()

    assert claim().resolved_range is None

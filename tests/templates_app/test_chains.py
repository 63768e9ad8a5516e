"""Schedules that export changes: which run follows which, and which begins anew."""

import pytest
from django.utils import timezone

from exports import claims, runs
from exports.deltas.apply import Exported, apply
from exports.errors import Conflict
from exports.models import ExportFile, ExportJob
from exports.pipeline.sinks.storage import open_storage
from exports.states import JobStatus
from templates_app import schedule_changes, schedules
from tests import make
from tests.exports.jobs_made import claimed, ended
from tests.exports.stored import storage
from tests.exports.views.asking import BOTH, client
from tests.templates_app.schedules_made import (
    HOUR,
    MINUTE,
    NOON,
    SCOPES,
    beat,
    fired,
    key,
    run_of,
    schedule,
)

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)
ASKED = {"export_type": "business_data", "format": "ndjson"}


@pytest.fixture
def mine(settings, tmp_path):
    storage(settings, tmp_path)
    other = make.business("business_other")
    make.company(other).delete()
    business = make.business("business_mine")
    make.company(business)
    return business


@pytest.fixture
def of(mine):
    return schedule(mine, data_range="changes", export=ASKED)


def run(of, hour, *, change=lambda: None):
    """The place in its chain that a run has, after a change."""
    change()
    beat(NOON + hour * HOUR)
    runs.work("bulk", worker="w")
    beat(NOON + hour * HOUR + MINUTE)
    job = run_of(of).job
    if job is None or job.status != JobStatus.COMPLETED:
        return None
    told = job.file.manifest["changes"]
    return told["kind"], told["sequence"], told["upserts"], told["tombstones"]


def fail(of, hour, status=JobStatus.FAILED):
    beat(NOON + hour * HOUR)
    ended(claimed(run_of(of).job), status)
    beat(NOON + hour * HOUR + MINUTE)


def exported(job):
    file = ExportFile.objects.get(job=job)
    return Exported.of(open_storage().root / file.key, file.manifest)


def test_first_run_is_full_and_each_after_it_has_what_changed(of, mine, tmp_path):
    found = [
        run(of, 1),
        run(of, 2, change=lambda: make.company(mine)),
        run(of, 3, change=lambda: make.company(mine).delete()),
        run(of, 4),
    ]

    assert found == [
        ("full", 0, 1, 0),
        ("delta", 1, 1, 0),
        ("delta", 2, 0, 1),
        ("delta", 3, 0, 0),
    ]
    full, *deltas = (exported(run.job) for run in of.runs.order_by("fire_at"))
    with (tmp_path / "out").open("wb") as out:
        assert apply(full, deltas, out=out)["rows"] == 2


@pytest.mark.parametrize("status", [JobStatus.FAILED, JobStatus.CANCELLED])
def test_run_that_does_not_complete_leaves_its_changes_to_the_next(of, mine, status):
    before = run(of, 1)
    make.company(mine)
    fail(of, 2, status)
    after = run(of, 3, change=lambda: make.company(mine))

    assert (before, after) == (("full", 0, 1, 0), ("delta", 1, 2, 0))


def test_run_whose_worker_was_killed_begins_again_where_it_began(of, mine):
    run(of, 1)
    make.company(mine)
    beat(NOON + 2 * HOUR)
    claimed(run_of(of).job, seconds=-1)
    make.company(mine)

    claims.reap(now=timezone.now())

    assert run(of, 2) == ("delta", 1, 2, 0)


def test_first_run_that_fails_is_followed_by_a_full_one(of):
    fail(of, 1)

    assert run(of, 2) == ("full", 0, 1, 0)


def change(of, mine, **values):
    actor = schedules.owners.owner_of(of, now=NOON).actor
    schedule_changes.amend(of.schedule_id, values, actor=actor, now=NOON)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"export": ASKED | {"columns": ["company_id", "name"]}}, "full"),
        ({"export": ASKED | {"filters": {"country": "GB"}}}, "full"),
        ({"export": ASKED | {"format": "csv"}}, "full"),
        ({"export": ASKED | {"batch_size": 7}}, "delta"),
        ({"name": "Another"}, "delta"),
    ],
)
def test_other_bytes_are_asked_for_with_a_full_run(of, mine, values, kind):
    run(of, 1)

    change(of, mine, **values)

    assert run(of, 2)[0] == kind


def test_rights_that_show_more_begin_with_a_full_run(mine):
    owner = key(mine)
    of = schedule(mine, owner=owner, data_range="changes", export=ASKED)
    run(of, 1)

    owner.scopes = [*owner.scopes, "pii:read"]
    owner.save()

    assert run(of, 2)[0] == "full"


def test_one_run_waits_for_the_one_before(of, mine):
    run(of, 1)
    beat(NOON + 2 * HOUR)

    beat(NOON + 3 * HOUR)
    with pytest.raises(Conflict, match="its run before has not ended"):
        schedules.run_now(of, actor=make.SYSTEM, now=NOON + 3 * HOUR)
    waiting = fired(of)
    runs.work("bulk", worker="w")
    beat(NOON + 3 * HOUR + MINUTE)

    assert waiting == [("02T13:00", "completed"), ("02T14:00", "running")]
    assert fired(of)[1:] == [("02T14:00", "completed"), ("02T15:00", "running")]


def test_run_that_was_asked_for_is_a_link_too(of, mine):
    run(of, 1)
    schedules.run_now(of, actor=make.SYSTEM, now=NOON + HOUR + MINUTE)
    runs.work("bulk", worker="w")

    assert run(of, 2)[:2] == ("delta", 2)


def test_no_run_without_a_change_when_that_is_not_wanted(mine):
    of = schedule(mine, data_range="changes", export=ASKED, only_if_not_empty=True)
    theirs = make.business("business_other")

    run(of, 1)
    run(of, 2, change=lambda: make.company(theirs))
    skipped = [status for _, status in fired(of)]
    after = run(of, 3, change=lambda: make.company(mine).delete())

    assert skipped == ["completed", "skipped"]
    assert after == ("delta", 1, 0, 1)


def test_job_of_changes_is_not_retried(of, mine):
    fail(of, 1)
    job = ExportJob.objects.for_business(mine.id).get()
    caller = client(mine, scopes=SCOPES)

    answer = caller.post(f"/v1/export/jobs/{job.job_id}/retry")

    assert answer.status_code == 409
    assert "the next run of its schedule" in answer.json()["error"]["message"]


def test_runs_tell_their_place(of, mine):
    run(of, 1)
    run(of, 2)
    caller = client(mine, scopes=SCOPES)

    told = caller.get(f"/v1/export/schedules/{of.schedule_id}/runs").json()["runs"]

    full, delta = (each["changes"] for each in reversed(told))
    first = ExportJob.objects.order_by("created_at", "id")[0]
    assert full == {"kind": "full", "sequence": 0, "base_export_id": None}
    assert delta == {
        "kind": "delta",
        "sequence": 1,
        "base_export_id": first.export_id,
    }

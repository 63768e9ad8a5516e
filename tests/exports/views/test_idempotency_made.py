"""What was made is found again, though nobody lived to answer or to keep the answer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from exports import idempotency, runs
from exports.errors import Conflict, Unavailable
from exports.models import ExportBatch, ExportJob, IdempotencyRecord
from templates_app.models import ExportTemplate, Schedule
from tests import make
from tests.exports.jobs_made import claimed
from tests.exports.views.asking import BOTH, client, error, job_of, spec

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=BOTH),
    pytest.mark.usefixtures("theirs"),
]
NOW = "/v1/export"
JOBS = "/v1/export/jobs"
BATCHES = "/v1/export/batches"
TEMPLATES = "/v1/export/templates"
SCHEDULES = "/v1/export/schedules"
REPLAYED = "Idempotent-Replayed"
SHOWN = ("Location", "Retry-After", "Link")


@pytest.fixture
def caller(mine):
    scopes = ("exports:write", "exports:read", "templates:write", "schedules:write")
    return client(mine, scopes=scopes)


def ask(of, sent, *, address=JOBS):
    headers = {"Idempotency-Key": "k-1"}
    return of.post(address, sent, format="json", headers=headers)


def forget_the_answer():
    """As if the process had been killed between its commit and its answer."""
    assert IdempotencyRecord.objects.update(status=None, headers={}, body=None) == 1


def wanted(mine):
    """Address, body and table of everything that is made."""
    item = {"export_type": "verifications", "format": "csv"}
    batch = {"business_id": mine.id, "exports": [item, item], "bundle": True}
    template = {"business_id": mine.id, "name": "Good", "type": "reports"}
    schedule = {"business_id": mine.id, "name": "Good", "cron": "0 6 1 1 *"}
    schedule["export"] = item
    return {
        "job": (JOBS, spec(mine), ExportJob),
        "batch": (BATCHES, batch, ExportBatch),
        "template": (TEMPLATES, template | {"format": "csv"}, ExportTemplate),
        "schedule": (SCHEDULES, schedule, Schedule),
    }


@pytest.mark.parametrize("kind", ["job", "batch", "template", "schedule"])
def test_what_was_made_is_answered_as_if_its_maker_had_lived(caller, mine, kind):
    address, sent, table = wanted(mine)[kind]
    first = ask(caller, sent, address=address)
    forget_the_answer()

    again = [ask(caller, sent, address=address) for _ in range(2)]

    for each in again:
        assert (each.status_code, each.json()) == (first.status_code, first.json())
        assert [each.get(name) for name in SHOWN] == [first.get(n) for n in SHOWN]
        assert (first.get(REPLAYED), each[REPLAYED]) == (None, "true")
    assert table.objects.count() == 1


def test_job_is_answered_as_it_stands_by_now(caller, mine):
    first = ask(caller, spec(mine, max_rows=5)).json()
    forget_the_answer()
    runs.work("interactive", worker="w1")

    again = ask(caller, spec(mine, max_rows=5)).json()

    assert (again["job_id"], again["status"]) == (first["job_id"], "completed")
    assert again == caller.get(f"{JOBS}/{first['job_id']}").json()


@pytest.mark.parametrize("forget", [True, False])
def test_retry_is_made_once_and_names_the_old_job(caller, mine, forget):
    old = ask(caller, spec(mine)).json()["job_id"]
    ExportJob.objects.update(status="cancelled", completed_at=timezone.now())
    IdempotencyRecord.objects.all().delete()
    address = f"{JOBS}/{old}/retry"

    first = ask(caller, {}, address=address)
    if forget:
        forget_the_answer()
    again = ask(caller, {}, address=address)

    assert (again.status_code, again.json()) == (202, first.json())
    assert again["Link"] == first["Link"] == f'<{JOBS}/{old}>; rel="related"'
    assert ExportJob.objects.count() == 2


@pytest.mark.parametrize("what", ["", "/run"])
def test_schedule_that_was_deleted_meanwhile_is_not_made_again(caller, mine, what):
    _, sent, table = wanted(mine)["schedule"]
    made = caller.post(SCHEDULES, sent, format="json")
    address = f"{made['Location']}/run" if what else SCHEDULES
    sent = {} if what else sent | {"name": "Another"}
    first = ask(caller, sent, address=address)
    forget_the_answer()
    again = ask(caller, sent, address=address)
    caller.delete(made["Location"] if what else first["Location"])

    forget_the_answer()
    answer = ask(caller, sent, address=address)

    assert again.json() == first.json()
    assert error(answer)[:2] == (404, "NOT_FOUND")
    assert table.objects.count() == (0 if what else 1)


def test_template_that_was_deleted_meanwhile_is_not_made_again(caller, mine):
    address, sent, table = wanted(mine)["template"]
    ask(caller, sent, address=address)
    forget_the_answer()
    caller.delete(f"{TEMPLATES}/good")

    answer = ask(caller, sent, address=address)

    assert error(answer)[:2] == (404, "TEMPLATE_NOT_FOUND")
    assert table.objects.count() == 0


def test_export_that_ended_is_answered_with_its_file(caller, mine):
    first = ask(caller, spec(mine), address=NOW)
    forget_the_answer()

    again = ask(caller, spec(mine), address=NOW)

    assert (again.status_code, again.json()) == (200, first.json())
    assert (again[REPLAYED], ExportJob.objects.count()) == ("true", 1)


def test_export_that_runs_is_waited_for(caller, mine):
    made = ask(caller, spec(mine), address=NOW).json()
    forget_the_answer()
    job = job_of(made)
    job.file.delete()
    ExportJob.objects.update(status="pending", completed_at=None)
    claimed(ExportJob.objects.get())

    assert error(ask(caller, spec(mine), address=NOW))[:2] == (409, "CONFLICT")


def test_export_whose_process_was_lost_is_made_anew(caller, mine):
    made = ask(caller, spec(mine), address=NOW).json()
    forget_the_answer()
    job_of(made).file.delete()
    ExportJob.objects.update(status="failed", error_code="worker_lost")

    again = ask(caller, spec(mine), address=NOW)

    assert (again.status_code, again.get(REPLAYED)) == (200, None)
    assert again.json()["export_id"] != made["export_id"]


def test_job_whose_answer_failed_is_not_made_twice(caller, mine, monkeypatch):
    def fail(*_, **__):
        raise Unavailable("away")

    with monkeypatch.context() as patch:
        patch.setattr("exports.views.jobs.JobViewSet._accepted", fail)
        failed = ask(caller, spec(mine))
    again = ask(caller, spec(mine))

    assert (failed.status_code, again.status_code) == (503, 202)
    assert (again[REPLAYED], ExportJob.objects.count()) == ("true", 1)


def test_who_lost_the_business_is_not_told_what_was_made(mine):
    record, text = make.api_key(mine)
    caller = client(mine)
    caller.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    ask(caller, spec(mine))
    forget_the_answer()
    record.businesses.clear()

    assert error(ask(caller, spec(mine)))[:2] == (404, "BUSINESS_NOT_FOUND")


def test_nothing_is_made_by_who_lost_the_key(caller, mine, monkeypatch):
    """A process that stood still for longer than its lease comes back."""
    held = idempotency.begin

    def overtaken(asked, *, actor, now):
        late = held(asked, actor=actor, now=now)
        held(asked, actor=actor, now=now + timedelta(seconds=61))
        return late

    monkeypatch.setattr(idempotency, "begin", overtaken)

    assert error(ask(caller, spec(mine)))[:2] == (409, "CONFLICT")
    assert ExportJob.objects.count() == 0


def test_key_is_not_taken_from_who_has_just_made_something(mine):
    now = timezone.now()
    asked = idempotency.Asked("k", "POST", JOBS, b"")
    idempotency.begin(asked, actor=make.SYSTEM, now=now)
    seen = IdempotencyRecord.objects.get()
    IdempotencyRecord.objects.update(made="x", business=mine)

    with pytest.raises(Conflict):
        idempotency.anew(seen, now=now + timedelta(seconds=61))

    assert IdempotencyRecord.objects.get().made == "x"


def test_conflict_is_not_kept(caller, mine, settings):
    """What was too much at one moment may be asked for again with the same key."""
    settings.EXPORTS = settings.EXPORTS | {"MAX_ACTIVE_JOBS_PER_BUSINESS": 0}
    refused = ask(caller, spec(mine))
    settings.EXPORTS = settings.EXPORTS | {"MAX_ACTIVE_JOBS_PER_BUSINESS": 1}

    again = ask(caller, spec(mine))

    assert error(refused) == (409, "CONFLICT", [])
    assert (again.status_code, again.get(REPLAYED)) == (202, None)

"""Schedules over HTTP: made, read, listed, changed, deleted, run."""

from datetime import datetime

import pytest

from exports.models import ExportJob
from exports.states import JobStatus
from templates_app.models import Schedule, ScheduleRun
from tests import make
from tests.exports.jobs_made import claimed, ended
from tests.exports.views.asking import client, deeds, error, signed_in
from tests.templates_app.schedules_asked import caller, keep, mine, patch
from tests.templates_app.schedules_made import ADDRESS, SCOPES, body

pytestmark = pytest.mark.django_db
__all__ = ["caller", "mine"]


def test_schedule_is_kept_and_told(caller, mine):
    answer = caller.post(
        ADDRESS, body(mine, cron=" 30  6 * * 1-5", missed="skip"), format="json"
    )

    told = answer.json()
    kept = {name: told[name] for name in body(mine)}
    assert (answer.status_code, kept) == (201, body(mine, cron="30 6 * * 1-5"))
    assert (told["missed"], told["data_range"]) == ("skip", "as_asked")
    assert (told["time_zone"], told["interval_minutes"]) == ("Europe/Berlin", None)
    assert (told["paused"], told["failures"]) == (False, 0)
    assert told["owner"]["kind"] == "key"
    again = caller.get(answer["Location"])
    assert again.json() == told
    assert deeds(mine) == ["schedule.created"]


def test_next_times_are_told_in_both_zones(caller, mine):
    told = keep(caller, mine, cron="30 6 * * *")["next_runs"]

    assert len(told) == 5
    for each in told:
        local = datetime.fromisoformat(each["local"])
        assert (local.hour, local.minute) == (6, 30)
        assert local == datetime.fromisoformat(each["utc"])
        assert each["utc"].endswith(":30:00.000000+00:00")


def test_list_is_paged_newest_first(caller, mine):
    names = [keep(caller, mine, name=f"n{number}")["name"] for number in range(3)]

    answer = caller.get(f"{ADDRESS}?limit=2")

    told = answer.json()
    assert [each["name"] for each in told["schedules"]] == names[:0:-1]
    assert (told["total_count"], told["limit"], told["offset"]) == (3, 2, 0)
    assert 'rel="next"' in answer["Link"]
    assert caller.get(f"{ADDRESS}?business_id=business_other").status_code == 404


def test_change_keeps_what_it_leaves_out(caller, mine):
    told = keep(caller, mine)

    changed = patch(caller, told, cron=None, interval_minutes=30).json()

    times = ("cron", "interval_minutes", "next_runs", "updated_at")
    assert (changed["cron"], changed["interval_minutes"]) == (None, 30)
    assert {name: changed[name] for name in changed if name not in times} == {
        name: told[name] for name in told if name not in times
    }
    assert deeds(mine) == ["schedule.created", "schedule.changed"]


def test_replacement_has_defaults_for_what_it_leaves_out(caller, mine):
    told = keep(caller, mine, missed="skip", paused=True, time_zone="UTC")
    sent = {name: told[name] for name in ("name", "cron", "export")}

    answer = caller.put(f"{ADDRESS}/{told['schedule_id']}", sent, format="json")

    now = answer.json()
    assert answer.status_code == 200
    assert (now["missed"], now["paused"], now["time_zone"]) == (
        "run_once",
        False,
        "Europe/Berlin",
    )


def test_pause_takes_its_times_away_and_resuming_gives_them_back(caller, mine):
    told = keep(caller, mine)

    paused = patch(caller, told, paused=True).json()
    resumed = patch(caller, told, paused=False).json()

    assert (paused["paused"], paused["paused_reason"], paused["next_runs"]) == (
        True,
        "by_request",
        [],
    )
    assert (resumed["paused"], resumed["paused_reason"]) == (False, None)
    assert resumed["next_runs"] == told["next_runs"]


def test_run_now_makes_a_job_that_its_runs_tell_of(caller, mine):
    told = keep(caller, mine)

    answer = caller.post(f"{ADDRESS}/{told['schedule_id']}/run")

    run, [job] = answer.json(), ExportJob.objects.all()
    assert (answer.status_code, run["status"], run["trigger"]) == (
        202,
        "pending",
        "manual",
    )
    assert answer["Location"] == f"/v1/export/jobs/{job.job_id}"
    assert caller.get(answer["Location"]).json()["job_id"] == run["job_id"]
    listed = caller.get(f"{ADDRESS}/{told['schedule_id']}/runs").json()
    assert (listed["runs"], listed["total_count"]) == ([run], 1)
    assert deeds(mine)[-2:] == ["export.requested", "schedule.run"]


def test_failed_run_tells_its_reason(caller, mine):
    told = keep(caller, mine)
    caller.post(f"{ADDRESS}/{told['schedule_id']}/run")

    ended(claimed(ExportJob.objects.get()), JobStatus.FAILED)

    [run] = caller.get(f"{ADDRESS}/{told['schedule_id']}/runs").json()["runs"]
    assert (run["status"], run["reason"]["code"]) == ("failed", "EXPORT_ERROR")


def test_deleted_schedule_leaves_its_jobs(caller, mine):
    told = keep(caller, mine)
    address = f"{ADDRESS}/{told['schedule_id']}"
    job = caller.post(f"{address}/run").json()["job_id"]

    answer = caller.delete(address)

    assert (answer.status_code, caller.get(address).status_code) == (204, 404)
    assert ScheduleRun.objects.count() == 0
    assert caller.get(f"/v1/export/jobs/{job}").status_code == 200
    assert deeds(mine)[-1] == "schedule.deleted"


@pytest.mark.parametrize("what", ["create", "run"])
def test_same_key_makes_one(caller, mine, what):
    told = keep(caller, mine)
    address, sent = (ADDRESS, body(mine))
    if what == "run":
        address, sent = f"{ADDRESS}/{told['schedule_id']}/run", {}
    headers = {"Idempotency-Key": "k-1"}

    first, second = (
        caller.post(address, sent, format="json", headers=headers) for _ in range(2)
    )

    assert second["Idempotent-Replayed"] == "true"
    assert first.json() == second.json()
    made = ScheduleRun if what == "run" else Schedule
    assert made.objects.for_business(mine.id).count() == (1 if what == "run" else 2)


def test_customers_are_for_staff_who_may_export_them(mine):
    customer = make.customer(mine)
    manager, viewer = (make.staff(role, mine) for role in ("manager", "viewer"))
    asked = {"customerIds": [str(customer.pk)], "format": "csv"}
    sent = body(mine, export=None, customer_360=asked)

    answer = signed_in(manager).post(ADDRESS, sent, format="json")

    address = f"{ADDRESS}/{answer.json()['schedule_id']}"
    assert (answer.status_code, answer.json()["customer_360"]) == (201, asked)
    run = signed_in(manager).post(f"{address}/run")
    assert run["Location"].startswith("/api/admin/customers/export/job_")
    for other in (signed_in(viewer), client(mine, scopes=SCOPES)):
        assert other.get(address).status_code == 404
        assert other.get(ADDRESS).json()["total_count"] == 0


def test_customers_of_others_are_not_there(mine):
    other = make.customer(make.business("business_other"))
    manager = signed_in(make.staff("manager", mine))
    asked = {"customerIds": [str(other.pk)], "format": "csv"}

    answer = manager.post(
        ADDRESS, body(mine, export=None, customer_360=asked), format="json"
    )

    assert error(answer) == (404, "CUSTOMER_NOT_FOUND", [])

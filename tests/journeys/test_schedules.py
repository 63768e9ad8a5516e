"""Exports that run by themselves: a beat looks, a worker runs, the file is there."""

import pytest

from tests.journeys.programs import eventually

pytestmark = pytest.mark.journey
ADDRESS = "/v1/export/schedules"
DUE = "UPDATE templates_app_schedule SET next_at = created_at"
SPEC = {
    "export_type": "verifications",
    "format": "csv",
    "columns": ["id", "status"],
    "max_rows": 5,
}


@pytest.fixture
def beats(stack):
    """Two of them, which look each second."""
    found = [stack.beat(EXPORT_SCHEDULE_LOOK_SECONDS="1") for _ in range(2)]
    for each in found:
        each.start()
    yield found
    for each in found:
        each.stop()


def kept(client, **values):
    payload = {
        "business_id": client.business_id,
        "name": "Journey",
        "interval_minutes": 60,
        "time_zone": "Australia/Lord_Howe",
        "export": SPEC,
    }
    made = client.call("POST", ADDRESS, json=payload | values)
    assert made.status_code == 201, made.text
    return made.headers["Location"]


def ended(client, address, *, count):
    """Its runs, newest first, once there are so many and all are over."""

    def over():
        runs = client.call("GET", f"{address}/runs").json()["runs"]
        is_over = all(run["ended_at"] for run in runs)
        return runs if len(runs) == count and is_over else None

    return eventually(over, seconds=120, what="the end of the runs")


def test_what_is_due_is_run_once_by_two_beats(stack, client, charlie, beats):
    address = kept(client)
    theirs = kept(charlie, paused=True)

    stack.database.execute(f"{DUE} WHERE paused_at IS NULL")
    [run] = ended(client, address, count=1)

    assert (run["status"], run["trigger"], run["reason"]) == ("completed", "due", None)
    job = client.call("GET", f"/v1/export/jobs/{run['job_id']}").json()
    lines = client.file(job["result"]["export_id"]).content.splitlines()
    assert (lines[0], len(lines)) == (b"id,status", 6)
    told = client.call("GET", address).json()
    assert len(told["next_runs"]) == 5
    assert told["next_runs"][0]["local"].endswith(("+10:30", "+11:00"))

    now = client.call("POST", f"{address}/run").json()
    both = ended(client, address, count=2)
    assert [each["run_id"] for each in both] == [now["run_id"], run["run_id"]]

    assert charlie.call("GET", address).status_code == 404
    assert charlie.call("GET", f"{theirs}/runs").json()["total_count"] == 0
    for caller, each in ((client, address), (charlie, theirs)):
        assert caller.call("DELETE", each).status_code == 204

"""Cancelling while a worker is at it, or before one is."""

import pytest

from tests.crash.watching import first_new, parts
from tests.journeys.programs import eventually
from tests.journeys.readers import stored

pytestmark = pytest.mark.journey


def test_running_job_is_cancelled_and_leaves_no_file(stack, client):
    before = stored(stack.storage)
    unfinished = parts(stack.storage)
    job = client.post({"format": "yaml", "batch_size": 1})
    first_new(stack.storage, than=unfinished)

    answer = client.call("POST", f"/v1/export/jobs/{job['job_id']}/cancel")

    assert (answer.status_code, answer.json()["cancel_requested"]) == (200, True)
    ended = client.ended(job["job_id"])
    assert (ended["status"], ended["result"]) == ("cancelled", None)
    eventually(
        lambda: stored(stack.storage) == before, seconds=60, what="its file is gone"
    )
    again = client.call("POST", f"/v1/export/jobs/{job['job_id']}/cancel")
    assert again.status_code == 409


def test_waiting_job_is_cancelled_at_once(stack, client):
    stack.worker.stop()
    job = client.post({"format": "csv"})

    answer = client.call("POST", f"/v1/export/jobs/{job['job_id']}/cancel")

    stack.worker.start()
    assert answer.json()["status"] == "cancelled"
    follower = client.run({"format": "csv", "max_rows": 1})
    assert follower["row_count"] == 1
    assert client.job(job["job_id"])["attempt"] == 0


def test_business_with_few_jobs_does_not_wait_for_one_with_many(stack, client, charlie):
    stack.worker.stop()
    many = [client.post({"format": "xml"})["job_id"] for _ in range(4)]
    one = charlie.post({"format": "csv"})["job_id"]

    stack.worker.start()

    first = charlie.ended(one)
    assert (first["status"], first["result"]["row_count"]) == ("completed", 10)
    ends = [client.ended(job_id) for job_id in many]
    assert [each["status"] for each in ends] == ["completed"] * 4
    assert first["started_at"] < sorted(each["started_at"] for each in ends)[2]

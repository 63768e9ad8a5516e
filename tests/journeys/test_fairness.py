"""A business with a thousand jobs waiting does not hold another's first one up."""

import pytest
from django.utils import timezone

from tests.journeys.clients import Client
from tests.journeys.programs import eventually
from tests.journeys.webs import another_web, keys_of

pytestmark = [pytest.mark.journey, pytest.mark.one_stack]

SLOTS = 2
"""Of the worker."""
BATCH = {"export_type": "user_data", "format": "csv", "max_rows": 1}
ENDED = "status NOT IN ('pending', 'processing')"


@pytest.fixture
def crowd(stack):
    """A thousand jobs of one business that no worker has seen yet."""
    for business in ("crowded", "patient"):
        stack.manage("create_business", business)
    stack.worker.stop()
    knobs = {"max_active_jobs_per_business": "1000"}
    with another_web(stack, knobs=knobs) as url:
        [key] = keys_of(stack, "crowded")
        caller = Client(url, key, "crowded")
        body = {"business_id": "crowded", "exports": [BATCH] * 50}
        for _ in range(20):
            answer = caller.call("POST", "/v1/export/batches", json=body)
            assert answer.status_code == 202, answer.text
    yield
    stack.database.execute(
        "UPDATE exports_exportjob SET status = 'cancelled',"
        " completed_at = CURRENT_TIMESTAMP WHERE status = 'pending'"
    )


def count(stack, condition):
    [(found,)] = stack.database.rows(
        f"SELECT count(*) FROM exports_exportjob WHERE {condition}"
    )
    return found


def test_first_job_of_another_waits_for_one_job_at_most(stack, crowd):
    [key] = keys_of(stack, "patient")
    patient = Client(stack.url, key, "patient")
    assert count(stack, "business_id = 'crowded' AND status = 'pending'") == 1000
    stack.worker.start()
    eventually(
        lambda: count(stack, f"business_id = 'crowded' AND {ENDED}") >= 10,
        seconds=60,
        what="the worker is at the thousand",
    )

    job_id = patient.post(BATCH)["job_id"]
    there = timezone.now()  # every worker sees it from here on
    job = patient.ended(job_id)

    assert job["status"] == "completed"
    overtaking = count(
        stack,
        f"business_id = 'crowded' AND started_at > '{there:%Y-%m-%d %H:%M:%S.%f+00}'"
        " AND started_at < (SELECT max(started_at) FROM exports_exportjob"
        " WHERE business_id = 'patient')",
    )
    still_waiting = count(stack, "business_id = 'crowded' AND status = 'pending'")
    assert overtaking <= SLOTS  # each slot may just have taken one
    assert still_waiting > 500

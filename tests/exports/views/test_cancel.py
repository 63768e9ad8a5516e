from datetime import timedelta

import pytest
from django.utils import timezone

from exports.models import ExportJob
from tests.exports.views.asking import (
    ask_for_job,
    client,
    deeds,
    error,
)

pytestmark = pytest.mark.django_db


def test_waiting_job_is_cancelled_at_once(mine):
    told = ask_for_job(mine).json()
    caller = client(mine)

    answer = caller.post(f"/v1/export/jobs/{told['job_id']}/cancel")

    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["cancel_requested"]) == (
        "cancelled",
        True,
    )
    assert answer.json()["completed_at"] is not None
    assert deeds(mine) == ["export.requested", "export.cancelled"]
    again = caller.post(f"/v1/export/jobs/{told['job_id']}/cancel")
    assert error(again) == (409, "CONFLICT", [])


def test_running_job_notes_the_wish_to_cancel(mine):
    told = ask_for_job(mine).json()
    ExportJob.objects.update(
        status="processing", lease_until=timezone.now() + timedelta(minutes=1)
    )

    answer = client(mine).post(f"/v1/export/jobs/{told['job_id']}/cancel")

    assert (answer.json()["status"], answer.json()["cancel_requested"]) == (
        "processing",
        True,
    )
    assert deeds(mine) == ["export.requested", "export.cancel_requested"]


def test_key_that_may_only_read_cannot_cancel(mine):
    told = ask_for_job(mine).json()
    caller = client(mine, scopes=["exports:read"])

    answer = caller.post(f"/v1/export/jobs/{told['job_id']}/cancel")

    assert error(answer) == (403, "FORBIDDEN", [])
    assert ExportJob.objects.get().status == "pending"

"""Callers of the API, what they ask for, and what an answer holds."""

from collections.abc import Mapping
from typing import Any, Final

from django.db import connections
from rest_framework.test import APIClient

from customers.models import AuditEvent, Business, User
from exports.models import ExportJob
from tests import make

BOTH: Final = ["default", "snapshot"]
UNKNOWN_JOB: Final = "job_01J00000000000000000000000"
UNKNOWN_BATCH: Final = "bat_01J00000000000000000000000"
UNKNOWN_SCHEDULE: Final = "sch_01J00000000000000000000000"
UNKNOWN_EXPORT: Final = "exp_01J00000000000000000000000"


def client(*businesses: Business, **key: Any) -> APIClient:
    """A program with a key of these businesses; broken answers come as answers."""
    _, text = make.api_key(*businesses, **key)
    return with_text(text)


def with_text(text: str) -> APIClient:
    made = APIClient(raise_request_exception=False)
    made.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return made


def signed_in(user: User, *, csrf: bool = False) -> APIClient:
    """Staff with a session; their token is checked only when ``csrf``."""
    made = APIClient(raise_request_exception=False, enforce_csrf_checks=csrf)
    made.force_login(user)
    return made


def spec(business: Business, **values: Any) -> dict[str, Any]:
    basic = {
        "business_id": business.id,
        "export_type": "verifications",
        "format": "csv",
    }
    return basic | values


def export(of: APIClient, business: Business, **values: Any) -> dict[str, Any]:
    """A finished immediate export."""
    answer = of.post("/v1/export", spec(business, **values), format="json")
    assert answer.status_code == 200, answer.content
    return answer.json()


def ask_for_job(business: Business, **values: Any) -> Any:
    """The answer that a job is on its way."""
    wanted = spec(business, **values)
    answer = client(business).post("/v1/export/jobs", wanted, format="json")
    assert answer.status_code == 202, answer.content
    return answer


def is_open() -> bool:
    """Something is being read."""
    return connections["snapshot"].in_atomic_block


def body(answer: Any) -> bytes:
    """All bytes of an answer, which is closed then, as a server does."""
    content = b"".join(answer) if answer.streaming else answer.content
    answer.close()
    return content


def error(answer: Any) -> tuple[int, str, list[str]]:
    """Status, code, and the fields that the details name."""
    told = answer.json()["error"]
    return (
        answer.status_code,
        told["code"],
        [detail["field"] for detail in told["details"]],
    )


def same_refusal(answer: Any, *, id: str) -> tuple[Any, ...]:  # noqa: A002 -- an id
    """A refusal without what is its own: request id, time, counts, the echoed id."""
    told: Mapping[str, Any] = answer.json()
    headers = {
        name: value
        for name, value in answer.headers.items()
        if name not in {"X-Request-ID", "Content-Length"}
        and name not in {"X-RateLimit-Remaining", "X-RateLimit-Reset"}
    }
    message = told["error"]["message"].replace(id, "<id>")
    return answer.status_code, headers, told["error"] | {"message": message}


def deeds(business: Business) -> list[str]:
    """What was recorded of the business, keys left out, oldest first."""
    events = AuditEvent.objects.filter(business_id=business.id).order_by("at", "id")
    return [event.action for event in events if not event.action.startswith("api_key.")]


def job_of(answer: Mapping[str, Any]) -> ExportJob:
    """The row behind a job or an export, as answered."""
    shown = str(answer.get("job_id") or answer["export_id"])
    found = {job.job_id: job for job in ExportJob.objects.all()}
    found |= {job.export_id: job for job in found.values()}
    return found[shown]

"""Each operation of the document is met, and refused as the document says."""

from collections.abc import Callable
from uuid import uuid4

import pytest
import requests

from tests.journeys.clients import Client, ask
from tests.journeys.documented import OPERATIONS, Operation, operation_of
from tests.journeys.programs import eventually

pytestmark = pytest.mark.journey

SPEC = {"format": "csv", "columns": ["id"], "max_rows": 3}
NOWHERE = {
    "job_id": "job_01J00000000000000000000000",
    "export_id": "exp_01J00000000000000000000000",
    "batch_id": "bat_01J00000000000000000000000",
    "template_id": "none",
    "schedule_id": "sch_01J00000000000000000000000",
}
PROBLEM = "application/problem+json"


def read(path: str) -> Callable[[Client], requests.Response]:
    return lambda client: client.call("GET", path)


def posted(path: str) -> Callable[[Client], requests.Response]:
    return lambda client: client.call("POST", path, json=client.payload(SPEC))


def checked(client: Client) -> requests.Response:
    payload = {"business_id": client.business_id}
    payload |= {"custom_query": "SELECT id FROM verifications"}
    return client.call("POST", "/v1/export/query/check", json=payload)


def of_job(method: str, suffix: str = "") -> Callable[[Client], requests.Response]:
    def walk(client: Client) -> requests.Response:
        job_id = client.ended(client.post(SPEC)["job_id"])["job_id"]
        return client.call(method, f"/v1/export/jobs/{job_id}{suffix}")

    return walk


def cancelled(client: Client) -> requests.Response:
    """Asked at once, so that it is not over; if it is, once more."""

    def in_time() -> requests.Response | None:
        job_id = client.post({"format": "pdf"})["job_id"]
        answer = client.call("POST", f"/v1/export/jobs/{job_id}/cancel")
        return answer if answer.ok else None

    return eventually(in_time, seconds=60, what="a job is cancelled before its end")


def batch(client: Client) -> requests.Response:
    exports = [SPEC | {"export_type": "verifications"}] * 2
    payload = {"business_id": client.business_id, "exports": exports, "bundle": True}
    return client.call("POST", "/v1/export/batches", json=payload)


def ended_batch(client: Client) -> requests.Response:
    address = batch(client).headers["Location"]

    def over() -> requests.Response | None:
        answer = client.call("GET", address)
        return answer if answer.json()["status"] == "completed" else None

    return eventually(over, seconds=60, what="the end of the batch")


def template(client: Client) -> requests.Response:
    payload = {
        "business_id": client.business_id,
        "name": f"Walk {uuid4()}",
        "type": "verifications",
        "format": "csv",
    }
    return client.call("POST", "/v1/export/templates", json=payload)


def of_template(method: str) -> Callable[[Client], requests.Response]:
    bodies = {"PATCH": {"description": "changed"}}
    bodies["PUT"] = {"name": "Replaced", "type": "reports", "format": "json"}

    def walk(client: Client) -> requests.Response:
        address = template(client).headers["Location"]
        return client.call(method, address, json=bodies.get(method))

    return walk


def schedule(client: Client) -> requests.Response:
    payload = {
        "business_id": client.business_id,
        "name": f"Walk {uuid4()}",
        "cron": "0 6 1 1 *",
        "export": SPEC | {"export_type": "verifications"},
    }
    return client.call("POST", "/v1/export/schedules", json=payload)


def of_schedule(method: str, suffix: str = "") -> Callable[[Client], requests.Response]:
    bodies = {"PATCH": {"name": "changed"}}
    bodies["PUT"] = {"name": "Replaced", "cron": "0 7 1 1 *"}
    bodies["PUT"] |= {"export": {"template_id": "reports_xml"}}

    def walk(client: Client) -> requests.Response:
        address = schedule(client).headers["Location"]
        return client.call(method, address + suffix, json=bodies.get(method))

    return walk


WALKS: dict[str, Callable[[Client], requests.Response]] = {
    "healthz": read("/healthz"),
    "readyz": read("/readyz"),
    "metrics": read("/metrics"),
    "health_export": read("/v1/health/export"),
    "health_jobs": read("/v1/health/jobs"),
    "export_now": lambda client: client.export(SPEC),
    "preview": posted("/v1/export/preview"),
    "query_check": checked,
    "types_list": read("/v1/export/types"),
    "keys_list": read("/v1/export/keys"),
    "analytics_list": read("/v1/export/analytics"),
    "audit_list": read("/v1/export/audit"),
    "job_create": posted("/v1/export/jobs"),
    "job_list": read("/v1/export/jobs"),
    "job_read": of_job("GET"),
    "job_delete": of_job("DELETE"),
    "job_retry": of_job("POST", "/retry"),
    "job_events": of_job("GET", "/events"),
    "job_cancel": cancelled,
    "file_read": lambda client: client.file(client.run(SPEC)["export_id"]),
    "file_manifest": lambda client: client.call(
        "GET", f"/v1/export/files/{client.run(SPEC)['export_id']}/manifest"
    ),
    "batch_create": batch,
    "batch_read": ended_batch,
    "batch_file": lambda client: client.call(
        "GET", ended_batch(client).json()["file_url"]
    ),
    "template_create": template,
    "template_list": read("/v1/export/templates"),
    "template_read": of_template("GET"),
    "template_replace": of_template("PUT"),
    "template_change": of_template("PATCH"),
    "template_delete": of_template("DELETE"),
    "schedule_create": schedule,
    "schedule_list": read("/v1/export/schedules"),
    "schedule_read": of_schedule("GET"),
    "schedule_replace": of_schedule("PUT"),
    "schedule_change": of_schedule("PATCH"),
    "schedule_delete": of_schedule("DELETE"),
    "schedule_run": of_schedule("POST", "/run"),
    "schedule_runs": of_schedule("GET", "/runs"),
}


def address(operation: Operation) -> str:
    return operation.path.format(**NOWHERE)


# Those of /api/admin, for staff, are walked in test_staff_operations.py.
NAMES = [
    name for name, each in OPERATIONS.items() if not each.path.startswith("/api/admin/")
]


def with_status(status: str) -> list[str]:
    return [name for name in NAMES if status in OPERATIONS[name].responses]


def test_no_walk_is_of_an_operation_that_is_gone():
    assert set(WALKS) <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_operation_answers_as_its_document_says(client, name):
    assert name in WALKS, "a new operation needs its walk"

    answer = WALKS[name](client)

    assert operation_of(answer) == OPERATIONS[name]
    assert str(answer.status_code) == min(OPERATIONS[name].responses)


@pytest.mark.parametrize("accept", ["application/json", PROBLEM])
@pytest.mark.parametrize("name", with_status("401"))
def test_operation_without_a_key_is_refused(stack, name, accept):
    operation = OPERATIONS[name]

    url = f"{stack.url}{address(operation)}"
    answer = ask(operation.method, url, headers={"Accept": accept})

    assert (answer.status_code, answer.headers["Content-Type"]) == (401, accept)
    assert operation_of(answer) == operation


@pytest.mark.parametrize("accept", ["application/json", PROBLEM])
@pytest.mark.parametrize("name", with_status("400"))
def test_operation_refuses_a_parameter_that_it_does_not_know(client, name, accept):
    operation = OPERATIONS[name]

    url = f"{address(operation)}?nonsense=1"
    answer = client.call(operation.method, url, headers={"Accept": accept})

    told = answer.json()
    details = told["details"] if accept == PROBLEM else told["error"]["details"]
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, accept)
    assert [detail["field"] for detail in details] == ["nonsense"]


@pytest.mark.parametrize(
    "name", [name for name in with_status("415") if not OPERATIONS[name].names]
)
def test_operation_reads_nothing_but_json(client, name):
    operation = OPERATIONS[name]

    answer = client.call(
        operation.method,
        operation.path,
        data="<export/>",
        headers={"Content-Type": "application/xml"},
    )

    assert answer.status_code == 415
    assert answer.json()["error"]["code"] == "UNSUPPORTED_MEDIA_TYPE"


@pytest.mark.parametrize("name", ["export_now", "job_create", "batch_create"])
def test_body_over_a_mebibyte_is_refused(client, name):
    operation = OPERATIONS[name]
    body = client.payload(SPEC | {"metadata": {"a": "a" * (1 << 20)}})

    answer = client.call(operation.method, operation.path, json=body)

    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "REQUEST_TOO_LARGE"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v1/export/nothing", 404), ("DELETE", "/v1/export", 405)],
)
def test_what_the_document_does_not_tell_of_is_refused(client, method, path, status):
    assert client.call(method, path).status_code == status

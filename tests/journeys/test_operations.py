"""Each operation of the document is met, and refused as the document says."""

import pytest

from tests.journeys.clients import ask
from tests.journeys.documented import OPERATIONS, Operation, operation_of
from tests.journeys.walks import SPEC, WALKS

pytestmark = [pytest.mark.journey, pytest.mark.one_stack]

NOWHERE = {
    "job_id": "job_01J00000000000000000000000",
    "export_id": "exp_01J00000000000000000000000",
    "batch_id": "bat_01J00000000000000000000000",
    "template_id": "none",
    "webhook_id": "whk_01J00000000000000000000000",
    "destination_id": "dst_01J00000000000000000000000",
    "delivery_id": "dlv_01J00000000000000000000000",
    "schedule_id": "sch_01J00000000000000000000000",
}
PROBLEM = "application/problem+json"


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

"""Each operation for staff is met, and refused as the document says."""

from collections.abc import Callable
from uuid import uuid4

import pytest
import requests

from tests.journeys.documented import OPERATIONS, operation_of
from tests.journeys.programs import eventually
from tests.journeys.staff import MINE, PATH, THEIRS, Staff, Staffed, ended
from tests.journeys.webs import another_web

pytestmark = [pytest.mark.journey, pytest.mark.one_stack]

NAMES = [
    name for name, each in OPERATIONS.items() if each.path.startswith("/api/admin/")
]
NO_JOB = "job_01J00000000000000000000000"


def of_one(customer: str, **query: object) -> str:
    given = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/api/admin/customers/{customer}/export" + (f"?{given}" if given else "")


def exported(staff: Staff, made: Staffed) -> requests.Response:
    return staff.call("GET", of_one(made.customers[MINE][0], format="json"))


def asked(staff: Staff, made: Staffed) -> requests.Response:
    return made.bulk(staff)


def read(staff: Staff, made: Staffed) -> requests.Response:
    return staff.call("GET", asked(staff, made).headers["Location"])


def cancelled(staff: Staff, made: Staffed) -> requests.Response:
    """Asked at once, so that it is not over; if it is, once more."""

    def in_time() -> requests.Response | None:
        job = asked(staff.elsewhere(), made).headers["Location"]
        answer = staff.call("POST", f"{job}/cancel")
        return answer if answer.ok else None

    return eventually(in_time, seconds=60, what="a job is cancelled before its end")


WALKS: dict[str, Callable[[Staff, Staffed], requests.Response]] = {
    "customer_export": exported,
    "customers_export_create": asked,
    "customers_export_read": read,
    "customers_export_cancel": cancelled,
}
ADDRESSES = {
    "customer_export": of_one(str(uuid4())),
    "customers_export_create": PATH,
    "customers_export_read": f"{PATH}/{NO_JOB}",
    "customers_export_cancel": f"{PATH}/{NO_JOB}/cancel",
}
EVERY = pytest.mark.parametrize("name", NAMES)
WRITING = pytest.mark.parametrize(
    "name", [name for name in NAMES if OPERATIONS[name].method == "POST"]
)


def call(staff: Staff, name: str, query: str = "", **options) -> requests.Response:
    """Of what is not there, with a body that names nobody."""
    if name == "customers_export_create" and "data" not in options:
        options.setdefault("json", {"customerIds": [str(uuid4())]})
    method = OPERATIONS[name].method
    return staff.call(method, ADDRESSES[name] + query, **options)


def refusal(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_every_operation_has_its_walk():
    assert sorted(WALKS) == sorted(NAMES) == sorted(ADDRESSES)


@EVERY
@pytest.mark.parametrize("signing", [Staffed.with_token, Staffed.signed_in])
def test_operation_answers_as_its_document_says(people, name, signing):
    answer = WALKS[name](signing(people), people)

    assert operation_of(answer) == OPERATIONS[name]
    assert str(answer.status_code) == min(OPERATIONS[name].responses)


@EVERY
def test_operation_without_staff_is_refused(people, client, name):
    nobody = Staff(people.stack.url)
    program = Staff(people.stack.url, {"Authorization": f"Bearer {client.key}"})

    answers = [call(each, name) for each in (nobody, program)]

    assert [refusal(each) for each in answers] == [(401, "UNAUTHORIZED")] * 2


@EVERY
def test_operation_is_not_for_whoever_may_export_nobody(people, name):
    answer = call(people.with_token("vera"), name)

    assert refusal(answer) == (403, "FORBIDDEN")


@WRITING
def test_session_without_its_token_against_forgery_is_refused(people, name):
    session = people.signed_in()

    answer = call(Staff(session.url, cookies=session.cookies), name)

    assert refusal(answer) == (403, "FORBIDDEN")


@EVERY
def test_operation_refuses_a_parameter_that_it_does_not_know(people, name):
    answer = call(people.with_token(), name, "?nonsense=1")

    assert refusal(answer) == (400, "VALIDATION_ERROR")
    assert [each["field"] for each in answer.json()["details"]] == ["nonsense"]


def test_what_is_not_theirs_is_not_there(people):
    maya = people.with_token()
    mine, theirs = people.customers[MINE][0], people.customers[THEIRS][0]
    found = [
        [maya.call("GET", of_one(each)) for each in (theirs, uuid4())],
        [
            maya.call("POST", PATH, json={"customerIds": [mine, str(each)]})
            for each in (theirs, uuid4())
        ],
    ]
    absent = [call(maya, name) for name in NAMES[2:]]

    assert {refusal(each) for pair in found for each in pair} == {
        (404, "CUSTOMER_NOT_FOUND")
    }
    assert all(first.content == second.content for first, second in found)
    assert {refusal(each) for each in absent} <= {
        (404, "CUSTOMER_NOT_FOUND"),
        (404, "JOB_NOT_FOUND"),
    }


def test_report_is_only_read(people):
    answer = people.with_token().call("POST", ADDRESSES["customer_export"])

    assert refusal(answer) == (405, "METHOD_NOT_ALLOWED")


def test_job_that_is_over_is_not_cancelled(people):
    maya = people.with_token()
    job = people.bulk(maya)
    ended(maya, job)

    answer = maya.call("POST", f"{job.headers['Location']}/cancel")

    assert refusal(answer) == (409, "CONFLICT")


@WRITING
def test_operation_reads_nothing_but_json(people, name):
    other = {"data": "<a/>", "headers": {"Content-Type": "application/xml"}}

    answer = call(people.with_token(), name, **other)

    expected = (415, "UNSUPPORTED_MEDIA_TYPE")
    if OPERATIONS[name].names:  # there is no such job, whatever is said of it
        expected = (404, "JOB_NOT_FOUND")
    assert refusal(answer) == expected


def test_body_over_a_mebibyte_is_refused(people):
    answer = people.bulk(people.with_token(), more="a" * (1 << 20))

    assert refusal(answer) == (413, "REQUEST_TOO_LARGE")


def test_report_over_its_limit_is_refused(people):
    with another_web(people.stack, knobs={"max_size_json": "100"}) as url:
        maya = Staff(url, people.with_token().headers)
        answer = exported(maya, people)

    assert refusal(answer) == (413, "EXPORT_SIZE_EXCEEDED")


@pytest.mark.parametrize(
    ("name", "most"), [("customer_export", 5), ("customers_export_create", 2)]
)
def test_one_address_is_let_through_so_often(people, name, most):
    maya = people.with_token()

    answers = [call(maya, name) for _ in range(most + 1)]

    assert [refusal(each) for each in answers] == [
        *[(404, "CUSTOMER_NOT_FOUND")] * most,
        (429, "RATE_LIMIT_EXCEEDED"),
    ]
    told = answers[-1]
    assert int(told.headers["Retry-After"]) == told.json()["retryAfter"]
    assert refusal(call(maya.elsewhere(), name)) == (404, "CUSTOMER_NOT_FOUND")

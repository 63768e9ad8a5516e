"""Bulk exports as staff ask for them over HTTP."""

from time import monotonic
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from customers.models import AuditEvent, Membership
from exports import throttles
from exports.models import ExportJob
from tests import make
from tests.exports.customer360.bulk_asked import PATH, made, manager, refusal
from tests.exports.customer360.bulk_made import members, worked
from tests.exports.views.asking import BOTH, UNKNOWN_JOB, client, signed_in, with_text

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=BOTH),
    pytest.mark.usefixtures("root"),
]
__all__ = ["made", "manager"]


@pytest.fixture
def caller(manager):
    return token_of(manager)


def token_of(user) -> APIClient:
    return with_text(make.staff_token(user)[1])


def ask(caller, *customers, **body):
    throttles.LOCAL.forget()
    ids = [str(customer.pk) for customer in customers]
    return caller.post(PATH, {"customerIds": ids} | body, format="json")


def same(answer, name: str) -> tuple:
    """All of a refusal that is not the request's own."""
    own = {"X-Request-ID", "X-RateLimit-Remaining", "X-RateLimit-Reset"}
    headers = {key: value for key, value in answer.headers.items() if key not in own}
    return answer.status_code, headers, answer.content.replace(name.encode(), b"<id>")


def refused_of(action: str = "customer.bulk_export") -> list[tuple]:
    events = AuditEvent.objects.filter(action=action).order_by("at", "id")
    return [(event.actor_kind, event.details["code"]) for event in events]


def test_job_is_asked_for_and_polled_to_its_file(made, caller):
    asked = ask(caller, *made, format="csv")
    waiting = caller.get(asked["Location"]).json()
    worked()
    done = caller.get(asked["Location"]).json()

    assert asked.status_code == 202
    assert asked["Location"] == f"{PATH}/{waiting['job_id']}"
    assert asked["Retry-After"] == "1"
    assert (waiting["status"], waiting["type"]) == ("pending", "customer_360")
    assert (done["status"], done["progress"], done["rows_written"]) == (
        *("completed", 1.0),
        2,
    )
    assert done["result"]["file_url"].startswith("http")
    assert len(members()) == 2


def test_session_asks_with_its_token_against_forgery(made, manager):
    with_token = signed_in(manager, csrf=True)
    with_token.cookies["csrftoken"] = token = "a" * 32

    refused = ask(signed_in(manager, csrf=True), *made)
    throttles.LOCAL.forget()
    body = {"customerIds": [str(made[0].pk)]}
    asked = with_token.post(PATH, body, format="json", HTTP_X_CSRFTOKEN=token)

    assert (refused.status_code, refused.json()["code"]) == (403, "FORBIDDEN")
    assert asked.status_code == 202


def test_api_key_is_nobody_here(made):
    scopes = ("exports:write", "exports:read", "pii:read")
    program = client(made[0].business, scopes=scopes)

    answer = ask(program, *made)

    assert refusal(answer) == (401, "UNAUTHORIZED", [])
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_nobody_is_nobody(made):
    assert refusal(ask(APIClient(), *made)) == (401, "UNAUTHORIZED", [])


@pytest.mark.parametrize("role", [Membership.Role.VIEWER, Membership.Role.AUDITOR])
def test_role_without_the_permission_is_refused(made, role):
    viewer = token_of(make.staff(role, made[0].business))

    assert refusal(ask(viewer, *made)) == (403, "FORBIDDEN", [])
    assert refusal(viewer.get(f"{PATH}/{UNKNOWN_JOB}")) == (403, "FORBIDDEN", [])


def test_refusal_of_what_is_no_id_is_recorded(made, caller):
    answer = caller.get(f"{PATH}/job_%00")

    refused = AuditEvent.objects.get(action="customer.bulk_export", outcome="refused")
    assert (answer.status_code, refused.object_id) == (404, "")


def test_wrong_fields_are_named(made, caller):
    answer = ask(caller, *made, format="xls", orderlimit=7)

    assert refusal(answer) == (400, "VALIDATION_ERROR", ["orderlimit", "format"])
    assert answer.json()["error"].startswith("Invalid request parameters: orderlimit: ")


def test_query_parameter_is_refused(made, caller):
    body = {"customerIds": [str(made[0].pk)]}

    answer = caller.post(f"{PATH}?format=csv", body, format="json")

    assert refusal(answer) == (400, "VALIDATION_ERROR", ["format"])


def test_foreign_customer_is_as_one_that_is_not_there(made, caller):
    foreign = make.customer(make.business("business_other"))
    ids = [str(foreign.pk), str(uuid4())]
    answers = []
    for each in ids:
        throttles.LOCAL.forget()
        body = {"customerIds": [str(made[0].pk), each]}
        answers.append(caller.post(PATH, body, format="json"))

    assert refusal(answers[0]) == (404, "CUSTOMER_NOT_FOUND", [])
    assert same(answers[0], ids[0]) == same(answers[1], ids[1])
    assert ids[0] not in answers[0].content.decode()
    assert ExportJob.objects.count() == 0


def test_foreign_business_is_as_one_that_is_not_there(made, caller):
    answers = []
    for name in ("business_other", "business_none"):
        throttles.LOCAL.forget()
        body = {"businessId": name, "filter": {}}
        answers.append(caller.post(PATH, body, format="json"))

    assert refusal(answers[0]) == (404, "CUSTOMER_NOT_FOUND", [])
    assert same(answers[0], "business_other") == same(answers[1], "business_none")


@pytest.mark.parametrize("act", ["", "/cancel"])
def test_foreign_job_is_as_one_that_is_not_there(made, caller, act):
    other = make.customer(make.business("business_other"))
    theirs = token_of(make.staff(of=other.business))
    job_id = ask(theirs, other).json()["job_id"]
    method = caller.post if act else caller.get

    answers = [method(f"{PATH}/{each}{act}") for each in (job_id, UNKNOWN_JOB)]

    assert refusal(answers[0]) == (404, "JOB_NOT_FOUND", [])
    assert same(answers[0], job_id) == same(answers[1], UNKNOWN_JOB)
    assert ExportJob.objects.get().status == "pending"


def test_job_of_a_dataset_is_not_here(made, caller):
    program = client(made[0].business)
    spec = {"business_id": "business_mine", "export_type": "reports", "format": "csv"}
    job_id = program.post("/v1/export/jobs", spec, format="json").json()["job_id"]

    assert caller.get(f"{PATH}/{job_id}").status_code == 404


def test_waiting_job_is_cancelled_at_once(made, caller):
    address = ask(caller, *made)["Location"]

    answer = caller.post(f"{address}/cancel")
    again = caller.post(f"{address}/cancel")

    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert refusal(again) == (409, "CONFLICT", [])


def test_third_request_in_the_window_is_refused(made, caller):
    body = {"customerIds": [str(each.pk) for each in made], "format": "csv"}

    began = monotonic()
    answers = [caller.post(PATH, body, format="json") for _ in range(3)]
    taken = monotonic() - began

    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert [answer["X-RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert {answer["X-RateLimit-Limit"] for answer in answers} == {"2"}
    assert refusal(answers[2])[:2] == (429, "RATE_LIMIT_EXCEEDED")
    wait = answers[2].json()["retryAfter"]
    assert 300 - taken <= wait <= 300
    assert answers[2]["Retry-After"] == str(wait)


def test_limit_is_of_the_address_not_of_the_account(made, manager):
    body = {"customerIds": [str(made[0].pk)]}
    for _ in range(2):
        token_of(manager).post(PATH, body, format="json")

    other = token_of(make.staff(of=made[0].business))
    here = other.post(PATH, body, format="json")
    there = other.post(PATH, body, format="json", REMOTE_ADDR="198.51.100.7")

    assert (here.status_code, there.status_code) == (429, 202)


def test_every_refusal_is_kept(made, caller, settings):
    settings.EXPORTS = settings.EXPORTS | {"BULK_RATE_LIMIT_MAX": 10}
    ask(APIClient(), *made)
    ask(token_of(make.staff(Membership.Role.VIEWER, made[0].business)), *made)
    ask(caller, *made, format="xls")
    foreign = make.customer(make.business("business_other"))
    ask(caller, foreign)

    assert [code for _, code in refused_of()] == [
        "UNAUTHORIZED",
        "FORBIDDEN",
        "VALIDATION_ERROR",
        "CUSTOMER_NOT_FOUND",
    ]

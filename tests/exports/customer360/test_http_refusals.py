"""Who is refused a customer's report, in which words, and what is recorded of it."""

import json

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError

from customers import audit
from customers.models import AuditEvent, Membership
from exports.customer360 import export
from exports.errors import Unavailable
from tests import make
from tests.exports.customer360.reported import often
from tests.exports.customer360.staff_asks import (
    UNKNOWN,
    deeds,
    get,
    refusal,
    token_client,
    url,
)
from tests.exports.views.asking import BOTH, client, signed_in, with_text

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)
__all__ = ["often"]


@pytest.fixture
def theirs():
    return make.customer(make.business("business_other"), name="Somebody else")


@pytest.fixture
def mine(theirs):
    return make.customer(make.business("business_mine"))


def anonymous(mine):
    return with_text("")


def nonsense(mine):
    return with_text("kybstaff_000000000000_" + "x" * 43)


def an_api_key(mine):
    return client(mine.business, scopes=["exports:read", "pii:read"])


def revoked(mine):
    token, text = make.staff_token(make.staff("manager", mine.business))
    type(token).objects.filter(pk=token.pk).update(revoked_at=make.NOW)
    return with_text(text)


def no_staff(mine):
    return signed_in(make.staff("manager", mine.business, is_staff=False))


@pytest.mark.parametrize("who", [anonymous, nonsense, an_api_key, revoked, no_staff])
def test_who_is_no_staff_is_unauthorized(mine, who):
    answer = who(mine).get(url(mine))

    assert refusal(answer)[:2] == (401, "UNAUTHORIZED")
    assert answer["WWW-Authenticate"] == 'Bearer realm="kyb-export"'
    assert deeds() == [("refused", "UNAUTHORIZED")]
    event = AuditEvent.objects.get(action="customer.export")
    assert (event.actor_kind, event.business_id, event.ip_address) == (
        *("system", None),
        "127.0.0.1",
    )


def test_refusals_before_anybody_is_known_use_up_no_limit(mine, settings):
    settings.EXPORTS = settings.EXPORTS | {"RATE_LIMIT_MAX": 1}
    for _ in range(5):
        assert anonymous(mine).get(url(mine)).status_code == 401

    answer = get(token_client("manager", mine.business), mine)

    assert answer.status_code == 200


@pytest.mark.parametrize("role", ["viewer", "auditor"])
def test_roles_without_the_permission_are_forbidden(mine, role):
    answer = token_client(role, mine.business).get(url(mine))

    assert refusal(answer) == (
        *(403, "FORBIDDEN"),
        "this needs the permission customers.export_customer",
    )
    assert deeds() == [("refused", "FORBIDDEN")]


def test_permission_in_one_business_is_none_in_another(mine, theirs):
    user = make.staff("manager", mine.business)
    Membership.objects.create(user=user, business=theirs.business, role="viewer")

    answer = signed_in(user).get(url(theirs))

    assert refusal(answer)[:2] == (403, "FORBIDDEN")
    event = AuditEvent.objects.get(action="customer.export")
    assert (event.business_id, event.object_id) == ("business_other", str(theirs.pk))


@pytest.mark.parametrize("role", ["operator", "manager", "viewer"])
def test_customer_of_another_business_is_refused_like_one_that_is_not_there(
    mine, theirs, role
):
    caller = token_client(role, mine.business)

    foreign, absent = (caller.get(url(each)) for each in (theirs, UNKNOWN))

    own = {"X-Request-ID", "X-RateLimit-Remaining"}
    seen = [
        (
            answer.status_code,
            answer.content,
            {name: text for name, text in answer.items() if name not in own},
        )
        for answer in (foreign, absent)
    ]
    assert seen[0] == seen[1]
    if role != "viewer":
        assert refusal(foreign) == (404, "CUSTOMER_NOT_FOUND", "Customer not found")
    events = AuditEvent.objects.filter(action="customer.export")
    assert [event.business_id for event in events] == [None, None]


def test_what_is_wrong_is_named_with_its_field(mine):
    answer = token_client("manager", mine.business).get(url(mine, format="doc"))

    assert json.loads(answer.content) == {
        "error": "Invalid request parameters: format: must be one of pdf, csv, xlsx,"
        " json",
        "code": "VALIDATION_ERROR",
        "details": [
            {"field": "format", "message": "must be one of pdf, csv, xlsx, json"}
        ],
    }
    assert deeds() == [("refused", "VALIDATION_ERROR")]


def test_no_uuid_is_a_bad_request_and_not_recorded_as_sent(mine):
    answer = token_client("manager", mine.business).get(url("kyb_0_x"))

    assert refusal(answer)[:2] == (400, "VALIDATION_ERROR")
    assert AuditEvent.objects.get(action="customer.export").object_id == ""


def test_credential_in_the_query_is_in_no_answer(mine):
    user = make.staff("manager", mine.business)
    text = make.staff_token(user)[1]

    answer = with_text(text).get(url(mine, **{text: "1"}))

    assert answer.status_code == 400
    assert text not in answer.content.decode()


def test_format_that_this_installation_lacks_is_named(mine, monkeypatch):
    def lacking(view):
        raise Unavailable("the fonts of PDF are not installed here")

    monkeypatch.setattr("exports.customer360.csv.body", lacking)
    answer = token_client("manager", mine.business).get(url(mine, format="csv"))

    assert refusal(answer) == (
        *(400, "UNSUPPORTED_FORMAT"),
        "the fonts of PDF are not installed here",
    )


def test_failure_tells_nothing_of_the_inside(mine, monkeypatch):
    def failing(view):
        raise ZeroDivisionError("/secret/path")

    monkeypatch.setattr("exports.customer360.csv.body", failing)
    answer = token_client("manager", mine.business).get(url(mine, format="csv"))

    assert refusal(answer) == (
        *(500, "EXPORT_GENERATION_FAILED"),
        "The export failed; the request id finds the reason in the log",
    )
    assert deeds() == [("failed", "EXPORT_GENERATION_FAILED")]


def test_no_file_leaves_that_could_not_be_recorded(mine, monkeypatch):
    def full(*args, **kwargs):
        raise DatabaseError("disk full")

    staff = token_client("manager", mine.business)
    monkeypatch.setattr(audit, "record", full)
    answer = staff.get(url(mine, format="csv"))

    assert refusal(answer)[:2] == (500, "EXPORT_GENERATION_FAILED")


def test_customer_who_is_gone_when_the_report_is_read_is_not_found(mine, monkeypatch):
    found = export.find

    def slow(*args, **kwargs):
        seen = found(*args, **kwargs)
        mine.delete()
        return seen

    monkeypatch.setattr(export, "find", slow)
    answer = token_client("manager", mine.business).get(url(mine, format="csv"))

    assert refusal(answer) == (404, "CUSTOMER_NOT_FOUND", "Customer not found")


@pytest.mark.parametrize("lost", [OperationalError, InterfaceError])
def test_database_that_is_away_is_worth_another_try(mine, monkeypatch, lost):
    def away(*_args, **_values):
        raise lost("canary")

    staff = token_client("manager", mine.business)
    monkeypatch.setattr("customers.keys.find_token", away)
    answer = staff.get(url(mine, format="csv"))

    said = (503, "SERVICE_UNAVAILABLE", "The database is away: try again")
    assert refusal(answer) == said
    assert answer.headers["Retry-After"] == "5"


def test_query_of_a_thousand_parameters_is_not_well_formed(mine):
    caller = token_client("manager", mine.business)

    answer = caller.get(f"{url(mine)}?{'&' * 1001}")

    assert refusal(answer)[:2] == (400, "VALIDATION_ERROR")

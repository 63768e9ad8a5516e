"""Staff may call the same endpoints with the admin's session."""

import csv
import io

import pytest

from customers.models import AuditEvent, Membership
from exports.models import ExportJob
from tests import make
from tests.exports.views.asking import (
    BOTH,
    UNKNOWN_JOB,
    body,
    error,
    export,
    same_refusal,
    signed_in,
    spec,
)

alone = pytest.mark.django_db
running = pytest.mark.django_db(transaction=True, databases=BOTH)


@pytest.fixture
def mine(db):
    business = make.business("business_mine")
    make.verification(business, notes="careful")
    make.verification(make.business("business_other"))
    return business


def header_of(caller, business, **values) -> list[str]:
    told = export(caller, business, **values)
    content = body(caller.get(told["file_url"])).decode()
    return next(csv.reader(io.StringIO(content, newline="")))


@running
def test_operator_sees_persons_but_nothing_sensitive():
    mine = make.business("business_mine")
    make.verification(mine)
    caller = signed_in(make.staff("operator", mine))

    seen = header_of(caller, mine)

    assert [name for name in ("score", "reviewer", "notes") if name in seen] == [
        "score",
        "reviewer",
    ]


@running
def test_manager_sees_everything():
    mine = make.business("business_mine")
    make.verification(mine)
    caller = signed_in(make.staff("manager", mine))

    assert header_of(caller, mine, columns=["score", "reviewer", "notes"]) == [
        *("score", "reviewer", "notes")
    ]


@running
def test_member_of_all_businesses_reaches_each():
    mine = make.business("business_mine")
    make.verification(mine)
    caller = signed_in(make.staff("operator", everywhere=True))

    assert export(caller, mine)["row_count"] == 1


@running
def test_deeds_of_staff_carry_their_name():
    mine = make.business("business_mine")
    user = make.staff("manager", mine)
    told = export(signed_in(user), mine)

    event = AuditEvent.objects.get(action="export.requested")

    assert (event.actor_kind, event.actor_id, event.actor_label, event.object_id) == (
        "staff",
        str(user.pk),
        user.username,
        told["export_id"],
    )


@alone
@pytest.mark.parametrize("role", ["viewer", "auditor"])
def test_who_may_only_look_exports_nothing(mine, role):
    caller = signed_in(make.staff(role, mine))

    answer = caller.post("/v1/export/jobs", spec(mine), format="json")

    assert error(answer) == (403, "FORBIDDEN", [])
    assert caller.get("/v1/export/jobs").status_code == 200
    assert ExportJob.objects.count() == 0


@alone
def test_operator_may_not_name_what_is_sensitive(mine):
    caller = signed_in(make.staff("operator", mine))

    answer = caller.post(
        "/v1/export/jobs", spec(mine, columns=["reviewer", "notes"]), format="json"
    )

    assert error(answer) == (403, "FORBIDDEN", ["columns"])
    assert "'notes'" in answer.json()["error"]["details"][0]["message"]


@alone
def test_business_of_others_answers_like_none(mine):
    caller = signed_in(make.staff("manager", mine))
    theirs = make.business("business_other")

    refused = caller.post("/v1/export", spec(theirs), format="json")
    absent = caller.post(
        "/v1/export", spec(theirs, business_id="business_absent"), format="json"
    )

    assert error(refused) == (404, "BUSINESS_NOT_FOUND", [])
    assert same_refusal(refused, id="business_other") == same_refusal(
        absent, id="business_absent"
    )


@alone
def test_role_counts_in_its_own_business_only(mine):
    user = make.staff("manager", mine)
    other = make.business("business_other")
    Membership.objects.create(user=user, business=other, role="viewer")
    caller = signed_in(user)

    allowed = caller.post("/v1/export/jobs", spec(mine), format="json")
    refused = caller.post("/v1/export/jobs", spec(other), format="json")

    assert (allowed.status_code, error(refused)) == (202, (403, "FORBIDDEN", []))


@alone
def test_session_without_its_token_writes_nothing(mine):
    caller = signed_in(make.staff("manager", mine), csrf=True)

    refused = caller.post("/v1/export/jobs", spec(mine), format="json")

    assert error(refused) == (403, "FORBIDDEN", [])
    assert "CSRF" in refused.json()["error"]["message"]
    assert ExportJob.objects.count() == 0
    assert caller.get("/v1/export/jobs").status_code == 200


@alone
def test_session_with_its_token_writes(mine):
    caller = signed_in(make.staff("manager", mine), csrf=True)
    caller.get("/admin/login/")
    token = "a" * 32
    caller.cookies["csrftoken"] = token

    answer = caller.post(
        "/v1/export/jobs", spec(mine), format="json", headers={"X-CSRFToken": token}
    )

    assert answer.status_code == 202


@alone
def test_form_with_a_session_is_no_json(mine):
    caller = signed_in(make.staff("manager", mine), csrf=True)
    caller.cookies["csrftoken"] = "a" * 32

    answer = caller.post(
        "/v1/export/jobs",
        "a=" + "x" * (1 << 20),
        content_type="application/x-www-form-urlencoded",
    )

    assert error(answer) == (415, "UNSUPPORTED_MEDIA_TYPE", [])


@alone
@pytest.mark.parametrize("change", [{"is_staff": False}, {"is_active": False}])
def test_who_is_no_staff_is_nobody(mine, change):
    user = make.staff("manager", mine)
    caller = signed_in(user)
    for name, value in change.items():
        setattr(user, name, value)
    user.save()

    answer = caller.get("/v1/export/jobs")

    assert error(answer) == (401, "UNAUTHORIZED", [])


@alone
def test_staff_without_membership_sees_nothing(mine):
    user = make.staff("manager", mine)
    user.memberships.all().delete()
    caller = signed_in(user)

    assert error(caller.get("/v1/export/jobs")) == (403, "FORBIDDEN", [])
    assert error(caller.get(f"/v1/export/jobs/{UNKNOWN_JOB}")) == (
        404,
        "JOB_NOT_FOUND",
        [],
    )

"""From a request to an actor, or to 401."""

import pytest
from django.urls import path
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView

from customers import keys
from customers.actors import ALL, SCOPES
from customers.authentication import (
    ApiKeyAuthentication,
    StaffSessionAuthentication,
    StaffTokenAuthentication,
    actor_for_key,
    actor_for_user,
)
from customers.clearance import Clearance
from customers.permissions import IsKnown
from tests import make


class Mirror(APIView):
    authentication_classes = [ApiKeyAuthentication, StaffSessionAuthentication]
    permission_classes = [IsKnown, IsAuthenticated]

    def get(self, request):
        actor = request.auth
        return Response(
            {
                "kind": actor.kind,
                "id": actor.id,
                "user": str(request.user.pk),
                "businesses": sorted(actor.grants),
                "request_id": actor.request_id,
                "ip_address": actor.ip_address,
            }
        )

    post = get


class StaffMirror(Mirror):
    authentication_classes = [StaffTokenAuthentication, StaffSessionAuthentication]


urlpatterns = [
    path("mirror", Mirror.as_view()),
    path("staff-mirror", StaffMirror.as_view()),
]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def client() -> APIClient:
    return APIClient(enforce_csrf_checks=True)


def bearer(text: str) -> dict[str, str]:
    return {"authorization": f"Bearer {text}"}


def test_key_acts_for_its_businesses(client):
    make.business("business_not_mine")
    key, text = make.api_key(make.business("business_mine"))
    headers = bearer(text) | {"x-request-id": "req-42"}

    answer = client.get("/mirror", headers=headers, REMOTE_ADDR="198.51.100.9")

    expected = actor_for_key(key, request_id="req-42", ip_address="198.51.100.9")
    assert answer.status_code == 200
    assert answer.json() == {
        "kind": "key",
        "id": expected.id,
        "user": expected.id,
        "businesses": ["business_mine"],
        "request_id": "req-42",
        "ip_address": "198.51.100.9",
    }


def test_key_may_post_without_csrf_token(client):
    _, text = make.api_key()

    answer = client.post("/mirror", headers=bearer(text))

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer nonsense",
        "Bearer \N{POUND SIGN}",
        "Basic dXNlcjpwYXNz",
    ],
)
def test_no_key_or_a_bad_one_is_401_with_a_scheme(client, header):
    make.api_key()
    headers = {} if header is None else {"authorization": header}

    answer = client.get("/mirror", headers=headers)

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="kyb-export"'


def test_revoked_and_unknown_keys_get_the_same_answer(client):
    key, text = make.api_key()
    keys.revoke(key, actor=make.SYSTEM, now=make.NOW)
    same = {"x-request-id": "same"}

    revoked = client.get("/mirror", headers=bearer(text) | same)
    unknown = client.get("/mirror", headers=bearer(f"kyb_{'0' * 12}_{'a' * 43}") | same)

    def told(answer):
        body = answer.json()
        body.pop("timestamp", None)
        return answer.status_code, dict(answer.headers), body

    assert told(revoked) == told(unknown)


def test_staff_session_acts_for_its_memberships(client):
    user = make.staff("viewer", make.business("business_mine"))
    make.business("business_not_mine")
    client.force_login(user)

    answer = client.get("/mirror")

    told = answer.json()
    assert (told["kind"], told["id"]) == ("staff", str(user.pk))
    assert told["businesses"] == ["business_mine"]


def test_staff_session_posts_with_csrf_token_only(client):
    client.force_login(make.staff())

    answer = client.post("/mirror")

    assert answer.status_code == 403


def test_session_of_somebody_who_is_not_staff_is_nobody(client):
    client.force_login(make.staff(is_staff=False))

    answer = client.get("/mirror")

    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("role", "scopes", "clearance"),
    [
        ("viewer", {"exports:read"}, Clearance.INTERNAL),
        ("auditor", {"exports:read"}, Clearance.INTERNAL),
        (
            "operator",
            {"exports:read", "exports:write", "templates:write", "schedules:write"},
            Clearance.PERSONAL,
        ),
        ("manager", set(SCOPES), Clearance.SENSITIVE),
    ],
)
def test_role_grants_its_scopes_and_clearance(role, scopes, clearance):
    business = make.business()
    make.business("business_not_mine")

    actor = actor_for_user(make.staff(role, business))

    grant = actor.grant(business.pk)
    assert grant is not None
    assert (set(grant.scopes), grant.clearance) == (scopes, clearance)
    assert actor.grant("business_not_mine") is None
    assert actor.business_ids == {business.pk}


def test_membership_without_business_is_for_all():
    actor = actor_for_user(make.staff("auditor", everywhere=True))

    assert (set(actor.grants), actor.business_ids) == ({ALL}, None)
    grant = actor.grant("any")
    assert grant is not None
    assert grant.scopes == {"exports:read"}


def test_superuser_is_manager_everywhere():
    user = make.staff("viewer", is_superuser=True)

    actor = actor_for_user(user)

    grant = actor.grant("any")
    assert grant is not None
    assert (grant.scopes, grant.clearance) == (set(SCOPES), Clearance.SENSITIVE)


@pytest.mark.parametrize(
    ("scopes", "clearance"),
    [
        (["exports:read"], Clearance.INTERNAL),
        (["exports:read", "pii:read"], Clearance.SENSITIVE),
    ],
)
def test_key_sees_people_with_the_scope_only(scopes, clearance):
    business = make.business()
    key, _ = make.api_key(business, scopes=scopes)

    grant = actor_for_key(key).grant(business.pk)

    assert grant is not None
    assert (set(grant.scopes), grant.clearance) == (set(scopes), clearance)


def test_staff_token_acts_for_the_memberships_of_its_user(client):
    user = make.staff("operator", make.business("business_mine"))
    make.business("business_not_mine")
    _, text = make.staff_token(user)
    headers = bearer(text) | {"x-request-id": "req-42"}

    answer = client.post("/staff-mirror", headers=headers, REMOTE_ADDR="198.51.100.9")

    assert answer.status_code == 200
    assert answer.json() == {
        "kind": "staff",
        "id": str(user.pk),
        "user": str(user.pk),
        "businesses": ["business_mine"],
        "request_id": "req-42",
        "ip_address": "198.51.100.9",
    }


def test_session_serves_where_tokens_do(client):
    client.force_login(make.staff("viewer", make.business("business_mine")))

    assert client.get("/staff-mirror").json()["businesses"] == ["business_mine"]


def test_every_staff_token_that_is_not_valid_gets_the_same_answer(client):
    revoked, of_revoked = make.staff_token(make.staff())
    keys.revoke(revoked, actor=make.SYSTEM, now=make.NOW)
    over = keys.issue_token(
        "over", user=make.staff(), actor=make.SYSTEM, now=make.NOW, expires_at=make.NOW
    )
    texts = [
        of_revoked,
        over[1],
        make.staff_token(make.staff(is_active=False))[1],
        make.staff_token(make.staff(is_staff=False))[1],
        make.api_key()[1],
        f"kybstaff_{'0' * 12}_{'a' * 43}",
        "",
    ]

    answers = [
        client.get("/staff-mirror", headers=bearer(text) | {"x-request-id": "same"})
        for text in texts
    ]

    assert {answer.status_code for answer in answers} == {401}
    assert {answer["WWW-Authenticate"] for answer in answers} == {
        'Bearer realm="kyb-export"'
    }
    assert len({str(answer.json()["error"]) for answer in answers}) == 1


def test_staff_token_is_no_api_key(client):
    _, text = make.staff_token(make.staff("manager", everywhere=True))

    assert client.get("/mirror", headers=bearer(text)).status_code == 401


def test_nobody_is_401_where_staff_tokens_serve(client):
    answer = client.get("/staff-mirror")

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="kyb-export"'

"""Refusals over HTTP: a line each in the security log, which says more than they do."""

import pytest
from django.test import Client

from tests import make
from tests.exports.views.asking import (
    BOTH,
    UNKNOWN_EXPORT,
    client,
    export,
    signed_in,
    spec,
)
from tests.logged import logged

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)
LOCAL = "127.0.0.1"
SECRET = "s" * 43


@pytest.fixture
def mine(settings, tmp_path):
    settings.EXPORT_STORAGE_URL = (tmp_path / "stored").as_uri()
    make.business("business_other")
    return make.business("business_mine")


@pytest.mark.parametrize("name", ["business_other", "business_nowhere"])
def test_business_that_is_not_theirs(mine, name):
    caller = client(mine)
    wanted = spec(mine, business_id=name)

    with logged() as log:
        made = caller.post("/v1/export/jobs", wanted, format="json")
        listed = caller.get("/v1/export/jobs", {"business_id": name})
        audit = caller.get("/v1/export/audit", {"business_id": name})

    assert {made.status_code, listed.status_code, audit.status_code} == {404}
    assert [each | {"actor": "-"} for each in log.facts("kyb.security")] == [
        {
            "event": "business_refused",
            "actor": "-",
            "business": name,
            "ip_address": LOCAL,
        }
    ] * 3


def test_file_of_a_business_that_is_not_theirs(mine):
    made = export(client(mine), mine)
    stranger = client(make.business("business_other"))

    with logged() as log:
        answer = stranger.get(f"/v1/export/files/{made['export_id']}")

    [told] = log.facts("kyb.security")
    assert (answer.status_code, told["event"]) == (404, "business_refused")
    assert told["business"] == "business_mine"


def test_session_without_its_token(mine):
    caller = signed_in(make.staff(of=mine), csrf=True)

    with logged() as log:
        answer = caller.post("/v1/export/jobs", spec(mine), format="json")

    assert answer.status_code == 403
    assert log.facts("kyb.security") == [{"event": "permission_refused"}]


def test_scope_that_is_missing(mine):
    reader = client(mine, scopes=["exports:read"])
    writer = client(mine, scopes=["exports:write"])

    with logged() as log:
        reader.post("/v1/export", spec(mine), format="json")
        writer.get("/v1/export/jobs")
        writer.get("/v1/export/analytics")

    assert [(each["event"], each["scope"]) for each in log.facts("kyb.security")] == [
        ("scope_refused", "exports:write"),
        ("scope_refused", "exports:read"),
        ("scope_refused", "exports:read"),
    ]


def test_limit_that_is_used_up(mine, settings):
    settings.EXPORTS = settings.EXPORTS | {"LIMIT_OTHER": 1}
    caller = client(mine)

    with logged() as log:
        answers = [caller.get("/v1/export/types").status_code for _ in range(2)]

    [told] = log.facts("kyb.security")
    assert answers == [200, 429]
    assert told.pop("who").startswith("key:key_")
    assert told == {"event": "limit_refused", "kind": "other", "limit": 1}


def test_link_that_this_service_did_not_sign(mine):
    query = {"expires": "4102444800", "signature": "canary-of-a-signature"}

    with logged() as log:
        answer = Client().get(f"/v1/export/files/{UNKNOWN_EXPORT}", query)

    assert answer.status_code == 403
    assert log.facts("kyb.security") == [
        {"event": "link_refused", "export_id": UNKNOWN_EXPORT}
    ]
    assert "canary" not in log.text


def test_good_calls_are_not_told_of(mine):
    with logged() as log:
        export(client(mine), mine)

    assert log.lines("kyb.security") == []


@pytest.mark.parametrize("head", ["kyb", "kybstaff"])
def test_body_with_a_credential_is_refused_and_shows_none(mine, head):
    text = f"{head}_{'a' * 12}_{SECRET}"
    caller = client(mine)
    bodies = [
        ("business_id", spec(mine, business_id=text)),
        ("metadata", spec(mine, metadata={"deep": [{"er": text}]})),
        ("columns", spec(mine, columns=[{"name": "id", "label": text}])),
        ("body", spec(mine) | {text: 1}),
        ("body", [text]),
    ]

    with logged() as log:
        answers = [
            caller.post("/v1/export/jobs", body, format="json") for _, body in bodies
        ]

    told = [answer.json()["error"]["details"] for answer in answers]
    assert [answer.status_code for answer in answers] == [400] * 5
    assert [[each["field"] for each in details] for details in told] == [
        [field] for field, _ in bodies
    ]
    assert SECRET not in log.text + "".join(str(answer.content) for answer in answers)


@pytest.mark.parametrize("accept", ["application/json", "application/problem+json"])
@pytest.mark.parametrize(
    "address",
    [
        "/v1/export/jobs?business_id={}",
        "/v1/export/jobs?{}=1",
        "/v1/export/jobs/{}",
        "/v1/export/files/{}",
        "/v1/export/templates/{}",
    ],
)
def test_error_about_a_credential_shows_none(mine, address, accept):
    text = f"kyb_{'a' * 12}_{SECRET}"

    with logged() as log:
        answer = client(mine).get(address.format(text), headers={"Accept": accept})

    assert answer.status_code in {400, 404}
    assert "kyb_aaaaaaaaaaaa_s" not in answer.content.decode() + log.text

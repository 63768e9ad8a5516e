"""Calls without a good key, and calls of what is not there."""

from datetime import UTC, datetime, timedelta

import pytest

from customers import keys
from tests import make
from tests.exports.views.asking import client, error, with_text

pytestmark = pytest.mark.django_db


def now():
    return datetime.now(UTC)  # noqa: TID251 -- keys end by the real clock


def revoked(business):
    key, text = make.api_key(business)
    keys.revoke(key, actor=make.SYSTEM, now=now())
    return text


KEYS = {
    "none": lambda _: None,
    "empty": lambda _: "",
    "malformed": lambda _: "kyb_nonsense",
    "not ASCII": lambda _: "kyb_\xe9",
    "unknown": lambda _: f"kyb_{'a' * 12}_{'b' * 43}",
    "secret of another": lambda of: make.api_key(of)[1][:17] + make.api_key(of)[1][17:],
    "revoked": revoked,
    "expired": lambda of: make.api_key(of, expires_at=now() - timedelta(seconds=1))[1],
    "from elsewhere": lambda of: make.api_key(of, networks=["192.0.2.0/24"])[1],
}
CALLS = [
    ("post", "/v1/export"),
    ("post", "/v1/export/jobs"),
    ("get", "/v1/export/jobs"),
    ("get", "/v1/export/jobs/job_01J00000000000000000000000"),
    ("post", "/v1/export/jobs/job_01J00000000000000000000000/cancel"),
    ("post", "/v1/export/jobs/job_01J00000000000000000000000/retry"),
    ("delete", "/v1/export/jobs/job_01J00000000000000000000000"),
    ("get", "/v1/export/jobs/job_01J00000000000000000000000/events"),
    ("post", "/v1/export/preview"),
    ("post", "/v1/export/batches"),
    ("get", "/v1/export/batches/bat_01J00000000000000000000000"),
    ("get", "/v1/export/batches/bat_01J00000000000000000000000/file"),
    ("get", "/v1/export/files/exp_01J00000000000000000000000"),
    ("get", "/v1/export/files/exp_01J00000000000000000000000/manifest"),
    ("get", "/v1/export/types"),
    ("get", "/v1/export/analytics"),
    ("get", "/v1/export/audit"),
    ("get", "/v1/export/templates"),
    ("get", "/v1/export/templates/verifications_csv"),
]


@pytest.mark.parametrize("kind", list(KEYS))
@pytest.mark.parametrize(("method", "address"), CALLS)
def test_call_without_a_good_key_is_unauthorized(mine, method, address, kind):
    text = KEYS[kind](mine)
    caller = with_text(text or "")
    if text is None:
        caller.credentials()

    answer = getattr(caller, method)(address, {}, format="json")

    assert error(answer) == (401, "UNAUTHORIZED", [])
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="kyb-export"'


@pytest.mark.parametrize("scheme", ["Basic", "Token", ""])
def test_other_schemes_are_no_key(mine, scheme):
    caller = with_text("")
    caller.credentials(HTTP_AUTHORIZATION=f"{scheme} {make.api_key(mine)[1]}")

    answer = caller.get("/v1/export/types")

    assert error(answer) == (401, "UNAUTHORIZED", [])


def test_key_is_good_from_its_network(mine):
    caller = client(mine, networks=["127.0.0.0/8"])

    assert caller.get("/v1/export/types").status_code == 200


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("get", "/v1/export"),
        ("put", "/v1/export/jobs/job_01J00000000000000000000000"),
        ("get", "/v1/export/batches"),
        ("put", "/v1/export/templates"),
        ("post", "/v1/export/templates/verifications_csv"),
        ("post", "/v1/export/types"),
        ("options", "/v1/export"),
        ("options", "/v1/export/types"),
        ("post", "/healthz"),
    ],
)
def test_other_methods_are_not_allowed(mine, method, address):
    answer = getattr(client(mine), method)(address)

    assert error(answer) == (405, "METHOD_NOT_ALLOWED", [])
    assert method.upper() not in answer.headers["Allow"].split(", ")


@pytest.mark.parametrize("accept", ["text/csv", "application/pdf", "nonsense", "*/*"])
def test_accept_is_no_reason_to_refuse(mine, accept):
    answer = client(mine).get("/v1/export/types", headers={"Accept": accept})

    assert answer.status_code == 200


def test_format_is_a_parameter_like_any_other(mine):
    answer = client(mine).get("/v1/export/types?format=csv")

    assert error(answer) == (400, "VALIDATION_ERROR", ["format"])

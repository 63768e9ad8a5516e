"""What somebody may not see in an export they may not read in another's either."""

import json

import pytest
from rest_framework.test import APIClient

from exports import runs
from exports.models import ExportFile
from tests import make
from tests.exports.stored import mine
from tests.exports.views.asking import (
    BOTH,
    body,
    client,
    error,
    export,
    signed_in,
    spec,
)

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)
__all__ = ["mine"]
SEES_ALL = ["exports:write", "exports:read", "pii:read"]
PERSONAL = [
    pytest.param({"columns": ["id", "reviewer_email"]}, id="shown"),
    pytest.param(
        {"columns": ["id", {"name": "reviewer_email", "transform": "hash"}]},
        id="as pseudonyms",
    ),
    pytest.param(
        {"columns": ["id"], "filters": {"reviewer_email_contains": "rosa"}},
        id="chosen by",
    ),
    pytest.param({"columns": ["id"], "sort_by": ["reviewer_email"]}, id="ordered by"),
]
NOT_PERSONAL = [
    pytest.param({"columns": ["id", "status"]}, id="not there"),
    pytest.param(
        {"columns": ["id", {"name": "reviewer_email", "transform": "mask"}]},
        id="masked",
    ),
]
READERS = ["key", "viewer", "auditor"]


@pytest.fixture
def maker(mine):
    return client(mine, scopes=SEES_ALL)


def signed_out() -> APIClient:
    return APIClient(raise_request_exception=False)


def reader(who: str, business):
    if who == "key":
        return client(business, scopes=["exports:read", "exports:write"])
    return signed_in(make.staff(who, business))


def made(maker, mine, **values) -> dict:
    """A job that has ended, as whoever asked for it sees it."""
    wanted = spec(mine, max_rows=10, **values)
    job = maker.post("/v1/export/jobs", wanted, format="json").json()
    runs.work("interactive", worker="test")
    return maker.get(f"/v1/export/jobs/{job['job_id']}").json()


def status(answer) -> int:
    body(answer)  # read out and closed, as a client does
    return answer.status_code


def seen(of, job: dict) -> dict:
    """What a reader is told of a job, in each of the ways, and of its file."""
    address = f"/v1/export/jobs/{job['job_id']}"
    path = f"/v1/export/files/{job['result']['export_id']}"
    return {
        "job": of.get(address).json()["result"]["file_url"] is not None,
        "list": of.get("/v1/export/jobs").json()["jobs"][0]["result"]["file_url"]
        is not None,
        "events": b"signature=" in body(of.get(f"{address}/events")),
        "file": status(of.get(path)),
        "manifest": of.get(f"{path}/manifest").status_code,
    }


EVERYTHING = {"job": True, "list": True, "events": True, "file": 200, "manifest": 200}
NOTHING = {"job": False, "list": False, "events": False, "file": 403, "manifest": 403}


@pytest.mark.parametrize("values", PERSONAL)
@pytest.mark.parametrize("who", READERS)
def test_who_may_not_see_the_columns_gets_no_file(mine, maker, who, values):
    job = made(maker, mine, **values)

    assert seen(maker, job) == EVERYTHING
    assert seen(reader(who, mine), job) == NOTHING


@pytest.mark.parametrize("values", NOT_PERSONAL)
@pytest.mark.parametrize("who", READERS)
def test_who_may_see_the_columns_gets_the_file(mine, maker, who, values):
    job = made(maker, mine, **values)

    assert seen(reader(who, mine), job) == EVERYTHING


def test_refusal_names_the_class_and_what_lifts_it(mine, maker):
    job = made(maker, mine, columns=["id", "reviewer_email"])
    export_id = job["result"]["export_id"]

    answer = reader("key", mine).get(f"/v1/export/files/{export_id}")

    assert error(answer) == (403, "FORBIDDEN", [])
    assert answer.json()["error"]["message"] == (
        f"the file of {export_id} tells of personal columns, which a key sees with the"
        " scope pii:read, and staff by their role"
    )


def test_signed_link_serves_whoever_was_given_it(mine, maker):
    told = export(maker, mine, columns=["id", "reviewer_email"])

    answer = signed_out().get(told["file_url"])

    assert b"rosa.meier@example.com" in body(answer)


def test_archive_is_refused_for_one_of_its_files(mine, maker):
    exports = [
        {"export_type": "verifications", "format": "csv", "max_rows": 10, **values}
        for values in ({"columns": ["id"]}, {"columns": ["reviewer_email"]})
    ]
    payload = {"business_id": mine.id, "exports": exports, "bundle": True}
    batch = maker.post("/v1/export/batches", payload, format="json").json()
    for _ in exports:
        runs.work("interactive", worker="test")
    address = f"/v1/export/batches/{batch['batch_id']}/file"

    assert error(reader("key", mine).get(address)) == (403, "FORBIDDEN", [])
    assert body(maker.get(address)).startswith(b"PK")


def test_replayed_answer_has_no_link_once_the_scope_is_gone(mine):
    key, text = make.api_key(mine, scopes=SEES_ALL)
    asking = {"HTTP_AUTHORIZATION": f"Bearer {text}", "HTTP_IDEMPOTENCY_KEY": "once"}
    wanted = json.dumps(spec(mine, columns=["reviewer_email"]))

    def ask() -> dict:
        return (
            signed_out()
            .post("/v1/export", wanted, content_type="application/json", **asking)
            .json()
        )

    first = ask()
    key.scopes = ["exports:write", "exports:read"]
    key.save()
    again = ask()

    assert again["export_id"] == first["export_id"]
    assert (first["file_url"] is None, again["file_url"]) == (False, None)


def test_file_of_before_its_class_was_noted_is_held_to_be_sensitive(mine, maker):
    job = made(maker, mine, columns=["id"])
    field = ExportFile._meta.get_field("discloses")
    ExportFile.objects.update(discloses=field.default)

    assert seen(reader("key", mine), job) == NOTHING

"""No key, and no session at ``/v1``, sees what staff exported; its link serves it."""

from urllib.parse import urlsplit

import pytest

from exports import files
from exports.models import ExportFile
from tests import make
from tests.exports.customer360.bulk_made import content, people, waiting, worked
from tests.exports.stored import storage
from tests.exports.views.asking import (
    BOTH,
    UNKNOWN_EXPORT,
    UNKNOWN_JOB,
    body,
    client,
    same_refusal,
    signed_in,
)

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)
SCOPES = ("exports:write", "exports:read", "pii:read")
CALLS = (
    ("get", "/v1/export/jobs/{job}"),
    ("get", "/v1/export/jobs?job_id={job}"),
    ("get", "/v1/export/jobs/{job}/events"),
    ("post", "/v1/export/jobs/{job}/cancel"),
    ("post", "/v1/export/jobs/{job}/retry"),
    ("delete", "/v1/export/jobs/{job}"),
    ("get", "/v1/export/files/{export}"),
    ("get", "/v1/export/files/{export}/manifest"),
    ("get", "/v1/export/files/{export}?expires=1&signature=x"),
)


@pytest.fixture
def done(settings, tmp_path):
    storage(settings, tmp_path)
    manager = make.staff(of=make.business("business_mine"))
    waiting(people(2), manager)
    return worked()


@pytest.fixture(params=["key", "manager"])
def caller(request, done):
    if request.param == "key":
        return client(done.business, scopes=SCOPES)
    return signed_in(make.staff(of=done.business))


def link(**_) -> str:
    url = urlsplit(files.link(ExportFile.objects.get(), reader=make.SYSTEM))
    return f"{url.path}?{url.query}"


@pytest.mark.parametrize(("method", "address"), CALLS)
def test_it_is_as_if_it_were_not_there(caller, done, method, address):
    ids = [(done.job_id, done.export_id), (UNKNOWN_JOB, UNKNOWN_EXPORT)]

    refused, absent = (
        getattr(caller, method)(address.format(job=job, export=export))
        for job, export in ids
    )

    name = "job" if "{job}" in address else "export"
    shown = [dict(zip(("job", "export"), pair, strict=True))[name] for pair in ids]
    assert refused.status_code == 404
    assert same_refusal(refused, id=shown[0]) == same_refusal(absent, id=shown[1])
    done.refresh_from_db()
    assert (done.status, done.file.state) == ("completed", "stored")


def test_lists_leave_it_out(caller, done):
    listed = caller.get("/v1/export/jobs").json()

    assert (listed["jobs"], listed["total_count"]) == ([], 0)


def test_its_link_serves_it_to_anybody(caller, done, client):
    answers = [each.get(link()) for each in (caller, client)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert {body(answer) for answer in answers} == {content()}


def test_analytics_count_it(done):
    asked = client(done.business, scopes=SCOPES).get("/v1/export/analytics")

    counted = {(row["type"], row["exports"]) for row in asked.json()["figures"]}
    assert counted == {("customer_360", 1)}


def test_audit_names_the_event(done):
    asked = client(done.business, scopes=SCOPES).get(
        f"/v1/export/audit?object_id={done.export_id}"
    )

    actions = [event["action"] for event in asked.json()["events"]]
    assert actions == ["export.completed", "export.processing", "export.requested"]

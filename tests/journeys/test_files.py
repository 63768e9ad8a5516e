"""A file's life after its job: whose it is, and when it is over."""

import pytest

from tests.journeys.clients import ask
from tests.journeys.programs import eventually
from tests.journeys.readers import stored_as

pytestmark = pytest.mark.journey

SPEC = {"format": "csv"}


def test_job_and_file_of_another_business_are_not_found(client, charlie):
    job = client.post(SPEC)
    export_id = client.ended(job["job_id"])["result"]["export_id"]

    answers = [
        charlie.call("GET", f"/v1/export/jobs/{job['job_id']}"),
        charlie.call("POST", f"/v1/export/jobs/{job['job_id']}/cancel"),
        charlie.file(export_id),
        charlie.call("GET", f"/v1/export/files/{export_id}/manifest"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    listed = charlie.call("GET", "/v1/export/jobs?limit=100").json()["jobs"]
    assert {each["business_id"] for each in listed} <= {"charlie"}


def test_export_for_another_business_is_not_found(client, charlie):
    answer = client.export(SPEC | {"business_id": "charlie"})

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "BUSINESS_NOT_FOUND"


def test_file_is_gone_once_its_time_is_over(stack, client):
    job = client.post(SPEC)
    export = client.ended(job["job_id"])["result"]
    name = stored_as(stack, export)
    kept = set(stack.kept.names()) - {name}

    # Time passes.
    stack.database.execute(
        f"UPDATE exports_exportfile SET expires_at = generated_at WHERE key = '{name}'"
    )
    stack.send_task("exports.expire")
    eventually(
        lambda: name not in stack.kept.names(), seconds=60, what="the file is gone"
    )

    assert set(stack.kept.names()) == kept
    assert client.file(export["export_id"]).status_code == 410
    link = ask("GET", export["file_url"])
    assert (link.status_code, link.json()["error"]["code"]) == (410, "EXPORT_EXPIRED")
    after = client.job(job["job_id"])
    assert (after["status"], after["result"]["file_url"]) == ("completed", None)

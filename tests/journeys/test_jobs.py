"""What can be done with jobs beside running them: with a real server and worker."""

import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from tests.journeys.clients import FINAL, ask
from tests.journeys.programs import eventually

pytestmark = pytest.mark.journey

SPEC = {"format": "csv", "columns": ["id", "score"], "max_rows": 100}


def test_list_is_narrowed_and_paged_by_its_links(client):
    since = quote(datetime.now(UTC).isoformat())  # noqa: TID251 - a client's clock
    made = [client.run(SPEC | {"format": "tsv"}) for _ in range(3)]

    path = f"/v1/export/jobs?format=tsv&status=completed&limit=2&created_after={since}"
    seen = []
    while path:
        answer = client.call("GET", path)
        seen += [job["result"]["export_id"] for job in answer.json()["jobs"]]
        path = answer.links.get("next", {}).get("url")

    assert seen == [export["export_id"] for export in reversed(made)]


def test_retry_gives_the_same_file_again_and_delete_takes_one_away(client):
    old = client.ended(client.post(SPEC)["job_id"])

    answer = client.call("POST", f"/v1/export/jobs/{old['job_id']}/retry")
    new = client.ended(answer.json()["job_id"])
    deleted = client.call("DELETE", f"/v1/export/jobs/{old['job_id']}")

    assert (answer.status_code, deleted.status_code) == (202, 204)
    assert new["job_id"] != old["job_id"]
    assert new["result"]["sha256"] == old["result"]["sha256"]
    assert client.job(old["job_id"])["result"]["file_url"] is None
    assert ask("GET", old["result"]["file_url"]).status_code == 410
    assert ask("GET", new["result"]["file_url"]).status_code == 200


def test_events_follow_a_job_to_its_end(client):
    job_id = client.post({"format": "csv"})["job_id"]

    answer = client.call("GET", f"/v1/export/jobs/{job_id}/events", stream=True)
    lines = [line for line in answer.iter_lines(decode_unicode=True) if line]

    assert answer.headers["Content-Type"] == "text/event-stream"
    assert lines[0] == "retry: 1000"
    kinds = [line for line in lines if line.startswith("event: ")]
    assert kinds == ["event: progress"] * (len(kinds) - 1) + ["event: end"]
    data = [json.loads(line[6:]) for line in lines if line.startswith("data: ")]
    assert data[-1] == client.job(job_id)
    assert data[-1]["status"] == "completed"
    progress = [each["progress"] for each in data]
    assert progress == sorted(progress)


def test_preview_tells_what_the_export_gives(client):
    spec = client.payload({"format": "csv", "columns": ["id", "score"]})

    preview = client.call("POST", "/v1/export/preview", json=spec).json()
    file = client.file(client.run(spec)["export_id"]).text

    told = [[row["id"], row["score"] or ""] for row in preview["rows"]]
    assert told == [line.split(",") for line in file.splitlines()[1:21]]
    assert preview["estimated_rows"] == 1200
    assert preview["fits_immediate"] is True
    assert abs(preview["estimated_bytes"] - len(file)) < len(file) / 100


def test_batch_gives_one_archive_of_files_and_manifests(client):
    exports = [SPEC | {"export_type": "verifications"}, {"template_id": "reports_xml"}]
    payload = {"business_id": client.business_id, "exports": exports, "bundle": True}
    asked = client.call("POST", "/v1/export/batches", json=payload)
    address = asked.headers["Location"]

    def over():
        batch = client.call("GET", address).json()
        return batch if batch["status"] != "processing" else None

    batch = eventually(over, seconds=60, what="the end of the batch")
    answer = client.call("GET", batch["file_url"])

    assert (asked.status_code, batch["status"]) == (202, "completed")
    assert {job["status"] for job in batch["jobs"]} <= set(FINAL)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as found:
        names = found.namelist()
        told = json.loads(found.read("batch.json"))
        for each in told["exports"]:
            manifest = json.loads(found.read(f"{each['file']}.manifest.json"))
            content = found.read(each["file"])
            assert hashlib.sha256(content).hexdigest() == manifest["sha256"]
    assert len(names) == 5

import hashlib
import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone

from exports import runs
from exports.errors import FileDamaged
from exports.models import ExportBatch, ExportFile, ExportJob
from exports.pipeline.sinks.storage import LocalStorage
from exports.states import JobStatus
from tests.exports.jobs_made import claimed, ended
from tests.exports.views.asking import BOTH, body, client, deeds, error
from tests.exports.views.batches_asked import made, mine, post

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=BOTH),
    pytest.mark.usefixtures("root"),
]
__all__ = ["mine"]


def run(count=2):
    for _ in range(count):
        runs.work("interactive", worker="test")


def read(business, batch_id):
    return client(business).get(f"/v1/export/batches/{batch_id}").json()


def archive(business, batch_id):
    return client(business).get(f"/v1/export/batches/{batch_id}/file")


def test_batch_is_accepted_with_a_job_each(mine):
    answer = post(mine, metadata={"source": "crm"}, bundle=True)

    batch = ExportBatch.objects.get()
    jobs = list(ExportJob.objects.order_by("batch_index"))
    assert answer.headers["Location"] == f"/v1/export/batches/{batch.batch_id}"
    assert answer.headers["Retry-After"] == "1"
    assert answer.json() == {
        "batch_id": batch.batch_id,
        "business_id": "business_mine",
        "status": "processing",
        "progress": 0.0,
        "jobs": [
            {"job_id": job.job_id, "status": "pending", "progress": 0.0} for job in jobs
        ],
        "bundle": True,
        "file_url": None,
        "metadata": {"source": "crm"},
        "created_at": batch.created_at.isoformat(timespec="microseconds"),
        "completed_at": None,
    }
    assert [job.export_type for job in jobs] == ["verifications", "reports"]
    assert deeds(mine) == ["export.requested", "export.requested", "batch.requested"]


def test_batch_is_completed_with_its_last_job(mine):
    batch_id = made(mine)
    run(1)
    half = read(mine, batch_id)
    run(1)

    whole = read(mine, batch_id)

    assert (half["status"], half["progress"]) == ("processing", 0.5)
    assert (whole["status"], whole["progress"]) == ("completed", 1.0)
    last = max(ExportJob.objects.values_list("completed_at", flat=True))
    assert whole["completed_at"] == last.isoformat(timespec="microseconds")
    assert whole["file_url"] is None  # no archive was asked for


@pytest.mark.parametrize(
    ("ends", "status"),
    [
        (("completed", "completed"), "completed"),
        (("completed", "failed"), "partly_failed"),
        (("cancelled", "completed"), "partly_failed"),
        (("failed", "failed"), "failed"),
        (("failed", "cancelled"), "failed"),
        (("cancelled", "cancelled"), "cancelled"),
        (("failed", "pending"), "processing"),
        (("completed", "processing"), "processing"),
    ],
)
def test_status_is_what_the_jobs_make_it(mine, ends, status):
    batch_id = made(mine)
    for job, end in zip(ExportJob.objects.order_by("batch_index"), ends, strict=True):
        if end == "processing":
            claimed(job)
        elif end != "pending":
            ended(job, JobStatus(end))

    assert read(mine, batch_id)["status"] == status


def test_archive_holds_every_file_with_its_manifest(mine):
    batch_id = made(mine, bundle=True)
    run()
    url = read(mine, batch_id)["file_url"]

    answer = client(mine).get(url)

    assert url.endswith(f"/v1/export/batches/{batch_id}/file")
    assert answer.headers["Content-Type"] == "application/zip"
    stamp = ExportBatch.objects.get().created_at.strftime("%Y%m%d-%H%M%S")
    name = f'attachment; filename="batch-business_mine-{stamp}.zip"'
    assert answer.headers["Content-Disposition"] == name
    content = body(answer)
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        assert found.testzip() is None
        csv = f"01-verifications-business_mine-{stamp}.csv"
        xml = f"02-reports-business_mine-{stamp}.xml"
        assert found.namelist() == [
            "batch.json",
            *(csv, f"{csv}.manifest.json"),
            *(xml, f"{xml}.manifest.json"),
        ]
        for member, file in zip(
            (csv, xml), ExportFile.objects.order_by("job__batch_index"), strict=True
        ):
            assert hashlib.sha256(found.read(member)).hexdigest() == file.sha256
            manifest = json.loads(found.read(f"{member}.manifest.json"))
            assert manifest == file.manifest
        told = json.loads(found.read("batch.json"))
    assert [each["file"] for each in told["exports"]] == [csv, xml]
    assert deeds(mine)[-1] == "batch.downloaded"
    assert body(archive(mine, batch_id)) == content


def test_archive_of_a_batch_that_partly_failed_says_what_is_missing(mine):
    batch_id = made(mine, bundle=True)
    run(1)
    done = ExportJob.objects.get(status="completed")
    failed = ended(ExportJob.objects.get(status="pending"), JobStatus.FAILED)

    content = body(archive(mine, batch_id))

    with zipfile.ZipFile(io.BytesIO(content)) as found:
        told = json.loads(found.read("batch.json"))
        assert len(found.namelist()) == 3
    assert told["status"] == "partly_failed"
    assert {each["job_id"]: each["status"] for each in told["exports"]} == {
        done.job_id: "completed",
        failed.job_id: "failed",
    }
    assert [each["file"] is None for each in told["exports"]] == [
        each["job_id"] == failed.job_id for each in told["exports"]
    ]


def test_there_is_no_archive_before_the_end_or_without_having_asked(mine):
    early, unasked = made(mine, bundle=True), made(mine)
    nothing = made(mine, bundle=True)
    for job in ExportJob.objects.exclude(batch_id=ids_of(early)):
        ended(job, JobStatus.FAILED)

    answers = [archive(mine, batch_id) for batch_id in (early, unasked, nothing)]

    assert [error(each) for each in answers] == [(409, "CONFLICT", [])] * 3


def ids_of(batch_id):
    return next(
        each.pk for each in ExportBatch.objects.all() if each.batch_id == batch_id
    )


@pytest.mark.parametrize("how", ["deleted", "over"])
def test_archive_with_a_file_that_is_gone_is_gone(mine, how):
    batch_id = made(mine, bundle=True)
    run()
    if how == "over":
        ExportFile.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    else:
        job = ExportJob.objects.get(batch_index=1)
        client(mine).delete(f"/v1/export/jobs/{job.job_id}")

    assert error(archive(mine, batch_id)) == (410, "EXPORT_EXPIRED", [])


def test_altered_file_breaks_the_archive_off(mine, root):
    batch_id = made(mine, bundle=True)
    run()
    second = ExportFile.objects.get(job__batch_index=1)
    (root / second.key).write_bytes(b"x" * second.size)
    answer = archive(mine, batch_id)
    got = []

    with pytest.raises(FileDamaged):
        got.extend(answer)
    answer.close()

    assert b"x" * 40 not in b"".join(got)
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(b"".join(got)))
    assert error(archive(mine, batch_id)) == (500, "EXPORT_ERROR", [])


def test_archive_that_is_not_read_to_its_end_leaves_no_file_open(mine):
    batch_id = made(mine, bundle=True)
    run()
    answer = archive(mine, batch_id)

    next(iter(answer))
    answer.close()

    assert answer.closed


def test_head_of_an_archive_reads_nothing_and_is_no_download(mine, monkeypatch):
    batch_id = made(mine, bundle=True)
    run()
    monkeypatch.setattr(LocalStorage, "open", None)

    answer = client(mine).head(f"/v1/export/batches/{batch_id}/file")

    assert (answer.status_code, body(answer)) == (200, b"")
    assert answer.headers["Content-Type"] == "application/zip"
    assert "batch.downloaded" not in deeds(mine)

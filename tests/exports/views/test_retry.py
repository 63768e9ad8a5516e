import pytest
from rest_framework.test import APIClient

from exports import runs
from exports.models import ExportFile, ExportJob
from exports.pipeline.sinks.storage import open_storage
from exports.states import JobStatus
from tests import make
from tests.exports.jobs_made import ended, in_state, job
from tests.exports.views.asking import BOTH, client, deeds, error, job_of, spec

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    settings.EXPORT_STORAGE_URL = (tmp_path / "stored").as_uri()
    return open_storage().root


def done(business, **values):
    """A completed job, and who asked for it."""
    caller = client(business)
    wanted = spec(business, max_rows=10, **values)
    told = caller.post("/v1/export/jobs", wanted, format="json").json()
    runs.work("interactive", worker="test")
    return caller, told["job_id"]


def files_in(root):
    return [path for path in root.rglob("*") if path.is_file()]


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
def test_finished_job_is_retried_as_a_new_one(mine, status):
    old = ended(
        job(mine, columns=["id"], filters={"date_range": "today"}, metadata={"n": 1}),
        JobStatus(status),
    )
    ExportJob.objects.update(resolved_range={"start": None, "end": None})

    answer = client(mine).post(f"/v1/export/jobs/{old.job_id}/retry")

    assert answer.status_code == 202, answer.content
    new = job_of(answer.json())
    assert answer.headers["Location"] == f"/v1/export/jobs/{new.job_id}"
    assert answer.headers["Link"] == f'</v1/export/jobs/{old.job_id}>; rel="related"'
    assert (new.spec, new.metadata, new.status) == (old.spec, {"n": 1}, "pending")
    assert (new.retried_from_id, new.resolved_range) == (old.pk, None)
    assert ExportJob.objects.count() == 2
    assert deeds(mine) == ["export.requested", "export.requested"]


def test_retry_gives_the_rows_of_now(mine):
    make.verification(mine)
    caller, job_id = done(mine)
    make.verification(mine)

    again = caller.post(f"/v1/export/jobs/{job_id}/retry").json()
    runs.work("interactive", worker="test")

    counts = ExportFile.objects.order_by("row_count").values_list("row_count")
    assert list(counts) == [(1,), (2,)]
    assert caller.get(f"/v1/export/jobs/{again['job_id']}").json()["result"]


@pytest.mark.parametrize("status", ["pending", "processing"])
def test_job_that_is_not_finished_is_not_retried(status):
    made = in_state(JobStatus(status))

    answer = client(made.business).post(f"/v1/export/jobs/{made.job_id}/retry")

    assert error(answer) == (409, "CONFLICT", [])
    assert ExportJob.objects.count() == 1


def test_retry_shows_no_more_than_its_caller_may_see(mine):
    old = ended(job(mine, columns=["id", "reviewer_email"]), JobStatus.FAILED)

    answer = client(mine).post(f"/v1/export/jobs/{old.job_id}/retry")

    assert error(answer) == (403, "FORBIDDEN", ["columns"])


def test_retry_takes_no_fields(mine):
    old = ended(job(mine, columns=["id"]), JobStatus.FAILED)
    address = f"/v1/export/jobs/{old.job_id}/retry"
    caller = client(mine)

    fields = caller.post(address, {"format": "pdf"}, format="json")
    listed = caller.post(address, [1], format="json")

    assert error(fields) == (400, "VALIDATION_ERROR", ["format"])
    assert error(listed) == (400, "VALIDATION_ERROR", ["body"])
    assert caller.post(address, {}, format="json").status_code == 202


@pytest.mark.parametrize("method", ["post", "delete"])
def test_key_that_may_only_read_neither_retries_nor_deletes(mine, method):
    old = ended(job(mine), JobStatus.FAILED)
    caller = client(mine, scopes=["exports:read"])
    tail = "/retry" if method == "post" else ""

    answer = getattr(caller, method)(f"/v1/export/jobs/{old.job_id}{tail}")

    assert error(answer) == (403, "FORBIDDEN", [])


def test_deleted_file_is_gone_and_its_job_stays(mine, root):
    make.verification(mine)
    caller, job_id = done(mine)
    export = caller.get(f"/v1/export/jobs/{job_id}").json()["result"]

    answer = caller.delete(f"/v1/export/jobs/{job_id}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert files_in(root) == []
    after = caller.get(f"/v1/export/jobs/{job_id}").json()
    assert (after["status"], after["result"]["file_url"]) == ("completed", None)
    by_link = APIClient().get(export["file_url"])
    by_key = caller.get(f"/v1/export/files/{export['export_id']}")
    assert error(by_link) == (410, "EXPORT_EXPIRED", [])
    assert error(by_key) == (410, "EXPORT_EXPIRED", [])
    assert deeds(mine)[-1] == "file.deleted"


def test_deleting_twice_is_deleting_once(mine):
    caller, job_id = done(mine)

    answers = [caller.delete(f"/v1/export/jobs/{job_id}") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 204]
    assert deeds(mine).count("file.deleted") == 1


def test_what_was_lost_can_be_deleted(mine, root):
    caller, job_id = done(mine)
    ExportFile.objects.update(state="lost")

    assert caller.delete(f"/v1/export/jobs/{job_id}").status_code == 204
    assert (files_in(root), ExportFile.objects.get().state) == ([], "deleted")


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_job_without_a_file_has_nothing_to_delete(mine, status):
    made = ended(job(mine), JobStatus(status))

    answer = client(mine).delete(f"/v1/export/jobs/{made.job_id}")

    assert answer.status_code == 204
    assert ExportJob.objects.get().status == status


@pytest.mark.parametrize("status", ["pending", "processing"])
def test_job_that_is_not_finished_is_not_deleted(status):
    made = in_state(JobStatus(status))

    answer = client(made.business).delete(f"/v1/export/jobs/{made.job_id}")

    assert error(answer) == (409, "CONFLICT", [])

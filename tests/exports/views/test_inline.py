import gzip
import hashlib

import pytest

from exports.models import ExportFile, ExportJob
from exports.pipeline.sinks.storage import open_storage
from tests import make
from tests.exports.views.asking import (
    BOTH,
    UNKNOWN_EXPORT,
    body,
    client,
    deeds,
    error,
    is_open,
    spec,
)

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)


@pytest.fixture
def mine(settings, tmp_path):
    settings.EXPORT_STORAGE_URL = (tmp_path / "stored").as_uri()
    business = make.business("business_mine")
    company = make.company(business, name="Mine Ltd")
    for _ in range(5):
        make.verification(company)
    make.verification(make.company(make.business("business_other"), name="Not mine"))
    return business


def inline(business, **values):
    wanted = spec(business, delivery="inline", **values)
    return client(business).post("/v1/export", wanted, format="json")


def break_after(monkeypatch, error: Exception):
    """The renderer sends its head, then breaks."""

    def broken(self, block):
        raise error

    monkeypatch.setattr("exports.pipeline.renderers.csv.Csv.block", broken)


def test_inline_answers_the_file_as_it_is_read(mine):
    answer = inline(mine, columns=["business_name"])

    job = ExportJob.objects.get()
    assert (answer.status_code, answer.streaming) == (200, True)
    assert answer.headers["Content-Type"] == "text/csv"
    assert answer.headers["X-Export-ID"] == job.export_id
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Content-Length" not in answer.headers
    stamp = job.created_at.strftime("%Y%m%d-%H%M%S")
    name = f"verifications-business_mine-{stamp}.csv"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert job.status == "processing"
    content = body(answer)
    assert content == b"business_name\r\n" + b"Mine Ltd\r\n" * 5


def test_inline_leaves_a_record_and_no_file(mine):
    content = body(inline(mine))

    job = ExportJob.objects.get()
    file = ExportFile.objects.get()
    assert (job.status, job.mode, job.rows_written) == ("completed", "inline", 5)
    assert (file.state, file.key, file.size) == ("streamed", "", len(content))
    assert file.sha256 == hashlib.sha256(content).hexdigest()
    assert file.manifest["sha256"] == file.sha256
    assert [path for path in open_storage().root.rglob("*") if path.is_file()] == []
    assert not is_open()
    assert deeds(mine) == [
        "export.requested",
        "export.processing",
        "export.completed",
    ]


def test_inline_has_a_manifest_but_no_file_to_fetch(mine):
    answer = inline(mine)
    export_id = answer.headers["X-Export-ID"]
    content = body(answer)
    caller = client(mine)

    manifest = caller.get(f"/v1/export/files/{export_id}/manifest").json()
    again = caller.get(f"/v1/export/files/{export_id}")

    assert manifest["sha256"] == hashlib.sha256(content).hexdigest()
    assert error(again) == (410, "EXPORT_EXPIRED", [])


def test_inline_is_compressed_as_asked(mine):
    answer = inline(mine, columns=["business_name"], compression="gzip")

    assert answer.headers["Content-Type"] == "application/gzip"
    assert answer.headers["Content-Disposition"].endswith('.csv.gz"')
    assert gzip.decompress(body(answer)).splitlines()[1] == b"Mine Ltd"


def test_inline_of_no_rows_and_no_head_is_empty(mine):
    answer = inline(mine, filters={"status": "expired"}, include_headers=False)

    assert body(answer) == b""
    assert ExportJob.objects.get().status == "completed"


def test_inline_is_not_bound_by_the_immediate_limit(mine, settings):
    settings.EXPORTS = {**settings.EXPORTS, "IMMEDIATE_MAX_ROWS": 1}

    assert body(inline(mine, columns=["status"])).count(b"\r\n") == 6


def test_inline_of_what_is_built_first_obeys_the_immediate_limit(mine, settings):
    settings.EXPORTS = {**settings.EXPORTS, "IMMEDIATE_MAX_ROWS": 1}

    answer = inline(mine, format="pdf")

    assert error(answer) == (413, "EXPORT_SIZE_EXCEEDED", [])
    assert not is_open()


def test_inline_of_what_is_built_first_obeys_the_size_limit(mine, settings):
    settings.EXPORTS = {**settings.EXPORTS, "MAX_SIZE_PDF": 10}

    assert error(inline(mine, format="pdf")) == (413, "EXPORT_SIZE_EXCEEDED", [])


def test_inline_refused_before_the_first_byte_is_an_error_answer(mine, settings):
    settings.EXPORTS = {**settings.EXPORTS, "MAX_ROWS": 1}

    answer = inline(mine)

    assert error(answer) == (413, "EXPORT_SIZE_EXCEEDED", [])
    job = ExportJob.objects.get()
    assert (job.status, job.error_code) == ("failed", "EXPORT_SIZE_EXCEEDED")
    assert deeds(mine) == ["export.requested", "export.processing", "export.failed"]


def test_inline_that_breaks_in_the_middle_ends_without_a_word(mine, monkeypatch):
    break_after(monkeypatch, RuntimeError("secret"))
    answer = inline(mine, columns=["status"])

    received = []
    with pytest.raises(Exception, match="the export broke"):
        received.extend(answer)

    assert b"".join(received) == b"status\r\n"
    job = ExportJob.objects.get()
    assert (job.status, job.error_code) == ("failed", "EXPORT_ERROR")
    assert ExportFile.objects.count() == 0
    assert not is_open()


def test_inline_that_takes_too_long_breaks_off(mine, settings):
    answer = inline(mine, columns=["status"])
    settings.EXPORTS = {**settings.EXPORTS, "INLINE_MAX_SECONDS": 0}
    slow = inline(mine)

    assert error(slow) == (500, "EXPORT_ERROR", [])
    assert body(answer).count(b"\r\n") == 6


@pytest.mark.parametrize("compression", [False, "gzip", "zip", "zstd"])
def test_client_that_goes_away_leaves_a_cancelled_job(mine, compression):
    answer = inline(mine, compression=compression)

    answer.close()

    job = ExportJob.objects.get()
    finished = job.status == "completed"
    # A compressor may have sent nothing before the end: then all was there at once.
    assert (job.status == "cancelled") or (finished and bool(compression))
    assert not is_open()


def test_client_that_goes_away_in_the_middle_leaves_a_cancelled_job(mine):
    answer = inline(mine)
    next(iter(answer))

    answer.close()

    job = ExportJob.objects.get()
    assert (job.status, job.error_code) == ("cancelled", "")
    assert ExportFile.objects.count() == 0
    assert not is_open()
    assert deeds(mine) == ["export.requested", "export.processing", "export.cancelled"]


def test_unknown_export_has_no_manifest(mine):
    answer = client(mine).get(f"/v1/export/files/{UNKNOWN_EXPORT}/manifest")

    assert error(answer) == (404, "EXPORT_NOT_FOUND", [])


def old(business, **values):
    """Over HTTP/1.0, where the end of the connection is the end of the answer."""
    wanted = spec(business, delivery="inline", **values)
    return client(business).post(
        "/v1/export", wanted, format="json", SERVER_PROTOCOL="HTTP/1.0"
    )


def test_inline_over_the_old_protocol_has_its_length(mine):
    answer = old(mine, columns=["business_name"])

    content = b"business_name\r\n" + b"Mine Ltd\r\n" * 5
    assert (answer.status_code, body(answer)) == (200, content)
    assert answer.headers["Content-Length"] == str(len(content))
    assert ExportJob.objects.get().status == "completed"


def test_inline_that_breaks_over_the_old_protocol_is_an_error(mine, monkeypatch):
    break_after(monkeypatch, RuntimeError("secret"))

    answer = old(mine, columns=["status"])

    assert error(answer) == (500, "EXPORT_ERROR", [])
    assert b"status" not in answer.content
    assert ExportJob.objects.get().status == "failed"
    assert not is_open()

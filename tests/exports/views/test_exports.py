import csv
import hashlib
import io
import json

import pytest

from exports.models import ExportFile, ExportJob
from exports.pipeline.datasets import DATASETS
from exports.pipeline.renderers import RENDERERS
from tests import make
from tests.exports.views.asking import BOTH, body, client, deeds, error, export, spec

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)


@pytest.fixture
def mine():
    business = make.business("business_mine")
    make.verification(make.company(business, name="Mine Ltd"))
    make.verification(make.company(business, name="Also mine Ltd"), status="failed")
    make.verification(make.company(make.business("business_other"), name="Not mine"))
    return business


def rows_of(content: bytes):
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_export_answers_the_export_and_its_file(mine):
    caller = client(mine)

    told = export(caller, mine, columns=["business_name"], metadata={"source": "crm"})

    job = ExportJob.objects.get()
    file = ExportFile.objects.get()
    content = body(caller.get(told["file_url"]))
    assert {name: told[name] for name in told if name != "processing_time"} == {
        "export_id": job.export_id,
        "business_id": "business_mine",
        "type": "verifications",
        "format": "csv",
        "status": "success",
        "is_successful": True,
        "file_url": told["file_url"],
        "file_size": len(content),
        "row_count": 2,
        "rows_expected": 2,
        "completeness": "complete",
        "columns": ["business_name"],
        "sha256": hashlib.sha256(content).hexdigest(),
        "metadata": {"source": "crm"},
        "expires_at": file.expires_at.isoformat(timespec="microseconds"),
        "generated_at": file.generated_at.isoformat(timespec="microseconds"),
    }
    assert told["processing_time"].removesuffix("ms").isdigit()
    assert [row["business_name"] for row in rows_of(content)] == [
        "Mine Ltd",
        "Also mine Ltd",
    ]


@pytest.mark.parametrize("format_name", list(RENDERERS))
def test_export_writes_every_format(mine, format_name):
    caller = client(mine)

    told = export(caller, mine, format=format_name)

    answer = caller.get(told["file_url"])
    assert (told["row_count"], told["format"]) == (2, format_name)
    assert answer.headers["Content-Type"] == RENDERERS[format_name].media_type
    assert hashlib.sha256(body(answer)).hexdigest() == told["sha256"]


@pytest.mark.parametrize("dataset", list(DATASETS))
def test_export_reads_every_dataset_of_one_business(dataset):
    counts = {}
    for name, copies in (("business_mine", 2), ("business_other", 3)):
        business = make.business(name)
        for _ in range(copies):
            make.verification(business)
            make.report(business)
            make.audit_log(business)
            make.user_account(business)
        told = export(client(business), business, export_type=dataset, format="json")
        counts[name] = told["row_count"]

    assert counts == {
        "business_mine": 1 if dataset == "analytics" else 2,
        "business_other": 1 if dataset == "analytics" else 3,
    }


def test_export_named_xlsx_is_excel(mine):
    assert export(client(mine), mine, format="xlsx")["format"] == "excel"


def test_export_cut_by_its_own_max_rows_is_limited(mine):
    told = export(client(mine), mine, max_rows=1)

    assert (told["row_count"], told["rows_expected"], told["completeness"]) == (
        1,
        1,
        "limited",
    )


def test_export_of_no_rows_is_complete(mine):
    caller = client(mine)

    told = export(
        caller, mine, filters={"status": "expired"}, include_headers=False, options=None
    )

    assert (told["row_count"], told["file_size"], told["completeness"]) == (
        0,
        0,
        "complete",
    )
    assert body(caller.get(told["file_url"])) == b""


def test_export_takes_what_its_template_says_but_the_request_wins(mine):
    caller = client(mine)
    wanted = {"business_id": mine.id, "template_id": "verifications_csv"}

    plain = caller.post("/v1/export", wanted, format="json").json()
    other = caller.post(
        "/v1/export", wanted | {"columns": ["id"]}, format="json"
    ).json()

    assert plain["columns"] == [
        *("id", "business_name", "status", "score", "created_at", "updated_at")
    ]
    assert other["columns"] == ["id"]
    job = ExportJob.objects.order_by("created_at").first()
    assert (job.template_id, job.template_version) == ("verifications_csv", 1)


def test_export_of_another_type_keeps_nothing_of_the_templates_dataset(mine):
    wanted = spec(
        mine,
        template_id="verifications_csv",
        export_type="business_data",
        format="json",
    )

    told = client(mine).post("/v1/export", wanted, format="json").json()

    assert (told["type"], told["format"], told["row_count"]) == (
        "business_data",
        "json",
        2,
    )


def test_export_masks_what_may_not_be_seen_when_asked_to(mine):
    caller = client(mine)

    told = export(caller, mine, columns=["status", "reviewer"], on_denied="mask")

    rows = rows_of(body(caller.get(told["file_url"])))
    assert [row["reviewer"] for row in rows] == ["***", "***"]


def test_export_shows_persons_to_a_key_that_may_see_them(mine):
    scopes = ("exports:write", "exports:read", "pii:read")
    caller = client(mine, scopes=scopes)

    told = export(caller, mine, columns=["reviewer"])

    rows = rows_of(body(caller.get(told["file_url"])))
    assert rows == [{"reviewer": "Rosa Meier"}] * 2


def test_export_of_more_rows_than_fit_at_once_is_refused(mine, settings):
    settings.EXPORTS = {**settings.EXPORTS, "IMMEDIATE_MAX_ROWS": 1}

    answer = client(mine).post("/v1/export", spec(mine), format="json")

    assert error(answer) == (413, "EXPORT_SIZE_EXCEEDED", [])
    assert "POST /v1/export/jobs" in answer.json()["error"]["message"]
    job = ExportJob.objects.get()
    assert (job.status, job.error_code) == ("failed", "EXPORT_SIZE_EXCEEDED")


def test_export_of_more_rows_fits_with_max_rows(mine, settings):
    settings.EXPORTS = {**settings.EXPORTS, "IMMEDIATE_MAX_ROWS": 1}

    assert export(client(mine), mine, max_rows=1)["row_count"] == 1


def test_export_of_more_rows_than_any_may_have_is_an_error_never_a_cut(mine, settings):
    settings.EXPORTS = {**settings.EXPORTS, "MAX_ROWS": 1}

    answer = client(mine).post("/v1/export", spec(mine), format="json")

    assert error(answer) == (413, "EXPORT_SIZE_EXCEEDED", [])


def test_export_larger_than_its_format_may_be_leaves_no_file(mine, settings, tmp_path):
    settings.EXPORT_STORAGE_URL = (tmp_path / "stored").as_uri()
    settings.EXPORTS = {**settings.EXPORTS, "MAX_SIZE_CSV": 10}

    answer = client(mine).post("/v1/export", spec(mine), format="json")

    assert error(answer) == (413, "EXPORT_SIZE_EXCEEDED", [])
    assert [path for path in (tmp_path / "stored").rglob("*") if path.is_file()] == []
    assert ExportFile.objects.count() == 0


def test_export_that_breaks_says_nothing_of_the_inside(mine, monkeypatch):
    def break_down(*_, **__):
        raise RuntimeError("secret at /var/lib: SELECT 1")

    monkeypatch.setattr("exports.manifest.build", break_down)

    answer = client(mine).post("/v1/export", spec(mine), format="json")

    assert error(answer) == (500, "EXPORT_ERROR", [])
    assert "SELECT" not in answer.content.decode()
    job = ExportJob.objects.get()
    assert (job.status, job.error_code) == ("failed", "EXPORT_ERROR")
    assert answer.headers["X-Request-ID"] in answer.json()["error"]["message"]


def test_export_leaves_its_deeds_in_the_record(mine):
    caller = client(mine)
    told = export(caller, mine)

    caller.get(told["file_url"]).close()

    assert deeds(mine) == [
        "export.requested",
        "export.processing",
        "export.completed",
        "export.downloaded",
    ]


def test_export_takes_null_for_whatever_is_not_required(mine):
    optional = {
        **dict.fromkeys(("template_id", "filters", "time_range", "columns", "sort_by")),
        **dict.fromkeys(("sort_order", "include_headers", "include_metadata")),
        **dict.fromkeys(("compression", "password", "custom_query", "options")),
        **dict.fromkeys(("delivery", "on_denied", "notify", "batch_size", "max_rows")),
        "metadata": None,
        "destinations": [],
    }

    assert export(client(mine), mine, **optional)["row_count"] == 2


@pytest.mark.parametrize(
    ("compression", "media_type"),
    [
        (True, "application/gzip"),
        ("gzip", "application/gzip"),
        ("zip", "application/zip"),
        ("zstd", "application/zstd"),
    ],
)
def test_export_is_compressed_as_asked(mine, compression, media_type):
    caller = client(mine)

    told = export(caller, mine, compression=compression)

    answer = caller.get(told["file_url"])
    assert answer.headers["Content-Type"] == media_type
    assert "Content-Encoding" not in answer.headers
    answer.close()


def test_export_tells_its_metadata_in_the_file_when_asked(mine):
    caller = client(mine)

    told = export(caller, mine, format="json", include_metadata=True)

    head = json.loads(body(caller.get(told["file_url"])))["metadata"]
    assert (head["export_id"], head["business_id"], head["row_count"]) == (
        told["export_id"],
        "business_mine",
        2,
    )

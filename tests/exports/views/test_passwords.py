"""Passwords over HTTP: taken where a file is made, shown nowhere."""

import json

import pytest

from customers.models import User
from exports import runs
from exports.models import ExportJob, IdempotencyRecord
from exports.pipeline.renderers import RENDERERS
from exports.states import JobStatus
from tests import make
from tests.exports.jobs_made import ended, job
from tests.exports.pipeline import unlocking
from tests.exports.pipeline.unlocking import PASSWORD
from tests.exports.views.asking import (
    BOTH,
    body,
    client,
    error,
    export,
    signed_in,
    spec,
)

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=BOTH),
    pytest.mark.usefixtures("root"),
]


@pytest.fixture
def mine():
    ours, theirs = make.business("business_mine"), make.business("business_theirs")
    make.verification(make.company(ours, name="Ours"))
    make.verification(make.company(theirs, name="Canary"))
    return ours


def opened(content):
    [(name, inside)] = unlocking.members(content).items()
    assert b"Canary" not in inside
    return name, inside.count(b"Ours")


def test_immediate_export_is_protected(mine, caller):
    told = export(caller, mine, password=PASSWORD)
    answer = caller.get(told["file_url"])

    assert opened(body(answer)) == ("verifications.csv", 1)
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"].endswith('.csv.zip"')
    assert PASSWORD not in json.dumps(told, ensure_ascii=False)


def test_inline_export_is_protected(mine, caller):
    wanted = spec(mine, password=PASSWORD, delivery="inline")

    answer = caller.post("/v1/export", wanted, format="json")

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert answer["Content-Disposition"].endswith('.csv.zip"')
    assert opened(body(answer)) == ("verifications.csv", 1)
    made = ExportJob.objects.get()
    assert (made.status, made.wrapped_password) == ("completed", "")
    assert made.file.manifest["encryption"]["method"] == "WinZip AE-2"


@pytest.mark.parametrize(("name", "knob"), [("excel", "XLSX"), ("pdf", "PDF")])
def test_inline_export_that_is_built_first_obeys_the_immediate_limits(
    mine, caller, settings, name, knob
):
    wanted = spec(mine, password=PASSWORD, delivery="inline", format=name)
    usual = settings.EXPORTS

    settings.EXPORTS = usual | {"IMMEDIATE_MAX_ROWS": 0}
    by_rows = caller.post("/v1/export", wanted, format="json")
    settings.EXPORTS = usual | {f"MAX_SIZE_{knob}": 1000}
    by_size = caller.post("/v1/export", wanted, format="json")
    settings.EXPORTS = usual
    answer = caller.post("/v1/export", wanted, format="json")

    assert error(by_rows) == (413, "EXPORT_SIZE_EXCEEDED", [])
    assert error(by_size) == (413, "EXPORT_SIZE_EXCEEDED", [])
    content = body(answer)
    assert answer["Content-Type"] == RENDERERS[name].media_type
    if name == "excel":
        assert unlocking.workbook(content).startswith(b"PK")


def test_job_shows_no_password(mine, caller):
    wanted = spec(mine, password=PASSWORD, max_rows=10)
    made = caller.post("/v1/export/jobs", wanted, format="json")
    address = f"/v1/export/jobs/{made.json()['job_id']}"
    runs.work("interactive", worker="test")

    shown = caller.get(address).json()

    manifest = caller.get(f"{shown['result']['file_url'].partition('?')[0]}/manifest")
    answers = [made.content, json.dumps(shown).encode(), manifest.content]
    for told in answers:
        assert "password" not in told.decode()
        assert PASSWORD not in json.dumps(json.loads(told), ensure_ascii=False)


def test_batch_has_a_password_for_each_export(mine, caller):
    exports = [{"export_type": "verifications", "format": "csv", "max_rows": 9}] * 2
    exports = [exports[0], exports[1] | {"password": PASSWORD}]
    wanted = {"business_id": mine.id, "exports": exports}

    answer = caller.post("/v1/export/batches", wanted, format="json")

    assert answer.status_code == 202, answer.content
    found = ExportJob.objects.order_by("batch_index")
    assert [made.is_encrypted for made in found] == [False, True]


def test_batch_names_the_export_whose_password_is_bad(mine, caller):
    exports = [spec(mine), spec(mine, password="12345678")]
    wanted = {"business_id": mine.id, "exports": exports}

    answer = caller.post("/v1/export/batches", wanted, format="json")

    assert error(answer) == (400, "VALIDATION_ERROR", ["exports[1].password"])


def test_preview_shows_rows_and_not_the_password(mine, caller):
    plain = caller.post("/v1/export/preview", spec(mine), format="json")
    wanted = spec(mine, password=PASSWORD)

    answer = caller.post("/v1/export/preview", wanted, format="json")

    assert answer.json() == plain.json()
    weak = spec(mine, password="aaaaaaaa")
    refused = caller.post("/v1/export/preview", weak, format="json")
    assert error(refused) == (400, "VALIDATION_ERROR", ["password"])


@pytest.mark.parametrize("method", ["post", "put", "patch"])
def test_template_holds_no_password(mine, method):
    caller = client(mine, scopes=["templates:write"])
    named = {"name": "own", "type": "verifications", "format": "csv"}
    base = {"business_id": mine.id, **named}
    address = "/v1/export/templates"
    if method != "post":
        assert caller.post(address, base, format="json").status_code == 201
        address += "/own"

    answer = getattr(caller, method)(
        address, base | {"password": PASSWORD}, format="json"
    )

    assert error(answer) == (400, "VALIDATION_ERROR", ["password"])
    assert PASSWORD not in answer.content.decode()


def test_retry_takes_the_password_again(mine, caller):
    old = ended(job(mine, password=PASSWORD, columns=["id"]), JobStatus.FAILED)
    address = f"/v1/export/jobs/{old.job_id}/retry"

    without = caller.post(address)
    more = caller.post(address, {"password": PASSWORD, "format": "pdf"}, format="json")
    good = caller.post(address, {"password": PASSWORD}, format="json")

    assert error(without) == (400, "VALIDATION_ERROR", ["password"])
    assert error(more) == (400, "VALIDATION_ERROR", ["format"])
    assert (good.status_code, PASSWORD in good.content.decode()) == (202, False)
    assert ExportJob.objects.get(retried_from=old).is_encrypted


@pytest.mark.parametrize("key", ["one", "another"])
def test_idempotency_record_does_not_tell_the_password(mine, caller, key, settings):
    wanted = spec(mine, password=PASSWORD, max_rows=10)
    headers = {"HTTP_IDEMPOTENCY_KEY": key}
    first = caller.post("/v1/export/jobs", wanted, format="json", **headers)
    digest = IdempotencyRecord.objects.get().request_hash

    again = caller.post("/v1/export/jobs", wanted, format="json", **headers)
    other = wanted | {"password": PASSWORD + "x"}
    changed = caller.post("/v1/export/jobs", other, format="json", **headers)
    settings.SECRET_KEY = "another key of another server"
    IdempotencyRecord.objects.all().delete()
    caller.post("/v1/export/jobs", wanted, format="json", **headers)

    assert (again.json(), again["Idempotent-Replayed"]) == (first.json(), "true")
    assert error(changed) == (422, "IDEMPOTENCY_MISMATCH", [])
    # Who has the row, but not the server's key, cannot try passwords against it.
    assert IdempotencyRecord.objects.get().request_hash != digest


@pytest.mark.parametrize(("kept", "status"), [(True, 202), (False, 422)])
def test_idempotency_key_outlives_the_server_s_as_long_as_that_is_kept(
    mine, caller, settings, kept, status
):
    wanted = spec(mine, max_rows=10)
    headers = {"HTTP_IDEMPOTENCY_KEY": "once"}
    caller.post("/v1/export/jobs", wanted, format="json", **headers)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY] if kept else []
    settings.SECRET_KEY = "another key of the same server"

    again = caller.post("/v1/export/jobs", wanted, format="json", **headers)

    assert (again.status_code, ExportJob.objects.count()) == (status, 1)


def test_types_tell_what_a_password_does(caller):
    formats = caller.get("/v1/export/types").json()["formats"]

    told = {each["format"]: each["encryption"] for each in formats}
    methods = {name: each["method"] for name, each in told.items()}
    assert {each["algorithm"] for each in told.values()} == {"AES-256"}
    assert methods == dict.fromkeys(RENDERERS, "WinZip AE-2") | {
        "excel": "ECMA-376 agile",
        "pdf": "PDF revision 6",
    }


def test_admin_does_not_show_it_even_wrapped(mine):
    made = job(mine, password=PASSWORD)
    person = User.objects.create_superuser("boss", password="x")

    answer = signed_in(person).get(f"/admin/exports/exportjob/{made.pk}/change/")

    assert (answer.status_code, made.job_id in answer.content.decode()) == (200, True)
    assert made.wrapped_password.encode() not in answer.content
    assert PASSWORD not in answer.content.decode()


def test_debug_tells_nothing_of_the_password(mine, caller):
    answer = caller.post(
        "/v1/export", spec(mine, password=PASSWORD), format="json", HTTP_X_DEBUG="true"
    )

    assert sorted(answer.json()["debug"]) == ["batches", "rows", "steps_ms"]
    assert PASSWORD not in answer.content.decode()


def test_log_of_a_run_that_breaks_does_not_tell_the_password(
    mine, caller, monkeypatch, caplog
):
    def broken(*_):
        raise RuntimeError("broken")

    monkeypatch.setattr("exports.pipeline.sinks.compress.stream_zip.stream_zip", broken)

    answer = caller.post("/v1/export", spec(mine, password=PASSWORD), format="json")

    assert error(answer) == (500, "EXPORT_ERROR", [])
    assert "broken" in caplog.text
    assert PASSWORD not in caplog.text + answer.content.decode()

"""``manage.py export``: a whole file or none, and a record of it either way."""

import csv
import json
from hashlib import sha256
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from customers.models import AuditEvent
from exports.models import ExportFile, ExportJob
from tests import make
from tests.exports.pipeline import unlocking
from tests.exports.pipeline.unlocking import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "snapshot"])


@pytest.fixture
def companies():
    for name in ("ours", "theirs"):
        business = make.business(name)
        for number in range(3):
            make.company(business, name=f"{name} {number}")


def export(*arguments: object) -> str:
    out = StringIO()
    call_command("export", "--business", "ours", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_export_writes_the_rows_of_the_business(companies, tmp_path):
    path = tmp_path / "companies.csv"
    spec = tmp_path / "spec.yaml"
    spec.write_text("columns: [name]\nsort_by: ['-name']\n")

    said = export(
        *("--type", "business_data", "--format", "csv"), "--spec", spec, "--out", path
    )

    rows = list(csv.reader(path.read_text().splitlines()))
    digest = sha256(path.read_bytes()).hexdigest()
    file = ExportFile.objects.get()
    assert rows == [["name"], ["ours 2"], ["ours 1"], ["ours 0"]]
    assert (file.sha256, file.state, file.job.mode) == (digest, "streamed", "command")
    assert said == (
        f"3 rows (complete), {file.size} bytes, sha256 {digest}, {file.job.export_id}\n"
    )


def test_export_reads_times_of_a_spec_file_as_texts(companies, tmp_path):
    spec = tmp_path / "spec.yaml"
    spec.write_text(
        "export_type: business_data\nformat: ndjson\n"
        "time_range: {start: 2001-01-01T00:00:00Z}\nmetadata: {day: 2024-01-31}\n"
    )

    export("--spec", spec, "--out", tmp_path / "a.ndjson")

    job = ExportJob.objects.get()
    assert job.metadata == {"day": "2024-01-31"}
    assert job.spec["time_range"]["start"] == "2001-01-01T00:00:00.000000+00:00"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("columns: [nme]", "did you mean 'name'"),
        ("filters: {nope: 1}\nsort_by: [nope]", "filters.nope"),
        ('metadata: {a: "\\0"}', "NUL"),
        ("[1]", "must hold an object"),
        ("{", "cannot be read"),
    ],
)
def test_export_says_what_is_wrong_and_leaves_no_file(
    companies, tmp_path, text, message
):
    spec = tmp_path / "spec.yaml"
    spec.write_text(text)
    path = tmp_path / "out.csv"

    with pytest.raises(CommandError, match=message):
        export(
            *("--type", "business_data", "--format", "csv"),
            *("--spec", spec, "--out", path),
        )

    assert (path.exists(), ExportJob.objects.count()) == (False, 0)


def test_export_that_fails_on_its_way_leaves_no_file(companies, tmp_path, settings):
    settings.EXPORTS = settings.EXPORTS | {"MAX_ROWS": 2}
    path = tmp_path / "out.json"

    with pytest.raises(CommandError, match="3 rows were found"):
        export("--type", "business_data", "--format", "json", "--out", path)

    assert list(tmp_path.iterdir()) == []
    assert ExportJob.objects.get().status == "failed"
    assert AuditEvent.objects.filter(action="export.failed").count() == 1


def test_export_takes_json_specs(companies, tmp_path):
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps({"columns": ["name"], "max_rows": 1}))
    path = tmp_path / "one.ndjson"

    said = export(
        *("--type", "business_data", "--format", "ndjson"),
        *("--spec", spec, "--out", path),
    )

    assert len(path.read_text().splitlines()) == 1
    assert said.startswith("1 rows (limited)")


def typed(monkeypatch, *answers):
    left = list(answers)
    monkeypatch.setattr(
        "exports.management.commands.export.getpass", lambda _: left.pop(0)
    )


@pytest.mark.parametrize("by", ["prompt", "environment"])
def test_export_is_protected_by_a_password(companies, tmp_path, monkeypatch, by):
    path = tmp_path / "companies.csv.zip"
    arguments = ["--type", "business_data", "--format", "csv", "--out", path]
    if by == "prompt":
        typed(monkeypatch, PASSWORD, PASSWORD)
        arguments.append("--password-prompt")
    else:
        monkeypatch.setenv("EXPORT_FILE_PASSWORD", PASSWORD)

    said = export(*arguments)

    [(name, content)] = unlocking.members(path.read_bytes()).items()
    assert (name, content.count(b"ours")) == ("business_data.csv", 6)
    assert PASSWORD not in said


def test_passwords_that_differ_make_no_file(companies, tmp_path, monkeypatch):
    typed(monkeypatch, PASSWORD, PASSWORD + "x")
    arguments = ["--type", "business_data", "--format", "csv", "--password-prompt"]

    with pytest.raises(CommandError, match="the two passwords differ"):
        export(*arguments, "--out", tmp_path / "a.zip")

    assert (list(tmp_path.iterdir()), ExportJob.objects.count()) == ([], 0)


def test_generated_password_is_taken(companies, tmp_path, monkeypatch):
    out = StringIO()
    call_command("generate_password", stdout=out)
    password = out.getvalue().strip()
    monkeypatch.setenv("EXPORT_FILE_PASSWORD", password)
    path = tmp_path / "a.xlsx"

    export("--type", "business_data", "--format", "excel", "--out", path)

    assert unlocking.workbook(path.read_bytes(), password).startswith(b"PK")

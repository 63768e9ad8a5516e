import json
from datetime import datetime

import pytest

from exports import runs
from exports.models import ExportFile
from tests import make
from tests.exports.jobs_made import job
from tests.exports.views.asking import BOTH

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)


def manifest(of, **spec):
    made = job(of, **spec)
    runs.work("interactive", worker="test")
    return made, ExportFile.objects.get(job=made)


@pytest.fixture
def mine():
    business = make.business("business_mine")
    company = make.company(business, name="=cmd()")
    make.verification(company)
    make.verification(company)
    make.verification(make.business("business_other"))
    return business


def test_manifest_tells_what_the_file_is_and_who_asked(mine):
    made, file = manifest(mine, max_rows=1, columns=["id"], metadata={"a": 1})

    told = file.manifest
    at = file.generated_at.isoformat(timespec="microseconds")
    taken_at = told.pop("snapshot_at")
    assert sorted(told.pop("signature")) == ["algorithm", "key_id", "value"]
    assert {name: told[name] for name in told if name not in {"columns", "spec"}} == {
        "manifest_version": 1,
        "export_id": made.export_id,
        "business_id": "business_mine",
        "requested_by": {"kind": "system", "id": "system", "name": "tests"},
        "request_id": "",
        "template": {"id": None, "version": None},
        "time_range": {"start": None, "end": None},
        "generated_at": at,
        "encryption": None,
        "changes": None,
        "left_out": [],
        "dataset": {"name": "verifications", "version": 1},
        "row_count": 1,
        "rows_expected": 1,
        "rows_found": 2,
        "completeness": "limited",
        "byte_size": file.size,
        "sha256": file.sha256,
        "software": {"name": "kyb-export", "version": "0.1.0"},
    }
    assert datetime.fromisoformat(taken_at) <= file.generated_at
    assert told["spec"]["metadata"] == {"a": 1}
    assert "password" not in json.dumps(told)


def test_manifest_tells_what_was_done_to_each_column(mine):
    _, file = manifest(
        mine,
        columns=[
            "status",
            {"name": "business_name", "label": "Name"},
            {"name": "reviewer", "transform": "upper"},
            {"name": "notes", "transform": "mask"},
        ],
    )

    told = [
        (each["name"], each["label"], each["class"], each["treatment"])
        for each in file.manifest["columns"]
    ]
    assert told == [
        ("status", "status", "public", "clear"),
        ("business_name", "Name", "public", "clear"),
        ("reviewer", "reviewer", "personal", "clear"),
        ("notes", "notes", "sensitive", "masked"),
    ]
    assert [each["rule"] for each in file.manifest["columns"]] == [
        *["clearance sensitive >= public"] * 2,
        *("asked for: upper", "asked for: mask"),
    ]
    cells = {each["name"]: each["cells"] for each in file.manifest["columns"]}
    assert (cells["status"], cells["business_name"]) == ({}, {"neutralised": 2})


def test_manifest_counts_a_column_that_is_chosen_twice_for_each(mine):
    _, file = manifest(
        mine,
        columns=[
            {"name": "business_name", "label": "=1"},
            {"name": "business_name", "transform": "truncate:2"},
            {"name": "business_name", "label": "Hidden", "transform": "mask"},
            {"name": "business_name", "label": "Clean", "transform": "hash"},
        ],
        max_rows=1,
    )

    assert [each["cells"] for each in file.manifest["columns"]] == [
        {"neutralised": 1},
        {"neutralised": 1},
        {"masked": 1},
        {},
    ]


def test_manifest_tells_the_range_that_was_resolved(mine, monkeypatch):
    made, file = manifest(
        mine,
        filters={"date_range": "today"},
        time_range={"start": "2020-01-01T00:00:00Z"},
    )

    made.refresh_from_db()
    assert file.manifest["time_range"] == made.resolved_range
    assert file.manifest["spec"]["filters"] == {"date_range": "today"}


def test_manifest_names_the_template(mine):
    _, file = manifest(mine, template_id="verifications_csv")

    assert file.manifest["template"] == {"id": "verifications_csv", "version": 1}

"""Custom queries over HTTP: every way an export goes."""

import pytest

from exports import runs
from exports.models import ExportFile, ExportJob
from exports.pipeline.renderers import RENDERERS
from tests.exports.views.asking import BOTH, body, client
from tests.exports.views.querying import (
    QUERY,
    SCOPES,
    asked,
    mine,
    post,
    query_role,
    rows,
)

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=BOTH),
    pytest.mark.usefixtures("query_role"),
]
__all__ = ["mine", "query_role"]


def test_query_is_exported(mine):
    answer = post(mine, **asked(mine))

    told = answer.json()
    caller = client(mine, scopes=SCOPES)
    assert (answer.status_code, told["type"], told["row_count"]) == (200, "custom", 2)
    assert rows(body(caller.get(told["file_url"]))) == [
        ["status", "n", "fees"],
        ["completed", "2", "12.50"],
        ["failed", "1", "1.00"],
    ]


def test_manifest_tells_the_query_and_the_classes(mine):
    post(mine, **asked(mine, columns=["status", {"name": "fees", "label": "Fees"}]))

    manifest = ExportFile.objects.get().manifest
    assert manifest["spec"]["custom_query"] == QUERY
    assert manifest["dataset"] == {
        "name": "custom",
        "version": 1,
        "query": "SELECT v.status, COUNT(*) AS n, SUM(v.fee) AS fees"
        " FROM verifications AS v GROUP BY v.status ORDER BY v.status",
    }
    assert [
        (each["name"], each["label"], each["class"], each["treatment"])
        for each in manifest["columns"]
    ] == [
        ("status", "status", "public", "clear"),
        ("fees", "Fees", "internal", "clear"),
    ]


@pytest.mark.parametrize("name", list(RENDERERS))
def test_query_is_exported_in_every_format(name, mine):
    answer = post(mine, **asked(mine, format=name, include_metadata=True))

    assert (answer.status_code, answer.json()["row_count"]) == (200, 2)


def test_query_runs_as_a_job(mine):
    made = post(mine, "/jobs", **asked(mine, max_rows=1)).json()

    runs.work("interactive", worker="test")

    job = ExportJob.objects.get()
    assert (job.status, job.error_message) == ("completed", "")
    assert (made["type"], job.rows_written) == ("custom", 1)
    assert ExportFile.objects.get().completeness == "limited"


def test_query_streams_inline(mine):
    answer = post(mine, **asked(mine, delivery="inline"))

    assert rows(body(answer))[1:] == [
        ["completed", "2", "12.50"],
        ["failed", "1", "1.00"],
    ]


def test_query_is_previewed(mine):
    told = post(mine, "/preview", **asked(mine)).json()

    assert told["rows"] == [
        {"status": "completed", "n": "2", "fees": "12.50"},
        {"status": "failed", "n": "1", "fees": "1.00"},
    ]
    assert told["estimated_rows"] == 2


def test_transforms_apply_to_the_columns_of_a_query(mine):
    columns = [
        {"name": "status", "transform": "upper"},
        {"name": "fees", "transform": "round:0"},
    ]

    answer = post(mine, **asked(mine, columns=columns, delivery="inline"))

    assert rows(body(answer))[1:] == [["COMPLETED", "12"], ["FAILED", "1"]]

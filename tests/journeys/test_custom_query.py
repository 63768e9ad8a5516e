"""Custom queries, set up as an operator does, from request to files of each format."""

import json
from collections import Counter

import pytest

from tests.journeys.clients import Client
from tests.journeys.databases import QUERY_PASSWORD
from tests.journeys.expected import snapped, typed, verifications, without_nulls
from tests.journeys.readers import READERS, read

pytestmark = pytest.mark.journey

COLUMNS = ["id", "status", "score", "fee", "created_at"]
DONE = (
    "SELECT v.id, v.status, v.score, v.fee, v.created_at FROM verifications v"
    " JOIN business_data b ON b.company_id = v.company_id"
    " WHERE v.status = 'completed' ORDER BY v.id"
)
COUNTS = "SELECT status, count(*) AS n FROM verifications GROUP BY status"


@pytest.fixture(scope="module", params=["business_123", "charlie"])
def asker(stack, request) -> Client:
    key = stack.key(request.param, more=",custom_query")
    return Client(stack.url, key, request.param)


def spec_of(query, **values):
    return {"export_type": "custom", "custom_query": query, **values}


def done(stack, business_id):
    rows = verifications(stack.database, business_id, COLUMNS)
    return sorted(row for row in rows if row[1] == "completed")


def counts(stack, business_id):
    rows = verifications(stack.database, business_id, ["status"])
    return sorted(Counter(status for (status,) in rows).items())


@pytest.mark.parametrize("format_name", sorted(READERS))
def test_job_gives_what_the_query_says_of_its_business(stack, asker, format_name):
    expected = done(stack, asker.business_id)

    export = asker.run(spec_of(DONE, format=format_name))

    content = asker.file(export["export_id"]).content
    found = typed(COLUMNS, read(format_name, content, COLUMNS))
    if format_name in {"csv", "tsv", "excel"}:
        found, expected = without_nulls(found), without_nulls(expected)
    if format_name == "excel":
        found = snapped(found, expected)
    assert found == expected
    assert len(found) == export["row_count"] > 50


def test_check_tells_what_would_come(stack, asker):
    sent = {"business_id": asker.business_id, "custom_query": COUNTS.lower()}

    answer = asker.call("POST", "/v1/export/query/check", json=sent)

    assert (answer.status_code, answer.json()) == (
        200,
        {
            "sql": "SELECT status, COUNT(*) AS n FROM verifications GROUP BY status",
            "columns": [
                {"name": "status", "type": "text", "class": "public"},
                {"name": "n", "type": "integer", "class": "public"},
            ],
            "estimated_rows": len(counts(stack, asker.business_id)),
        },
    )


def test_refusal_tells_where_and_why(asker):
    query = "SELECT id\nFROM pg_catalog.pg_authid"

    answer = asker.export(spec_of(query, format="csv"))

    (detail,) = answer.json()["error"]["details"]
    told = (answer.status_code, answer.json()["error"]["code"], detail["line"])
    assert told == (400, "QUERY_REFUSED", 2)


def test_preview_immediate_and_inline_give_the_same(stack, asker):
    spec = spec_of(COUNTS, format="json")
    expected = counts(stack, asker.business_id)

    sample = asker.call("POST", "/v1/export/preview", json=asker.payload(spec)).json()
    immediate = asker.export(spec).json()
    inline = asker.export(spec | {"delivery": "inline"}).content

    content = asker.file(immediate["export_id"]).content
    rows = [(row["status"], row["n"]) for row in json.loads(content)["data"]]
    previewed = [(row["status"], int(row["n"])) for row in sample["rows"]]
    assert rows == previewed == expected
    assert inline == content
    assert asker.manifest(immediate["export_id"])["dataset"]["query"] == (
        "SELECT status, COUNT(*) AS n FROM verifications GROUP BY status"
    )


def test_command_takes_a_query_from_a_file(stack, asker, tmp_path):
    spec, out = tmp_path / "spec.json", tmp_path / "counts.csv"
    spec.write_text(json.dumps(spec_of(COUNTS, format="csv")))

    stack.manage(
        *("export", "--business", asker.business_id),
        *("--spec", str(spec), "--out", str(out)),
    )

    rows = read("csv", out.read_bytes(), ["status", "n"])
    expected = counts(stack, asker.business_id)
    assert [(status, int(count)) for status, count in rows] == expected


def test_key_without_the_scope_is_refused(charlie):
    answer = charlie.export(spec_of(COUNTS, format="csv"))

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "FORBIDDEN")


def test_password_of_the_role_is_in_no_log(stack, asker):
    asker.run(spec_of(COUNTS, format="csv"))

    texts = [log.read_text() for log in stack.var.rglob("*.log")]
    assert any("custom" in text for text in texts)
    assert not any(QUERY_PASSWORD in text for text in texts)

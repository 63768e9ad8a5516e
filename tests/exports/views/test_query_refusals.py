"""Custom queries that are refused, and their check."""

import json

import pytest
from django.db import connection

from exports import runs
from tests.exports.views.asking import BOTH, client, deeds, error
from tests.exports.views.querying import QUERY, asked, mine, post, query_role

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=BOTH),
    pytest.mark.usefixtures("query_role"),
]
__all__ = ["mine", "query_role"]


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"custom_query": None}, ["custom_query"]),
        ({"filters": {"status": "failed"}}, ["filters"]),
        ({"time_range": {"start": "2024-01-01T00:00:00Z"}}, ["time_range"]),
        ({"sort_by": ["status"]}, ["sort_by"]),
        ({"columns": ["absent"]}, ["columns[0]"]),
        ({"custom_query": 7}, ["custom_query"]),
        ({"custom_query": "x" * 20_001}, ["custom_query"]),
    ],
)
def test_what_does_not_go_with_a_query_is_refused(values, fields, mine):
    answer = post(mine, **asked(mine) | values)

    assert error(answer) == (400, "VALIDATION_ERROR", fields)


def test_query_is_allowed_with_its_own_type_alone(mine):
    answer = post(mine, **asked(mine, export_type="verifications"))

    assert error(answer) == (400, "VALIDATION_ERROR", ["custom_query"])


@pytest.mark.parametrize("address", ["", "/jobs", "/preview"])
def test_query_needs_its_scope(address, mine):
    answer = post(mine, address, scopes=("exports:write",), **asked(mine))

    assert error(answer)[:2] == (403, "FORBIDDEN")


def test_retry_needs_the_scope_of_queries(mine):
    made = post(mine, "/jobs", **asked(mine, max_rows=1)).json()
    runs.work("interactive", worker="test")

    answer = post(mine, f"/jobs/{made['job_id']}/retry", scopes=("exports:write",))

    assert error(answer)[:2] == (403, "FORBIDDEN")


def test_refusal_says_where_and_why(mine):
    answer = post(mine, **asked(mine, "SELECT id,\n  pg_sleep(9)\nFROM verifications"))

    told = answer.json()["error"]
    reason = "the function pg_sleep is not part of the dialect"
    message = f"custom_query: line 2, column 3: {reason}"
    assert (answer.status_code, told) == (
        400,
        {
            "code": "QUERY_REFUSED",
            "message": message,
            "details": [
                {
                    "field": "custom_query",
                    "message": message,
                    "line": 2,
                    "column": 3,
                    "reason": reason,
                }
            ],
        },
    )


def test_value_out_of_range_is_refused_without_a_word_of_the_database(mine):
    query = "SELECT 9223372036854775807 + length(status) AS x FROM verifications"

    answer = post(mine, **asked(mine, query))

    assert (answer.status_code, answer.json()["error"]["message"]) == (
        400,
        "custom_query: a value on its way is out of the range of its type",
    )


def test_slow_query_ends_at_its_deadline(mine, settings):
    settings.EXPORTS = settings.EXPORTS | {"QUERY_SECONDS": 0.2}
    many = ", ".join(f"verifications v{number}" for number in range(11))
    query = f"SELECT count(*) AS n FROM {many}, (SELECT 1 AS x FROM {many}) y"

    answer = post(mine, **asked(mine, query))

    assert error(answer)[:2] == (400, "QUERY_REFUSED")
    assert "takes longer than a query may" in answer.json()["error"]["message"]


def test_text_of_a_query_is_bound(mine, settings):
    settings.EXPORTS = settings.EXPORTS | {"QUERY_MAX_BYTES": 20}

    answer = post(mine, **asked(mine, "SELECT id FROM verifications"))

    assert error(answer)[:2] == (413, "EXPORT_SIZE_EXCEEDED")


def test_check_tells_the_columns_and_the_rows(mine):
    query = "select status, avg(score) as s, min(reviewer) as r from verifications"
    sent = {"business_id": mine.id, "custom_query": f"{query} group by status -- x"}

    answer = post(mine, "/query/check", scopes=("custom_query",), **sent)

    assert (answer.status_code, answer.json()) == (
        200,
        {
            "sql": "SELECT status, AVG(score) AS s, MIN(reviewer) AS r"
            " FROM verifications GROUP BY status",
            "columns": [
                {"name": "status", "type": "text", "class": "public"},
                {"name": "s", "type": "decimal", "class": "internal"},
                {"name": "r", "type": "text", "class": "personal"},
            ],
            "estimated_rows": 2,
        },
    )
    assert deeds(mine) == ["query.checked"]


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({}, (400, "VALIDATION_ERROR", ["custom_query"])),
        ({"custom_query": ""}, (400, "VALIDATION_ERROR", ["custom_query"])),
        ({"custom_query": 7}, (400, "VALIDATION_ERROR", ["custom_query"])),
        ({"custom_query": QUERY, "x": 1}, (400, "VALIDATION_ERROR", ["x"])),
        ({"custom_query": "DROP TABLE x"}, (400, "QUERY_REFUSED", ["custom_query"])),
    ],
    ids=json.dumps,
)
def test_check_refuses_what_is_wrong(sent, told, mine):
    answer = post(mine, "/query/check", **{"business_id": mine.id} | sent)

    assert error(answer) == told


def test_check_needs_its_scope(mine):
    sent = {"business_id": mine.id, "custom_query": QUERY}

    answer = post(mine, "/query/check", scopes=("exports:write",), **sent)

    assert error(answer)[:2] == (403, "FORBIDDEN")


@pytest.mark.parametrize("address", ["", "/jobs", "/preview", "/query/check"])
def test_queries_that_are_not_set_up_are_unavailable(address, mine, settings):
    settings.QUERY_DATABASE_URL = ""
    sent = asked(mine)
    if address == "/query/check":
        sent = {"business_id": mine.id, "custom_query": QUERY}

    answer = post(mine, address, **sent)

    # SQLite needs no role.
    known = {"sqlite": {"/jobs": 202}, "postgresql": dict.fromkeys(["/jobs"], 503)}
    expected = 200 if connection.vendor == "sqlite" else 503
    assert answer.status_code == known[connection.vendor].get(address, expected)


def test_template_holds_no_query(mine):
    sent = {"business_id": mine.id, "name": "T", "type": "custom", "format": "csv"}
    caller = client(mine, scopes=("templates:write",))

    answer = caller.post("/v1/export/templates", sent, format="json")

    assert answer.status_code == 400

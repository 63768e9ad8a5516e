"""What a custom query makes of a personal column is personal, unless it counts."""

from uuid import UUID

import pytest

from customers.models import Company, Verification
from tests import make
from tests.exports.views.asking import BOTH, body, client, error
from tests.exports.views.querying import (
    CLEARED,
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

PERSONAL = "SELECT reviewer || '!' AS who, status FROM verifications"


def test_personal_column_is_refused_without_clearance(mine):
    answer = post(mine, **asked(mine, PERSONAL))

    assert error(answer) == (403, "FORBIDDEN", ["columns"])
    assert "'who'" in answer.json()["error"]["details"][0]["message"]


def test_personal_column_is_masked_and_not_read(mine):
    answer = post(mine, **asked(mine, PERSONAL, on_denied="mask", delivery="inline"))

    assert sorted(rows(body(answer))[1:]) == [
        ["***", "completed"],
        ["***", "completed"],
        ["***", "failed"],
    ]


def test_personal_column_is_clear_with_clearance(mine):
    answer = post(mine, scopes=CLEARED, **asked(mine, PERSONAL, delivery="inline"))

    assert sorted(rows(body(answer))[1:]) == [
        ["Ida!", "failed"],
        ["Rosa!", "completed"],
        ["Rosa!", "completed"],
    ]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT count(reviewer) AS n FROM verifications",
        "SELECT count(DISTINCT v.reviewer) + 1 AS n FROM verifications v",
        "WITH a(r) AS (SELECT reviewer FROM verifications) SELECT count(r) AS n FROM a",
        "SELECT count(x.r) AS n FROM (SELECT reviewer AS r FROM verifications) x",
    ],
)
def test_personal_column_is_counted_by_anybody(query, mine):
    answer = post(mine, **asked(mine, query, delivery="inline"))

    assert rows(body(answer))[1:] == [["3"]]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT min(reviewer) AS x FROM verifications",
        "SELECT lower(v.reviewer) AS x FROM verifications v",
        "SELECT CASE WHEN reviewer = 'Rosa' THEN 1 END AS x FROM verifications",
        "SELECT count(CASE WHEN reviewer = 'Rosa' THEN 1 END) AS x FROM verifications",
        "SELECT count(*) FILTER (WHERE reviewer = 'Rosa') AS x FROM verifications",
        "SELECT rank() OVER (ORDER BY reviewer) AS x FROM verifications",
        "SELECT count(*) OVER (PARTITION BY reviewer) AS x FROM verifications",
        "SELECT length(r) AS x FROM (SELECT reviewer AS r FROM verifications) a",
        (
            "WITH a AS (SELECT reviewer || '' AS r FROM verifications)"
            " SELECT count(r) AS x FROM a"
        ),
        (
            "SELECT status AS x FROM verifications UNION ALL"
            " SELECT reviewer FROM verifications"
        ),
        "SELECT (SELECT max(reviewer) FROM verifications) AS x",
        "SELECT 'a' IN (SELECT reviewer FROM verifications) AS x",
    ],
)
def test_what_is_made_of_a_personal_column_is_personal(query, mine):
    refused = post(mine, **asked(mine, query))
    masked = post(mine, **asked(mine, query, on_denied="mask", delivery="inline"))

    assert error(refused) == (403, "FORBIDDEN", ["columns"])
    assert {row[0] for row in rows(body(masked))[1:]} == {"***"}


@pytest.mark.parametrize(
    "query",
    [
        "SELECT id FROM verifications WHERE reviewer = 'Rosa'",
        "SELECT id FROM verifications ORDER BY reviewer",
        "SELECT count(*) AS n FROM verifications GROUP BY reviewer",
        "SELECT status FROM verifications GROUP BY status HAVING min(reviewer) > 'I'",
        "SELECT v.id FROM verifications v JOIN user_data u ON u.name = v.reviewer",
        "SELECT a.id FROM user_data a JOIN user_data b USING (email)",
        "SELECT DISTINCT reviewer FROM verifications",
        "SELECT reviewer FROM verifications UNION SELECT name FROM business_data",
        (
            "SELECT id FROM verifications v WHERE EXISTS"
            " (SELECT 1 FROM user_data u WHERE u.name = 'x')"
        ),
        (
            "SELECT x.i FROM (SELECT id AS i, reviewer AS r FROM verifications) x"
            " WHERE x.r = 'Rosa'"
        ),
        "SELECT id FROM verifications WHERE 'a' IN (SELECT name FROM user_data)",
    ],
)
@pytest.mark.parametrize("on_denied", ["error", "mask"])
def test_personal_column_never_chooses_or_orders_rows(query, on_denied, mine):
    answer = post(mine, **asked(mine, query, on_denied=on_denied))

    assert error(answer) == (403, "FORBIDDEN", ["custom_query"])


def test_masked_column_alone_is_cut_like_any(mine):
    query = "SELECT lower(reviewer) AS x FROM verifications LIMIT 2"

    answer = post(mine, **asked(mine, query, on_denied="mask", delivery="inline"))

    assert rows(body(answer)) == [["x"], ["***"], ["***"]]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("SELECT reviewer FROM verifications", 403),
        ("SELECT status FROM verifications WHERE reviewer = 'Rosa'", 403),
        ("SELECT count(*) AS n FROM verifications GROUP BY lower(reviewer)", 403),
        ("SELECT count(reviewer) AS n FROM verifications", 200),
    ],
)
def test_file_is_kept_from_readers_below_what_the_query_reads(query, status, mine):
    export = post(mine, scopes=CLEARED, **asked(mine, query)).json()

    file = f"/v1/export/files/{export['export_id']}"
    answer = client(mine, scopes=SCOPES).get(file)

    assert (answer.status_code, b"Rosa" in answer.getvalue()) == (status, False)


def test_star_is_what_may_be_seen(mine):
    few = post(mine, **asked(mine, "SELECT * FROM verifications")).json()
    all_ = post(
        mine, scopes=CLEARED, **asked(mine, "SELECT * FROM verifications")
    ).json()

    assert set(all_["columns"]) - set(few["columns"]) == {
        *("reviewer", "reviewer_email", "notes"),
    }


@pytest.mark.parametrize(
    "query",
    [
        "SELECT checks, count(reviewer) OVER () AS n FROM verifications",
        (
            "WITH a AS (SELECT checks, reviewer FROM verifications)"
            " SELECT checks, count(reviewer) OVER () AS n FROM a"
        ),
        "SELECT checks, reviewer FROM verifications LIMIT 9",
    ],
)
def test_rows_known_by_their_json_come_in_no_order_of_a_personal_column(mine, query):
    Verification.objects.for_business(mine.pk).delete()
    company = Company.objects.for_business(mine.pk).get()
    names = ("Nora", "Zoe", "Ada", "Mia", "Eve", "Leo")
    for place, name in enumerate(names):
        key = UUID(int=place + 1)
        make.verification(company, id=key, reviewer=name, checks={"place": place})

    sent = asked(mine, query, delivery="inline", on_denied="mask", columns=["checks"])
    found = [row for [row] in rows(body(post(mine, **sent)))[1:]]

    assert found == [f'{{"place":{place}}}' for place in range(len(names))]

"""Honest queries over several relations: joins, sets, queries in queries."""

from decimal import Decimal
from typing import Any, Final

from tests.exports.pipeline.query.facts import Row, Tables
from tests.exports.pipeline.query.honest import Honest, divided
from tests.exports.pipeline.query.honest_groups import grouped


def _companies(tables: Tables) -> dict[str, Row]:
    return {row["company_id"]: row for row in tables["business_data"]}


def _joined(tables: Tables) -> list[tuple[Row, Row]]:
    companies = _companies(tables)
    return [(row, companies[row["company_id"]]) for row in tables["verifications"]]


def _unchecked(tables: Tables) -> list[tuple[Any, ...]]:
    checked = {row["company_id"] for row in tables["verifications"]}
    names = [
        row["name"] for key, row in _companies(tables).items() if key not in checked
    ]
    return [(name,) for name in sorted(names)]


_BY_COUNTRY: Final = (
    "SELECT b.country, count(*) AS n, sum(v.fee) AS fees FROM verifications v"
    " JOIN business_data b {0} GROUP BY b.country ORDER BY b.country"
)


def _fees_by_country(tables: Tables) -> list[tuple[Any, ...]]:
    pairs = [row | {"country": company["country"]} for row, company in _joined(tables)]
    return [
        (country, len(rows), sum(row["fee"] for row in rows))
        for country, rows in grouped(pairs, "country")
    ]


def _names(tables: Tables) -> list[tuple[Any, ...]]:
    names = {row["name"] for row in tables["business_data"]}
    users = {row["name"] for row in tables["user_data"]}
    return sorted((name,) for name in names & users)


def _dearest(tables: Tables) -> list[tuple[Any, ...]]:
    found = []
    for status, rows in grouped(tables["verifications"], "status"):
        most = max(row["fee"] for row in rows)
        found += [(status, row["id"]) for row in rows if row["fee"] == most]
    return sorted(found)


def _above(tables: Tables) -> list[tuple[Any, ...]]:
    rows = tables["verifications"]
    mean = divided(sum(row["fee"] for row in rows), len(rows))
    return sorted((row["id"],) for row in rows if row["fee"] > mean)


def _busiest(tables: Tables) -> list[tuple[Any, ...]]:
    start = {"day": 1, "hour": 0, "minute": 0, "second": 0, "microsecond": 0}
    rows = [
        row | {"m": row["created_at"].replace(**start)}
        for row in tables["verifications"]
    ]
    counts = [(month, len(found)) for month, found in grouped(rows, "m")]
    return sorted(counts, key=lambda pair: (-pair[1], pair[0]))[:3]


RELATIONS: Final[list[Honest]] = [
    (_BY_COUNTRY.format("ON b.company_id = v.company_id"), _fees_by_country),
    (_BY_COUNTRY.format("USING (company_id)"), _fees_by_country),
    (
        (
            "SELECT b.name FROM business_data b LEFT JOIN verifications v"
            " ON v.company_id = b.company_id WHERE v.id IS NULL"
        ),
        _unchecked,
    ),
    (
        (
            "SELECT b.name FROM verifications v RIGHT JOIN business_data b"
            " ON v.company_id = b.company_id WHERE v.id IS NULL"
        ),
        _unchecked,
    ),
    (
        (
            "SELECT name FROM business_data b WHERE NOT EXISTS"
            " (SELECT 1 FROM verifications v WHERE v.company_id = b.company_id)"
        ),
        _unchecked,
    ),
    (
        (
            "SELECT name FROM business_data WHERE company_id NOT IN"
            " (SELECT company_id FROM verifications)"
        ),
        _unchecked,
    ),
    (
        "SELECT name FROM business_data EXCEPT SELECT business_name FROM verifications",
        lambda t: sorted(set(_unchecked(t))),
    ),
    ("SELECT name FROM business_data INTERSECT SELECT name FROM user_data", _names),
    (
        (
            "SELECT DISTINCT b.name FROM business_data b, user_data u"
            " WHERE b.name = u.name"
        ),
        _names,
    ),
    (
        (
            "SELECT status, id FROM (SELECT status, id, rank() OVER"
            " (PARTITION BY status ORDER BY fee DESC) AS place FROM verifications) r"
            " WHERE place = 1"
        ),
        _dearest,
    ),
    (
        (
            "WITH most AS"
            " (SELECT status, max(fee) AS fee FROM verifications GROUP BY 1)"
            " SELECT v.status, v.id FROM verifications v"
            " JOIN most USING (status, fee)"
        ),
        _dearest,
    ),
    (
        "SELECT id FROM verifications WHERE fee > (SELECT avg(fee) FROM verifications)",
        _above,
    ),
    (
        (
            "WITH mean(fee) AS (SELECT avg(fee) FROM verifications)"
            " SELECT v.id FROM verifications v CROSS JOIN mean m WHERE v.fee > m.fee"
        ),
        _above,
    ),
    (
        "SELECT name AS x FROM user_data UNION ALL SELECT name FROM business_data",
        lambda t: sorted(
            (row["name"],) for row in [*t["user_data"], *t["business_data"]]
        ),
    ),
    (
        "SELECT 1 AS x UNION SELECT 1.50 UNION ALL SELECT NULL",
        lambda _: [(Decimal("1.00"),), (Decimal("1.50"),), (None,)],
    ),
    (
        (
            "SELECT risk_level FROM verifications ORDER BY risk_level DESC NULLS FIRST"
            " LIMIT 10 OFFSET 3"
        ),
        lambda t: [
            (row["risk_level"],)
            for row in sorted(
                t["verifications"],
                key=lambda row: (row["risk_level"] is None, row["risk_level"] or ""),
                reverse=True,
            )[3:13]
        ],
    ),
    (
        (
            "SELECT status, count(*) AS n FROM verifications GROUP BY status"
            " HAVING count(*) > 5 AND max(fee) > 0 ORDER BY n DESC, status"
        ),
        lambda t: sorted(
            (
                (status, len(rows))
                for status, rows in grouped(t["verifications"], "status")
                if len(rows) > 5 and max(row["fee"] for row in rows) > 0
            ),
            key=lambda pair: (-pair[1], pair[0]),
        ),
    ),
    (
        (
            "SELECT date_trunc('month', created_at) AS m, count(*) AS n"
            " FROM verifications GROUP BY m ORDER BY n DESC, m LIMIT 3"
        ),
        _busiest,
    ),
    ("SELECT count(*) AS n FROM (SELECT 1 AS x FROM reports) r", lambda _: [(0,)]),
    ("SELECT 'a' AS x, 1 AS y", lambda _: [("a", 1)]),
    (
        'SELECT u.logins_30d + u.actions_30d AS "Logins, and acts" FROM user_data u',
        lambda t: sorted(
            (row["logins_30d"] + row["actions_30d"],) for row in t["user_data"]
        ),
    ),
]

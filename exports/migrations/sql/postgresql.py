"""The views for PostgreSQL: typed columns; and those that a query may read."""

from collections.abc import Iterator
from typing import Final

from exports.migrations.sql import DAYS, NAMES, SOURCES, half_even

# Which business the session of a backend is for. The time keeps the row of a backend
# that is gone from another one that was given its number.
SESSIONS: Final = """
CREATE TABLE exports_query_session (
    pid integer PRIMARY KEY,
    started_at timestamptz NOT NULL,
    business_id varchar(64) NOT NULL
)
"""
# Neither can be set by a statement: they are the server's own.
_OWN: Final = """
SELECT s.business_id FROM exports_query_session s
WHERE s.pid = pg_backend_pid() AND s.started_at =
    (SELECT backend_start FROM pg_stat_get_activity(pg_backend_pid()))
"""


def forward() -> Iterator[str]:
    yield SESSIONS
    yield f"CREATE VIEW query_business WITH (security_barrier) AS {_OWN}"
    for name, source in SOURCES.items():
        columns = ", ".join(
            f'{path} AS "{column}"' for column, path, _, _ in source.columns
        )
        yield f"CREATE VIEW dataset_{name} AS SELECT {columns} FROM {source.tables}"
    yield _analytics()
    yield from query_views()


def query_views() -> Iterator[str]:
    for name in NAMES:
        yield (
            f"CREATE OR REPLACE VIEW query_{name} WITH (security_barrier) AS"
            f" SELECT * FROM dataset_{name} WHERE business_id = ({_OWN})"
        )


def _analytics() -> str:
    days = DAYS.format(day="CAST(v.created_at AT TIME ZONE b.time_zone AS date)")
    rate = half_even("(completed * 10000)", "verifications")
    # A sum of bigints is a numeric, whose division is not whole.
    score = half_even("CAST(score_units AS bigint)", "scored")
    return f"""
CREATE VIEW dataset_analytics AS
SELECT date, verifications, completed, failed,
    CAST(CAST({rate} AS numeric) / 10000 AS numeric(14, 4)) AS success_rate,
    CASE WHEN scored > 0 THEN
        CAST(CAST({score} AS numeric) / 10000 AS numeric(14, 4)) END AS avg_score,
    high_risk, CAST(revenue_cents / 100 AS numeric(30, 2)) AS total_revenue,
    business_id
FROM ({days}) days
"""  # noqa: S608 - made of the constants above


def reverse() -> Iterator[str]:
    for name in NAMES:
        yield f"DROP VIEW query_{name}"
        yield f"DROP VIEW dataset_{name}"
    yield "DROP VIEW query_business"
    yield "DROP TABLE exports_query_session"

"""The views for SQLite: canonical text, since it has no types for most of them."""

from collections.abc import Iterator
from typing import Final

from exports.migrations.sql import DAYS, NAMES, SOURCES, half_even

_CANONICAL: Final = {
    "uuid": "substr({0}, 1, 8) || '-' || substr({0}, 9, 4) || '-'"
    " || substr({0}, 13, 4) || '-' || substr({0}, 17, 4) || '-' || substr({0}, 21)",
    # printf makes a nought of NULL
    "decimal": "CASE WHEN {0} IS NOT NULL THEN printf('%.{1}f', {0}) END",
    "datetime": "substr({0}, 1, 10) || 'T' || substr({0}, 12, 8) || '.'"
    " || substr(substr({0}, 21) || '000000', 1, 6) || '+00:00'",
}


def forward() -> Iterator[str]:
    for name, source in SOURCES.items():
        columns = ", ".join(
            f'{_CANONICAL.get(kind, "{0}").format(path, scale)} AS "{column}"'
            for column, path, kind, scale in source.columns
        )
        yield f"CREATE VIEW dataset_{name} AS SELECT {columns} FROM {source.tables}"
    yield _analytics()


def _analytics() -> str:
    # A function of Django's connections: whoever else reads the view brings it.
    days = DAYS.format(
        day="django_datetime_cast_date(v.created_at, b.time_zone, 'UTC')"
    )
    rate = half_even("(completed * 10000)", "verifications")
    score = half_even("score_units", "scored")
    return f"""
CREATE VIEW dataset_analytics AS
SELECT date, verifications, completed, failed, {_points(rate, 4)} AS success_rate,
    CASE WHEN scored > 0 THEN {_points(score, 4)} END AS avg_score,
    high_risk, {_points("revenue_cents", 2)} AS total_revenue, business_id
FROM ({days})
"""  # noqa: S608 - made of the constants above


def _points(whole: str, scale: int) -> str:
    """The integer over ``10 ** scale``, by its digits."""
    sign = f"CASE WHEN {whole} < 0 THEN '-' ELSE '' END"
    unit = 10**scale
    parts = f"abs({whole}) / {unit}, abs({whole}) % {unit}"
    return f"printf('%s%d.%0{scale}d', {sign}, {parts})"


def reverse() -> Iterator[str]:
    for name in NAMES:
        yield f"DROP VIEW dataset_{name}"

"""Hostile statements: no foreign row, no write, nothing after its deadline.

With every wall, and still no foreign row with any one of them taken away: the check of
what is written too, when the statement goes to the engine as it came.
"""

import hashlib
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from django.db import connection, connections

from customers.clearance import Clearance
from exports.errors import ExportError, Forbidden, QueryRefused
from exports.migrations.sql import postgresql
from exports.pipeline.query.compile import compiled as compiled_cached
from exports.pipeline.query.reading import SESSIONS
from tests.exports.pipeline.engine import engine
from tests.exports.pipeline.query.asking import compiled, query_role, read
from tests.exports.pipeline.query.facts import CANARY, fill
from tests.exports.pipeline.query.hostile import attacks, grammatical
from tests.exports.pipeline.query.tame import tame
from tests.exports.pipeline.query.walls import (
    OFF,
    no_tenant_in_ctes,
    no_tenant_in_views,
)

pytestmark = [engine, pytest.mark.usefixtures("query_role", "short_deadlines")]
__all__ = ["query_role"]
SECONDS = 0.3
VENDOR = connections["default"].vendor


@pytest.fixture
def short_deadlines(settings: Any) -> None:
    settings.EXPORTS = settings.EXPORTS | {
        "QUERY_SECONDS": SECONDS,
        "QUERY_TOTAL_SECONDS": 2 * SECONDS,
    }


@pytest.fixture
def some(tmp_path: Path) -> list[str]:
    """The short form: one in five of the attacks, and a few of the grammars."""
    return [*list(attacks(tmp_path))[::5], *grammatical(1, 60), *tame(1, 30)]


@pytest.fixture
def thousand(tmp_path: Path) -> list[str]:
    known = list(attacks(tmp_path))
    made = tame(2, 250)
    return [*known, *made, *grammatical(2, 1000 - len(known) - len(made))]


def outcome(statement: str, clearance: Clearance) -> str:
    """All that somebody learns who sends the statement."""
    try:
        return repr(list(read(compiled(statement, "ours", clearance), "ours")))
    except (QueryRefused, Forbidden) as error:
        return f"refused: {error.message}"


def raw_outcome(statement: str) -> str:
    """The same when the engine gets it as it is, twice: as a value, and as rows."""
    told = []
    for way in (_as_value, _as_rows):
        try:
            with SESSIONS[VENDOR]("ours") as session:
                told.append(repr(way(session, statement)))
        except (ExportError, TypeError, IndexError) as error:
            # No row at all has no first value.
            told.append(str(error))
    return "\n".join(told)


def _as_value(session: Any, statement: str) -> Any:
    return session.value(statement)


def _as_rows(session: Any, statement: str) -> Any:
    found = []
    for batch in session.batches(statement, 100):
        found += batch
        if len(found) > 2000:
            break
    return found


def state(folder: Path) -> str:
    """Of the rows that can be written, and the files beside."""
    tables = ("company", "verification", "useraccount", "auditlog", "tag", "report")
    with connection.cursor() as cursor:
        rows = []
        for table in tables:
            cursor.execute(f"SELECT * FROM customers_{table} ORDER BY id")
            rows.append(cursor.fetchall())
    files = sorted(path.name for path in folder.iterdir())
    return hashlib.sha256(repr((rows, files)).encode()).hexdigest()


def leaks(statements: list[str], told: Any) -> dict[str, str]:
    found = {}
    for statement in statements:
        learned = told(statement)
        if CANARY in learned:
            found[statement] = learned[:300]
    return found


def late(statements: list[str], told: Any, limit: float) -> dict[str, list[float]]:
    """Those that are late three times: else it is the machine that is busy."""
    found = {}
    for statement in statements:
        times: list[float] = []
        while len(times) < 3 and (not times or times[-1] > limit):
            started = monotonic()
            assert CANARY not in told(statement), statement
            times.append(monotonic() - started)
        if times[-1] > limit:
            found[statement] = times
    return found


@pytest.mark.parametrize("clearance", [Clearance.INTERNAL, Clearance.SENSITIVE])
def test_hostile_statements_learn_and_change_nothing(clearance, some, tmp_path):
    fill()
    before = state(tmp_path)

    found = leaks(some, lambda each: outcome(each, clearance))

    assert found == {}
    assert state(tmp_path) == before


def test_engine_itself_shows_and_changes_nothing(some, tmp_path):
    fill()
    before = state(tmp_path)

    found = leaks(some, raw_outcome)

    assert found == {}
    assert state(tmp_path) == before


@pytest.mark.parametrize("wall", OFF[VENDOR], ids=lambda wall: wall.__name__)
def test_no_foreign_row_without_one_of_the_walls(
    wall, some, tmp_path, monkeypatch, settings, restored_views
):
    fill()
    before = state(tmp_path)
    wall(monkeypatch, settings)

    found = leaks([*some, "SELECT * FROM verifications"], _of_everything)

    assert found == {}
    assert state(tmp_path) == before


def _of_everything(statement: str) -> str:
    return outcome(statement, Clearance.SENSITIVE)


@pytest.fixture
def restored_views(django_db_blocker: Any) -> Any:
    """Views are no rows: the flush between tests leaves them as a test made them."""
    compiled_cached.cache_clear()
    yield
    compiled_cached.cache_clear()
    if VENDOR == "postgresql":
        with connection.cursor() as cursor:
            for statement in postgresql.query_views():
                cursor.execute(statement)


@pytest.mark.slow
@pytest.mark.security
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("clearance", [Clearance.INTERNAL, Clearance.SENSITIVE])
def test_thousand_hostile_statements(clearance, thousand, tmp_path):
    fill()
    before = state(tmp_path)
    assert len(thousand) == 1000

    found = late(thousand, lambda each: outcome(each, clearance), 2 * SECONDS + 1)

    assert found == {}
    assert state(tmp_path) == before


@pytest.mark.slow
@pytest.mark.security
@pytest.mark.timeout(1800)
def test_engine_itself_under_a_thousand(thousand, tmp_path):
    fill()
    before = state(tmp_path)

    found = late(thousand, raw_outcome, 4 * SECONDS + 2)  # it is sent twice

    assert found == {}
    assert state(tmp_path) == before


@pytest.mark.slow
@pytest.mark.security
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("wall", OFF[VENDOR], ids=lambda wall: wall.__name__)
def test_thousand_without_one_of_the_walls(
    wall, thousand, tmp_path, monkeypatch, settings, restored_views
):
    fill()
    before = state(tmp_path)
    wall(monkeypatch, settings)

    found = leaks(thousand, _of_everything)

    assert found == {}
    assert state(tmp_path) == before


def test_canary_shows_once_both_walls_of_the_tenant_are_away(
    monkeypatch, settings, restored_views
):
    settings.EXPORTS = settings.EXPORTS | {  # what is late here shows nothing
        "QUERY_SECONDS": 20,
        "QUERY_TOTAL_SECONDS": 40,
    }
    fill()
    for wall in (no_tenant_in_ctes, no_tenant_in_views):
        wall(monkeypatch, settings)

    assert CANARY in _of_everything("SELECT * FROM verifications")

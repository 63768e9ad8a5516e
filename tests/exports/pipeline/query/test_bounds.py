"""What a query takes of the machine is bound, and nothing says more than that."""

import logging
import secrets

import pytest
from django.db import connection, connections

from exports.errors import ExportError, QueryRefused, SizeExceeded, Unavailable
from exports.pipeline.query.reading import MOST_ROWS, SESSIONS, open_reading
from exports.pipeline.rows import BLOCK_ROWS
from tests.exports.pipeline.engine import engine
from tests.exports.pipeline.query.asking import compiled, query_role, rows
from tests.exports.pipeline.query.facts import CANARY, fill

pytestmark = [engine, pytest.mark.usefixtures("query_role")]
__all__ = ["query_role"]
HUGE = (
    "WITH x AS (SELECT a.id, b.id AS y, c.id AS z"
    " FROM verifications a, verifications b, verifications c, verifications d)"
    " SELECT count(*) AS n FROM x a JOIN x b ON a.id <> b.id"
)


def bound(settings, **knobs):
    settings.EXPORTS = settings.EXPORTS | knobs


def test_memory_is_bound(settings, query_role):
    ours, _ = fill()
    bound(settings, QUERY_MAX_MEMORY=4 * 1024 * 1024)
    words = "it takes more memory than a query may"
    if connection.vendor == "postgresql":
        words = "it takes more room than a query may"
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER ROLE {query_role} SET temp_file_limit = '10MB'")

    with pytest.raises(QueryRefused, match=words):
        rows(HUGE, ours)


def test_text_is_bound_while_it_is_read(settings):
    ours, _ = fill()
    bound(settings, QUERY_MAX_BYTES=100_000)
    query = compiled("SELECT a.id FROM verifications a, verifications b")

    with open_reading(ours.id) as reading, pytest.raises(SizeExceeded, match="100000"):
        list(reading.blocks(query, ["id"], batch_size=10_000, most=3600))


def test_blocks_are_the_same_whatever_is_fetched_at_a_time():
    ours, _ = fill()
    query = compiled("SELECT a.id, b.id AS x FROM verifications a, verifications b")

    found = []
    for size in (7, MOST_ROWS + 1, 10_000):
        with open_reading(ours.id) as reading:
            blocks = reading.blocks(query, ["x", "id"], batch_size=size, most=3601)
            found.append(list(blocks))

    assert sum(len(block[0]) for block in found[0]) == 3600
    assert {len(block[0]) for block in found[0][:-1]} == {BLOCK_ROWS}
    assert found[0] == found[1] == found[2]


def test_total_is_bound(settings):
    ours, _ = fill()
    bound(settings, QUERY_TOTAL_SECONDS=0.0)

    with pytest.raises(QueryRefused, match="takes longer than a query may"):
        rows("SELECT id FROM verifications", ours)


@pytest.mark.parametrize(
    "statement",
    [
        f"SELECT '{CANARY}' FROM absent_{CANARY.replace('-', '_')}",
        f"SELECT absent('{CANARY}')",
        f"SELECT '{CANARY}' syntax error",
    ],
)
def test_words_of_the_database_reach_nobody(statement, caplog):
    fill()

    with caplog.at_level(logging.DEBUG), pytest.raises(ExportError) as raised:  # noqa: SIM117 -- the log is of the whole
        with SESSIONS[connection.vendor]("ours") as session:
            session.value(statement)

    told = f"{raised.value.message} {raised.value.details} {caplog.text}"
    assert raised.value.message == "the query could not be run"
    assert raised.value.__cause__ is None
    assert "canary" not in told
    assert "absent" not in told


def test_role_that_cannot_sign_in_is_told_without_its_password(
    settings, caplog, monkeypatch
):
    fill()
    secret = secrets.token_urlsafe(12)
    address = f"postgres://nobody_of_tests:{secret}@127.0.0.1:1/any"
    settings.QUERY_DATABASE_URL = address
    # SQLite has no role, but its file may be away.
    file = "/absent/db.sqlite3"
    absent = {"NAME": file if connection.vendor == "sqlite" else "any"}
    default = connections["default"]
    monkeypatch.setattr(default, "settings_dict", default.settings_dict | absent)

    with (
        caplog.at_level(logging.DEBUG),
        pytest.raises(Unavailable) as raised,
        open_reading("ours"),
    ):
        pass

    assert secret not in f"{raised.value.message} {caplog.text}"
    assert raised.value.__cause__ is None

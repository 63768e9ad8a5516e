"""``manage.py setup_query_role``: a role that reads the views of queries, and no more.

SQLite has no roles: there it says so.
"""

from io import StringIO
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from exports.management.commands.setup_query_role import ROOM
from exports.pipeline.datasets import DATASETS
from tests.exports.pipeline.query.asking import query_role

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["query_role"]
ON_POSTGRES: Final = connection.vendor == "postgresql"
NO_ROLES: Final = "SQLite has no roles, and custom queries need none"
VIEWS: Final = {"query_business", *(f"query_{name}" for name in DATASETS)}


def told() -> str:
    out = StringIO()
    try:
        call_command("setup_query_role", stdout=out)
    except CommandError as error:
        return str(error)
    return out.getvalue().strip()


def found(statement: str, *values: Any) -> list[Any]:
    if not ON_POSTGRES:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [row[0] for row in cursor.fetchall()]


def test_role_reads_the_views_alone(query_role):
    privileges = "SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER"

    reads = found(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'v', 'm', 'p')"
        " AND has_table_privilege(%s, c.oid, 'SELECT')",
        query_role,
    )
    writes = found(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'v', 'm', 'p')"
        " AND has_table_privilege(%s, c.oid, %s)",
        query_role,
        privileges.removeprefix("SELECT, "),
    )

    assert set(reads) == (VIEWS if ON_POSTGRES else set())
    assert writes == []


def test_role_makes_nothing(query_role):
    makes = found(
        "SELECT what FROM (VALUES"
        " ('schema', has_schema_privilege(%s, 'public', 'CREATE')),"
        " ('temporary', has_database_privilege(%s, current_database(), 'TEMPORARY')),"
        " ('database', has_database_privilege(%s, current_database(), 'CREATE')),"
        " ('powers', (SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication"
        "   OR rolbypassrls OR rolinherit FROM pg_roles WHERE rolname = %s))"
        ") AS each (what, may) WHERE may",
        *[query_role] * 4,
    )

    assert makes == []


def test_again_mends_the_role(query_role):
    again = f"{query_role} can read the views of custom queries, and no more"

    assert told() == (again if ON_POSTGRES else NO_ROLES)


def test_what_it_spills_is_bound(query_role):
    bound = found("SELECT rolconfig FROM pg_roles WHERE rolname = %s", query_role)

    assert bound == ([[f"temp_file_limit={ROOM}"]] if ON_POSTGRES else [])


def test_password_is_kept_as_a_verifier(query_role, settings):
    kept = found("SELECT rolpassword FROM pg_authid WHERE rolname = %s", query_role)

    secret = urlsplit(settings.QUERY_DATABASE_URL).password or "none"
    assert [text[:14] for text in kept] == ["SCRAM-SHA-256$"] * ON_POSTGRES
    assert [text for text in kept if secret in text] == []


def test_role_of_the_application_is_refused(settings):
    user = connection.settings_dict["USER"]
    settings.QUERY_DATABASE_URL = f"postgres://{user}:secret@localhost/any"

    mine = "QUERY_DATABASE_URL must name a role of its own"
    assert told() == (mine if ON_POSTGRES else NO_ROLES)


def test_role_that_may_do_more_is_refused(query_role):
    if ON_POSTGRES:
        with connection.cursor() as cursor:
            cursor.execute(f'ALTER ROLE "{query_role}" CREATEDB')

    more = f"{query_role} may do more than sign in: name another role"
    assert told() == (more if ON_POSTGRES else NO_ROLES)


def test_nothing_is_set_up_without_an_address(settings):
    settings.QUERY_DATABASE_URL = ""

    missing = "set QUERY_DATABASE_URL first: postgres://ROLE:PASSWORD@HOST:PORT/NAME"
    assert told() == (missing if ON_POSTGRES else NO_ROLES)

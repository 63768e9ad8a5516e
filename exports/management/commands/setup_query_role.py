"""Makes the role of QUERY_DATABASE_URL: it reads the query views, and nothing else."""

from collections.abc import Iterator
from typing import Any, Final

import environ
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection, transaction
from psycopg import sql

from exports.pipeline.datasets import DATASETS

ROOM: Final = "2GB"
_POWERS: Final = """
SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls
FROM pg_roles WHERE rolname = %s
"""
# What everybody may, the role would too.
_TAKEN: Final = (
    "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {role}",
    "REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, {role}",
    "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC, {role}",
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role}",
    "REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC, {role}",
    "GRANT TEMPORARY ON DATABASE {database} TO CURRENT_USER",
)


class Command(BaseCommand):
    help = __doc__

    def handle(self, *_: Any, **__: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("SQLite has no roles, and custom queries need none")
        if not settings.QUERY_DATABASE_URL:
            raise CommandError(
                "set QUERY_DATABASE_URL first: postgres://ROLE:PASSWORD@HOST:PORT/NAME"
            )
        parts = environ.Env.db_url_config(settings.QUERY_DATABASE_URL)
        role, password = parts["USER"], parts["PASSWORD"]
        if not role or role == connection.settings_dict["USER"]:
            raise CommandError("QUERY_DATABASE_URL must name a role of its own")
        try:
            _make(role, password)
        except DatabaseError as error:
            raise CommandError(
                "the role of DATABASE_URL must own the tables, and may make roles"
                f" (CREATEROLE): {error}"
            ) from None
        self.stdout.write(f"{role} can read the views of custom queries, and no more")
        self._bound(role)

    def _bound(self, role: str) -> None:
        """What it may spill to disk: a superuser's to say."""
        statement = sql.SQL("ALTER ROLE {} SET temp_file_limit = {}").format(
            sql.Identifier(role), sql.Literal(ROOM)
        )
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
        except DatabaseError:
            self.stdout.write(
                "have a superuser bound the disk that its queries take:"
                f" ALTER ROLE {role} SET temp_file_limit = '{ROOM}'"
            )


def _make(role: str, password: str) -> None:
    """:raises CommandError: there is such a role, and it may do too much."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_POWERS, [role])
        found = cursor.fetchone()
        if found and found[0]:
            raise CommandError(f"{role} may do more than sign in: name another role")
        for statement in _statements("ALTER" if found else "CREATE", role, password):
            cursor.execute(statement)


def _statements(verb: str, role: str, password: str) -> Iterator[sql.Composed]:
    names = {
        "role": sql.Identifier(role),
        "database": sql.Identifier(connection.settings_dict["NAME"]),
    }
    yield sql.SQL("{} ROLE {} LOGIN NOINHERIT PASSWORD {}").format(
        sql.SQL(verb), names["role"], _verifier(role, password)
    )
    for text in _TAKEN:
        yield sql.SQL(text).format(**names)
    yield sql.SQL("GRANT USAGE ON SCHEMA public TO {role}").format(**names)
    for view in ("query_business", *(f"query_{name}" for name in DATASETS)):
        yield sql.SQL("GRANT SELECT ON public.{view} TO {role}").format(
            view=sql.Identifier(view), **names
        )


def _verifier(role: str, password: str) -> sql.Literal:
    """What the server keeps of it, so that its log never holds the password."""
    if not password:
        return sql.Literal(None)
    made = connection.connection.pgconn.encrypt_password(
        password.encode(), role.encode(), b"scram-sha-256"
    )
    return sql.Literal(made.decode())

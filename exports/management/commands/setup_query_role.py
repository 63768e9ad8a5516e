"""Makes the role of QUERY_DATABASE_URL: it reads the query views, and nothing else."""

from typing import Any

import environ
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from psycopg import sql

from exports.pipeline.datasets import DATASETS

_OPTIONS = (
    "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS"
)


class Command(BaseCommand):
    help = __doc__

    def handle(self, *_: Any, **__: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError(
                "SQLite has no roles, and custom queries need none there"
            )
        if not settings.QUERY_DATABASE_URL:
            raise CommandError(
                "set QUERY_DATABASE_URL first: postgres://ROLE:PASSWORD@HOST:PORT/NAME"
            )
        parts = environ.Env.db_url_config(settings.QUERY_DATABASE_URL)
        role, password = parts["USER"], parts["PASSWORD"]
        if not role or role == connection.settings_dict["USER"]:
            raise CommandError("QUERY_DATABASE_URL must name a role of its own")
        with transaction.atomic():
            _make(role, password)
        self.stdout.write(f"{role} can read the views of custom queries, and no more")


def _make(role: str, password: str) -> None:
    name, database = sql.Identifier(role), _database()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        verb = sql.SQL("ALTER" if cursor.fetchone() else "CREATE")
        secret = sql.Literal(password or None)
        statements = [
            sql.SQL("{} ROLE {} {} PASSWORD {}").format(
                verb, name, sql.SQL(_OPTIONS), secret
            ),
            # What everybody may, the role would too.
            sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {}").format(
                name
            ),
            sql.SQL(
                "REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC"
            ).format(),
            sql.SQL(
                "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC"
            ).format(),
            sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC").format(),
            sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(database),
            sql.SQL("GRANT TEMPORARY ON DATABASE {} TO CURRENT_USER").format(database),
            sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(name),
            *(
                sql.SQL("GRANT SELECT ON public.{} TO {}").format(
                    sql.Identifier(view), name
                )
                for view in ("query_business", *(f"query_{each}" for each in DATASETS))
            ),
        ]
        for statement in statements:
            cursor.execute(statement)


def _database() -> sql.Identifier:
    return sql.Identifier(connection.settings_dict["NAME"])

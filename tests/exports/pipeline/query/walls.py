"""The walls between a query and all else, and each of them taken away."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from django.db import connection
from sqlglot import exp

from exports.pipeline.datasets import DATASETS
from exports.pipeline.query import compile as compiling
from exports.pipeline.query import postgres_session, sqlite_session

Patch = pytest.MonkeyPatch


def no_tenant_in_ctes(monkeypatch: Patch, settings: Any) -> None:
    del settings
    select = compiling._tenant  # noqa: SLF001 - the wall

    def everybody(*arguments: Any) -> exp.Select:
        made = select(*arguments)
        made.set("where", None)
        return made

    compiling.compiled.cache_clear()
    monkeypatch.setattr(compiling, "_tenant", everybody)


def no_authorizer(monkeypatch: Patch, settings: Any) -> None:
    del settings
    monkeypatch.setattr(sqlite_session, "_authorizer", lambda _: lambda *_: 0)


def no_tenant_in_views(monkeypatch: Patch, settings: Any) -> None:
    del settings
    if connection.vendor == "sqlite":
        monkeypatch.setattr(sqlite_session, "OURS", "")
        return
    with connection.cursor() as cursor:
        for name in DATASETS:
            cursor.execute(
                f"CREATE OR REPLACE VIEW query_{name} AS SELECT * FROM dataset_{name}"
            )


def writable(monkeypatch: Patch, settings: Any) -> None:
    del settings
    monkeypatch.setattr(sqlite_session, "MODE", "rw")
    options = postgres_session.OPTIONS.replace("read_only=on", "read_only=off")
    monkeypatch.setattr(postgres_session, "OPTIONS", options)
    monkeypatch.setattr(postgres_session, "READ_ONLY", False)


def role_of_the_owner(monkeypatch: Patch, settings: Any) -> None:
    del monkeypatch
    there = connection.settings_dict
    place = f"{there['HOST']}:{there['PORT']}"
    settings.QUERY_DATABASE_URL = f"postgres://{there['USER']}@{place}/any"


_BOTH: Final = (no_tenant_in_ctes, no_tenant_in_views, writable)
OFF: Final[dict[str, tuple[Callable[[Patch, Any], None], ...]]] = {
    "sqlite": (*_BOTH, no_authorizer),
    "postgresql": (*_BOTH, role_of_the_owner),
}

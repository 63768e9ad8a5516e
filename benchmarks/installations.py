"""Installations of the benchmarks' own: on servers, and on nothing but files."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks import database
from benchmarks.bench import LIMITS

WEB_PROCESSES: Final = "WEB_CONCURRENCY"
"""What gunicorn reads the number of its workers from."""


@dataclass(frozen=True, slots=True)
class Installation:
    """:ivar environment: of its programs; VAR_DIR is a folder of its own."""

    name: str
    environment: dict[str, str]

    @property
    def folder(self) -> Path:
        return Path(self.environment["VAR_DIR"])

    def keys(self, count: int, business: str) -> list[str]:
        """:param business: ``BUSINESS`` or ``SMALL``."""
        scopes = "exports:write,exports:read,pii:read"
        arguments = ("create_api_key", f"--business={business}", f"--scopes={scopes}")
        return [
            database.manage(*arguments, environment=self.environment).split()[-1]
            for _ in range(count)
        ]

    def unlimited(self) -> "Installation":
        """The same, for one caller who asks as much as many."""
        limits = {f"EXPORT_LIMIT_{name}": "1000000" for name in LIMITS}
        return Installation(self.name, self.environment | limits)


def on_servers(postgres: str, redis: str, folder: Path, *, rows: int) -> Installation:
    """Four web processes. The business ``BUSINESS`` gets so many verifications."""
    servers = {
        "DATABASE_URL": database.create(postgres, "load"),
        "REDIS_URL": redis,
        "CELERY_BROKER_URL": redis,
        WEB_PROCESSES: "4",
    }
    return _filled("PostgreSQL and Redis", servers, folder / "servers", rows)


def on_files(folder: Path, *, rows: int) -> Installation:
    """One web process: without Redis each has a cache of its own."""
    path = folder / "files"
    files = {
        "DATABASE_URL": f"sqlite:///{path / 'db.sqlite3'}",
        "REDIS_URL": "",
        "CELERY_BROKER_URL": "",
        WEB_PROCESSES: "1",
    }
    return _filled("SQLite and files", files, path, rows)


def _filled(name: str, parts: dict[str, str], folder: Path, rows: int) -> Installation:
    folder.mkdir(parents=True)
    own = {"DJANGO_SETTINGS_MODULE": "kyb_export.settings", "VAR_DIR": str(folder)}
    environment = dict(_neutral(os.environ.items())) | own | parts
    database.fill(rows, environment=environment)
    return Installation(name, environment)


def _neutral(variables: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """Without this shell's knobs: what is measured is what is installed."""
    return (item for item in variables if not item[0].startswith("EXPORT_"))

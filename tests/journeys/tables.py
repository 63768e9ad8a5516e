"""The tables of an installation, made once in a run of tests: each then gets a copy."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from uuid import uuid4

import psycopg

from tests.journeys.programs import ROOT


def copy_sqlite(path: Path) -> None:
    shutil.copyfile(_sqlite(), path)


def copy_postgres(server: str, name: str) -> None:
    """:param server: the URL of a database of the server, its name left out."""
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {_postgres(server)}")


@cache
def _sqlite() -> Path:
    path = _folder() / "tables.sqlite3"
    _migrate(f"sqlite:///{path}")
    return path


@cache
def _postgres(server: str) -> str:
    name = f"tables_{uuid4().hex[:12]}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        # Copies of the usual template wait for each other, and Django makes one too.
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    atexit.register(_drop, server, name)
    _migrate(f"{server}/{name}")
    return name


def _drop(server: str, name: str) -> None:
    # A private server is gone before.
    with (
        suppress(psycopg.OperationalError),
        psycopg.connect(f"{server}/postgres", autocommit=True) as connection,
    ):
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="kybtables"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _migrate(url: str) -> None:
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
    env = {name: os.environ[name] for name in kept if name in os.environ}
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"],
        cwd=ROOT,
        env=env | {"VAR_DIR": str(_folder()), "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr

"""The same rows are the same bytes: on both databases, in any batches, anywhere.

The reference is made on SQLite; every variation runs on the database under test.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
PLAIN = {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
VARIATIONS = {
    "row by row": (1, {"PYTHONHASHSEED": "1", "TZ": "Asia/Kathmandu", "LC_ALL": "C"}),
    "uneven": (
        997,
        {"PYTHONHASHSEED": "42", "TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8"},
    ),
    "at once": (
        10_000,
        {"PYTHONHASHSEED": "random", "TZ": "Pacific/Apia", "LC_ALL": "de_DE.UTF-8"},
    ),
}


def run(act: str, number: int, *, url: str, folder: Path, **environment: str) -> str:
    """:param act: a function of the process's module."""
    own = {"DATABASE_URL": url, "VAR_DIR": str(folder), "REDIS_URL": ""}
    own |= {"CELERY_BROKER_URL": "", "SECRET_KEY": "the same"} | environment
    own["DJANGO_SETTINGS_MODULE"] = "kyb_export.settings"
    code = f"from tests.determinism import process; process.{act}({number})"
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", code],
        cwd=ROOT,
        env={**os.environ, **own},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return done.stdout.decode()


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'rows.sqlite3'}"


@pytest.fixture(scope="module")
def tested_url(tmp_path_factory) -> Iterator[Callable[[str], str]]:
    """The URL of a new database, of the kind that is under test."""
    if connection.vendor == "sqlite":
        yield lambda name: sqlite_url(tmp_path_factory.mktemp(name))
        return
    base, _, _ = settings.DATABASE_URL.rpartition("/")
    made = []
    # The database of a run is made by its first test that asks for one.
    there = os.environ.get("TEST_POSTGRES_URL", settings.DATABASE_URL)
    with psycopg.connect(there, autocommit=True) as server:

        def create(name: str) -> str:
            made.append(f"determinism_{name}_{os.getpid()}")
            server.execute(f'CREATE DATABASE "{made[-1]}" TEMPLATE template0')
            return f"{base}/{made[-1]}"

        yield create
        for name in made:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def few(tmp_path_factory, tested_url) -> tuple[dict[str, str], str]:
    """The reference digests, and the URL of the same rows."""
    return filled(1_000, tmp_path_factory.mktemp("few"), tested_url("few"))


def filled(rows: int, folder: Path, url: str) -> tuple[dict[str, str], str]:
    for each in {sqlite_url(folder), url}:
        run("fill", rows, url=each, folder=folder)
    told = run("tell", 1000, url=sqlite_url(folder), folder=folder, **PLAIN)
    return json.loads(told), url


@pytest.mark.one_stack
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", VARIATIONS)
def test_files_are_the_same_bytes_everywhere(few, tmp_path, name):
    reference, url = few
    batch_size, environment = VARIATIONS[name]

    told = run("tell", batch_size, url=url, folder=tmp_path, **environment)

    found = json.loads(told)
    assert found == reference
    assert len(set(found.values())) == len(found) == 2 * (6 * 4 + 3)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_large_files_are_the_same_bytes_everywhere(
    tmp_path_factory, tmp_path, tested_url
):
    folder = tmp_path_factory.mktemp("many")
    reference, url = filled(100_000, folder, tested_url("many"))

    # Row by row, this many take longer than all else; the few have shown it.
    for name in ("uneven", "at once"):
        batch_size, environment = VARIATIONS[name]
        told = run("tell", batch_size, url=url, folder=tmp_path, **environment)

        assert json.loads(told) == reference

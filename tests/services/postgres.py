"""A private PostgreSQL in a folder of its own."""

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from tests.services.processes import NoServer, free_port, running

USER: Final = "kyb"
# Text sorts by language here, unlike in SQLite: what needs code points must say so.
INITDB: Final = ("--auth=trust", "--encoding=UTF8", "--no-sync", f"--username={USER}")
LINGUISTIC: Final = ("--locale=C", "--locale-provider=icu", "--icu-locale=en-US")
SETTINGS: Final = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "256MB",
    # nothing here outlives the tests
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
}


@contextmanager
def postgres() -> Iterator[str]:
    """Its URL, while it runs. :raises NoServer: when there are no binaries."""
    programs = _programs()
    # Short: a socket's path has 107 bytes at most.
    folder = Path(tempfile.mkdtemp(prefix="kybpg", dir="/tmp"))
    owner = _unprivileged()
    if owner:
        shutil.chown(folder, owner["user"], owner["group"])
    try:
        _initdb(programs, folder, owner)
        with _server(programs, folder, owner) as port:
            yield f"postgres://{USER}@127.0.0.1:{port}/postgres"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """The folder of initdb and postgres; the newest of Debian's, which has several."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    installed = [
        path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")
    ]
    if not installed:
        raise NoServer(
            "no PostgreSQL: scripts/system_packages.sh test, or give TEST_POSTGRES_URL"
        )
    return max(installed, key=lambda path: int(re.sub(r"\D", "", path.parent.name)))


def _unprivileged() -> dict[str, Any]:
    """Whom to run as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    names = {account.pw_name: account for account in pwd.getpwall()}
    account = names.get("postgres") or names["nobody"]
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _initdb(programs: Path, folder: Path, owner: dict[str, Any]) -> None:
    data = folder / "data"
    command = [str(programs / "initdb"), *INITDB, *LINGUISTIC, f"--pgdata={data}"]
    made = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, **owner
    )
    if made.returncode:
        raise NoServer(made.stderr)


@contextmanager
def _server(programs: Path, folder: Path, owner: dict[str, Any]) -> Iterator[int]:
    port = free_port()
    command = [str(programs / "postgres"), "-D", "data", "-k", str(folder)]
    command += ["-p", str(port)]
    for name, value in SETTINGS.items():
        command += ["-c", f"{name}={value}"]
    probe = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]

    def ready() -> bool:
        return subprocess.run(probe, check=False).returncode == 0

    with running(command, log=folder / "log", ready=ready, cwd=folder, **owner):
        yield port

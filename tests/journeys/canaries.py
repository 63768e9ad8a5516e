"""Secrets that are used and then looked for, in every form text may be kept in."""

import base64
import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import redis

from tests.journeys.databases import Postgres
from tests.journeys.stacks import Stack
from tests.services.postgres import _programs


@dataclass(slots=True)
class Canaries:
    """:ivar secrets: what nobody but its holder may see, by a name to speak of it."""

    secrets: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, text: str) -> str:
        """Of a key or token all but its public prefix is secret."""
        is_key = text.startswith(("kyb_", "kybstaff_"))
        self.secrets[name] = text.split("_", 2)[2] if is_key else text
        return text

    def found(self, places: Mapping[str, bytes]) -> list[str]:
        """What lies where."""
        wanted = {name: list(forms(text)) for name, text in self.secrets.items()}
        return sorted(
            f"{name} in {place}"
            for place, content in places.items()
            for name, shapes in wanted.items()
            if any(shape in content for shape in shapes)
        )


def forms(secret: str) -> Iterator[bytes]:
    raw = secret.encode()
    yield raw
    yield quote(secret, safe="").encode()
    yield json.dumps(secret)[1:-1].encode()
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    for shift in range(3):
        # What lies before and after it is unknown, so that its ends are too.
        padded = base64.b64encode(b"\0" * shift + raw)
        known = padded[4 if shift else 0 : len(padded) - 4]
        yield known
        yield known.translate(bytes.maketrans(b"+/", b"-_"))


def places(stack: Stack) -> dict[str, bytes]:
    """All that an installation keeps: its whole folder, its database, its Redis.

    The folder has the logs, SQLite's files, messages on their way, and stored files.
    """
    kept = {
        str(path.relative_to(stack.var)): _read(path)
        for path in sorted(stack.var.rglob("*"))
        if path.is_file()
    }
    if isinstance(stack.database, Postgres):
        kept["pg_dump"] = _dump(stack.database.url)
    if "REDIS_URL" in stack.env:
        kept["Redis"] = _everything(stack.env["REDIS_URL"])
    return kept


def _read(path: Path) -> bytes:
    """Nothing, of what is gone by now."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _dump(url: str) -> bytes:
    program = shutil.which("pg_dump") or str(_programs() / "pg_dump")
    done = subprocess.run([program, url], capture_output=True, check=True)
    return done.stdout


def _everything(url: str) -> bytes:
    """Every key with its value, whatever its kind."""
    with redis.Redis.from_url(url) as client:
        return b"\n".join(
            b"%s: %s" % (key, repr(_value(client, key)).encode())
            for key in client.scan_iter()
        )


def _value(client: redis.Redis, key: bytes) -> object:
    readers = {
        b"string": lambda: client.get(key),
        b"list": lambda: client.lrange(key, 0, -1),
        b"set": lambda: client.smembers(key),
        b"zset": lambda: client.zrange(key, 0, -1, withscores=True),
        b"hash": lambda: client.hgetall(key),
        b"none": lambda: None,
    }
    return readers[client.type(key)]()

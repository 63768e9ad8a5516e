"""Whether what the service stands on answers: database, cache, storage."""

from collections.abc import Callable
from typing import Final
from uuid import uuid4

from django.core.cache import cache
from django.db import DatabaseError, connections
from django_redis.exceptions import ConnectionInterrupted

from exports.pipeline.sinks.storage import open_storage


def _database() -> bool:
    for alias in ("default", "snapshot"):
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT 1")
    return True


def _cache() -> bool:
    token = uuid4().hex
    cache.set("health", token, timeout=10)
    return cache.get("health") is not None


def _storage() -> bool:
    return open_storage().root.is_dir()


PARTS: Final[dict[str, Callable[[], bool]]] = {
    "database": _database,
    "cache": _cache,
    "storage": _storage,
}


def look() -> dict[str, bool]:
    """Part -> whether it answers."""
    return {name: _answers(check) for name, check in PARTS.items()}


def _answers(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (DatabaseError, OSError, ConnectionInterrupted):
        return False

"""Whether what the service stands on answers, and whether anybody does the work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import uuid4

from django.core.cache import cache
from django.db import Error, connections
from django.utils.module_loading import import_string
from redis.exceptions import RedisError

from exports.conf import knob
from exports.errors import ExportError
from exports.models import ExportJob, Worker
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
    return open_storage().answers()


def _templates() -> bool:
    """Whether one that is always there is found, by the way that exports take."""
    resolve = import_string(knob("TEMPLATE_RESOLVER"))
    return bool(resolve("verifications_csv", business_id=""))


PARTS: Final[dict[str, Callable[[], bool]]] = {
    "database": _database,
    "cache": _cache,
    "storage": _storage,
}
EXPORT_PARTS: Final[dict[str, Callable[[], bool]]] = {"templates": _templates}


def look() -> dict[str, bool]:
    """Part -> whether it answers."""
    return _looked(PARTS)


def look_at_exports() -> dict[str, bool]:
    """The same, and what else an export needs."""
    return look() | _looked(EXPORT_PARTS)


def _looked(parts: Mapping[str, Callable[[], bool]]) -> dict[str, bool]:
    return {name: _answers(check) for name, check in parts.items()}


def _answers(check: Callable[[], bool]) -> bool:
    try:
        return check()
    # django-redis lets the errors of redis through as they are.
    except (Error, OSError, RedisError, ExportError):
        return False


@dataclass(frozen=True, slots=True)
class Work:
    """:ivar workers: seen in the last minute.

    :ivar oldest_seconds: how long the oldest of those that wait has waited.
    """

    workers: int
    waiting: int
    running: int
    oldest_seconds: float | None

    @property
    def is_done(self) -> bool:
        """Nothing waits, or somebody is there to take it."""
        return self.workers > 0 or self.waiting == 0


def look_at_work(*, now: datetime) -> Work | None:
    """None when the database does not answer."""
    try:
        waiting = ExportJob.objects.background().pending()
        oldest = waiting.order_by("created_at").values_list("created_at", flat=True)
        since = oldest.first()
        return Work(
            workers=Worker.objects.seen_lately().count(),
            waiting=waiting.count(),
            running=ExportJob.objects.background().processing().count(),
            oldest_seconds=max((now - since).total_seconds(), 0.0) if since else None,
        )
    except Error:
        return None

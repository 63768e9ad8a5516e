"""How often one caller may ask: exact sliding windows, shared through Redis.

Every hit is also kept in this process, so that while Redis is away the limits go on,
per process: they neither open nor refuse everybody.
"""

import logging
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil, floor
from threading import Lock
from time import monotonic, time
from typing import Final

from django.conf import settings
from limits import RateLimitItemPerSecond
from limits.errors import StorageError
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter

from exports.conf import knob

KINDS: Final = ("exports", "jobs", "templates", "downloads", "other")
WINDOW: Final = 60
_PATIENCE: Final = 1
"""Seconds that Redis may take before it counts as away."""
_AWAY: Final = 5.0
"""Seconds in which Redis is not asked again after it failed."""
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Verdict:
    """:ivar frees_at: epoch seconds at which the oldest hit leaves the window."""

    allowed: bool
    limit: int
    remaining: int
    frees_at: float
    now: float

    @property
    def retry_after(self) -> int:
        """Whole seconds, after which the next hit is let through."""
        return max(floor(self.frees_at - self.now) + 1, 1)

    @property
    def headers(self) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(ceil(self.frees_at)),
        }


@dataclass(slots=True)
class Local:
    """The windows of this process.

    :ivar hits: by key, the times of the hits that were let through, oldest first.
    """

    clock: Callable[[], float] = time
    hits: dict[str, list[float]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)
    _swept: float = 0.0

    def hit(self, key: str, limit: int) -> Verdict:
        with self._lock:
            now = self.clock()
            self._sweep(now)
            times = self.hits.setdefault(key, [])
            del times[: bisect_right(times, now - WINDOW)]
            allowed = len(times) < limit
            if allowed:
                times.append(now)
            oldest = times[0] if times else now
            left = max(limit - len(times), 0)
        return Verdict(allowed, limit, left, oldest + WINDOW, now)

    def _sweep(self, now: float) -> None:
        """Keys that are no longer used must not stay for ever."""
        if now - self._swept < WINDOW:
            return
        self._swept = now
        for key in [key for key, times in self.hits.items() if _is_over(times, now)]:
            del self.hits[key]

    def forget(self) -> None:
        with self._lock:
            self.hits.clear()


def _is_over(times: list[float], now: float) -> bool:
    return not times or times[-1] <= now - WINDOW


class Shared:
    """The windows in Redis; asked again a while after it failed."""

    def __init__(self, url: str) -> None:
        self._limiter = MovingWindowRateLimiter(
            RedisStorage(
                url,
                wrap_exceptions=True,
                socket_connect_timeout=_PATIENCE,
                socket_timeout=_PATIENCE,
            )
        )
        self._away_until = self._told = float("-inf")

    def hit(self, key: str, limit: int) -> Verdict | None:
        """None when Redis cannot be asked."""
        if monotonic() < self._away_until:
            return None
        item = RateLimitItemPerSecond(limit, WINDOW)
        try:
            allowed = self._limiter.hit(item, key)
            stats = self._limiter.get_window_stats(item, key)
        except StorageError as error:
            self._note(error)
            return None
        left = max(stats.remaining, 0) if allowed else 0
        return Verdict(allowed, limit, left, stats.reset_time, time())

    def _note(self, error: StorageError) -> None:
        now = monotonic()
        self._away_until = now + _AWAY
        if now - self._told >= 60:
            self._told = now
            logger.error(
                "Redis is away (%s): limits are counted per process",
                type(error.storage_error).__name__,
            )


LOCAL: Final = Local()
_shared: dict[str, Shared] = {}


def hit(kind: str, who: str) -> Verdict:
    """One more call of this kind by this caller, if it is let through."""
    limit = int(knob(f"LIMIT_{kind.upper()}"))
    key = f"{kind}:{who}"
    url = settings.REDIS_URL
    own = LOCAL.hit(key, limit)
    if not url:
        return own
    # Two threads may both make one at first: either is as good.
    shared = _shared.get(url) or _shared.setdefault(url, Shared(url))
    return shared.hit(key, limit) or own

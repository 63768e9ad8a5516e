"""How often one caller may ask: exact sliding windows, shared through Redis.

Every hit is also kept in this process, so that while Redis is away the limits go on,
per process: they neither open nor refuse everybody.
"""

import logging
from bisect import bisect_right, insort
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil, floor
from threading import Lock
from time import monotonic, time
from typing import Final

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from customers import security
from exports import metrics
from exports.conf import knob

KINDS: Final = ("exports", "jobs", "templates", "downloads", "other")
"""Per key or user, ``EXPORT_LIMIT_<KIND>`` a minute."""
BY_ADDRESS: Final = {"customer_360": "", "customer_360_bulk": "BULK_"}
"""Per client address: what the names of their two knobs begin with."""
WINDOW: Final = 60
_PATIENCE: Final = 1
"""Seconds that Redis may take before it counts as away."""
_AWAY: Final = 5.0
"""Seconds in which Redis is not asked again after it failed."""
logger = logging.getLogger(__name__)

_SCRIPT: Final = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local oldest = redis.call('LINDEX', KEYS[1], -1)
while oldest and tonumber(oldest) + window <= now do
    redis.call('RPOP', KEYS[1])
    oldest = redis.call('LINDEX', KEYS[1], -1)
end
local count = redis.call('LLEN', KEYS[1])
local allowed = count < limit
if allowed then
    redis.call('LPUSH', KEYS[1], string.format('%.0f', now))
    redis.call('PEXPIRE', KEYS[1], math.ceil(window / 1000))
    count = count + 1
end
return {allowed and 1 or 0, count, tonumber(oldest or now), now}
"""
"""One hit: Redis' own clock tells the times, in microseconds, newest first."""


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

    :ivar hits: by key, the times at which the hits that were let through leave the
        window, the next one first.
    """

    clock: Callable[[], float] = time
    hits: dict[str, list[float]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)
    _swept: float = 0.0

    def hit(self, key: str, limit: int, *, seconds: float = WINDOW) -> Verdict:
        with self._lock:
            now = self.clock()
            ends = self._ends(key, now)
            allowed = len(ends) < limit
            if allowed:
                insort(ends, now + seconds)
            return self._verdict(ends, limit, seconds, now, allowed=allowed)

    def refusal(self, key: str, limit: int, *, seconds: float) -> Verdict | None:
        """None while there is room; nothing is counted."""
        with self._lock:
            now = self.clock()
            ends = self._ends(key, now)
            if len(ends) < limit:
                return None
            return self._verdict(ends, limit, seconds, now, allowed=False)

    def note(self, key: str, *, until: float) -> None:
        """A hit that was let through elsewhere."""
        with self._lock:
            insort(self._ends(key, self.clock()), until)

    def _ends(self, key: str, now: float) -> list[float]:
        self._sweep(now)
        ends = self.hits.setdefault(key, [])
        del ends[: bisect_right(ends, now)]
        return ends

    @staticmethod
    def _verdict(
        ends: list[float], limit: int, seconds: float, now: float, *, allowed: bool
    ) -> Verdict:
        frees_at = ends[0] if ends else now + seconds
        return Verdict(allowed, limit, max(limit - len(ends), 0), frees_at, now)

    def _sweep(self, now: float) -> None:
        """Keys that are no longer used must not stay for ever."""
        if now - self._swept < WINDOW:
            return
        self._swept = now
        for key in [key for key, ends in self.hits.items() if _is_over(ends, now)]:
            del self.hits[key]

    def forget(self) -> None:
        with self._lock:
            self.hits.clear()


def _is_over(ends: list[float], now: float) -> bool:
    return not ends or ends[-1] <= now


class Shared:
    """The windows in Redis; asked again a while after it failed."""

    def __init__(self, url: str) -> None:
        client = Redis.from_url(
            url,
            socket_connect_timeout=_PATIENCE,
            socket_timeout=_PATIENCE,
            # A connection that lay idle while Redis was restarted is made anew.
            retry=Retry(NoBackoff(), 1),
        )
        self._script = client.register_script(_SCRIPT)
        self._away_until = self._told = float("-inf")

    def hit(self, key: str, limit: int, *, seconds: float = WINDOW) -> Verdict | None:
        """None when Redis cannot be asked."""
        if monotonic() < self._away_until:
            return None
        micros = round(seconds * 1_000_000)
        try:
            told = self._script(keys=[f"limit:{key}"], args=[limit, micros])
        except (RedisError, OSError) as error:
            self._note(error)
            return None
        allowed, count, oldest, now = map(int, told)
        return Verdict(
            allowed=bool(allowed),
            limit=limit,
            remaining=max(limit - count, 0),
            frees_at=(oldest + micros) / 1_000_000,
            now=now / 1_000_000,
        )

    def _note(self, error: Exception) -> None:
        now = monotonic()
        self._away_until = now + _AWAY
        if now - self._told >= 60:
            self._told = now
            logger.error(
                "Redis is away (%s): limits are counted per process",
                type(error).__name__,
            )


LOCAL: Final = Local()
_shared: dict[str, Shared] = {}
_turns: Final = tuple(Lock() for _ in range(64))
"""One caller's hits are counted one after the other, so that none is under way, and
known to nobody, at the moment at which Redis goes."""


def hit(kind: str, who: str) -> Verdict:
    """One more call of this kind by this caller, if it is let through."""
    verdict = _hit(f"{kind}:{who}", *_rate(kind))
    if not verdict.allowed:
        security.refused("limit_refused", kind=kind, who=who, limit=verdict.limit)
        metrics.limit_refused(kind)
    return verdict


def _rate(kind: str) -> tuple[int, float]:
    """How many, in how many seconds."""
    if kind in BY_ADDRESS:
        head = BY_ADDRESS[kind]
        milliseconds = int(knob(f"{head}RATE_LIMIT_WINDOW_MS"))
        return int(knob(f"{head}RATE_LIMIT_MAX")), milliseconds / 1000
    return int(knob(f"LIMIT_{kind.upper()}")), WINDOW


def _hit(key: str, limit: int, seconds: float) -> Verdict:
    url = settings.REDIS_URL
    if not url:
        return LOCAL.hit(key, limit, seconds=seconds)
    with _turns[hash(key) % len(_turns)]:
        # A Redis that came back may have forgotten what this process let through.
        refused = LOCAL.refusal(key, limit, seconds=seconds)
        if refused:
            return refused
        # Two threads may both make one at first: either is as good.
        shared = _shared.get(url) or _shared.setdefault(url, Shared(url))
        asked_at = LOCAL.clock()
        verdict = shared.hit(key, limit, seconds=seconds)
        if verdict is None:
            return LOCAL.hit(key, limit, seconds=seconds)
        if verdict.allowed:
            LOCAL.note(key, until=asked_at + seconds)
        return verdict

"""The bodies of reports, kept for a few minutes; concurrent misses build one.

Whoever finds nothing takes the lock of the key and builds; the others wait for what it
keeps. The lock is a lease: when its holder died, or takes too long, another builds.
While the cache is away everybody builds, and nobody fails for it.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Final, TypeVar
from uuid import uuid4

from django.core.cache import cache
from redis.exceptions import RedisError

SECONDS: Final = 300
MAX_BYTES: Final = 10_485_760
LEASE_SECONDS: Final = 30
PATIENCE_SECONDS: Final = 90
"""How long somebody waits for others in all."""
_POLL_SECONDS: Final = 0.02
_UNKEPT: Final = "unkept"
_UNKEPT_SECONDS: Final = 5
"""For so long it is known that there is nothing to wait for."""
_AWAY: Final = (RedisError, OSError)
_AWAY_SECONDS: Final = 5.0
"""For so long the cache is not asked again after it failed."""
logger = logging.getLogger(__name__)
_Answer = TypeVar("_Answer")


@dataclass(slots=True)
class _Health:
    away_until: float = float("-inf")


_health: Final = _Health()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a body is kept, or is to be.

    :ivar found: None when it is to be built.
    :ivar token: of the lock, when others wait for what is built.
    """

    key: str
    found: bytes | None = None
    token: str | None = None

    def keep(self, body: bytes) -> None:
        """For the next ones, and for those who wait."""
        if len(body) > MAX_BYTES:
            self.give_up()
        elif not _is_away():
            _asked(lambda: cache.set(self.key, body, SECONDS))
            _asked(lambda: _release(self))

    def give_up(self) -> None:
        """Nothing is kept: those who wait build for themselves, all at once."""
        if self.token is not None and not _is_away():
            _asked(lambda: cache.set(_lock(self.key), _UNKEPT, _UNKEPT_SECONDS))


def _is_away() -> bool:
    return monotonic() < _health.away_until


def look(key: str) -> Place:
    """What is kept; else the right to build it, once nobody else does."""
    if _is_away():
        return Place(key)
    return _asked(lambda: _look(key)) or Place(key)


def _look(key: str) -> Place:
    token, until = uuid4().hex, monotonic() + PATIENCE_SECONDS
    while monotonic() < until:
        found = cache.get(key)
        if found is not None:
            return Place(key, found)
        if cache.add(_lock(key), token, LEASE_SECONDS):
            return _first(Place(key, token=token))
        if cache.get(_lock(key)) == _UNKEPT:
            break
        sleep(_POLL_SECONDS)
    return Place(key)


def _first(place: Place) -> Place:
    """Another may have kept it between the look and the lock."""
    found = cache.get(place.key)
    if found is None:
        return place
    _release(place)
    return Place(place.key, found)


def _release(place: Place) -> None:
    # After its lease the lock may be another's.
    if cache.get(_lock(place.key)) in {place.token, _UNKEPT}:
        cache.delete(_lock(place.key))


def _lock(key: str) -> str:
    return f"{key}:lock"


def _asked(ask: Callable[[], _Answer]) -> _Answer | None:
    """None when the cache is away."""
    try:
        return ask()
    except _AWAY as error:
        _health.away_until = monotonic() + _AWAY_SECONDS
        kind = type(error).__name__
        logger.warning("the cache is away (%s): reports are built each time", kind)
        return None

"""Where django-ratelimit counts: in this process, and in Redis while it answers.

django-ratelimit itself fails without its cache. Here every count is also kept in the
process, and the higher one stands: while Redis is away limits go on per process; they
neither open nor refuse everybody.
"""

import logging
from collections.abc import Callable
from time import monotonic
from typing import Any, ClassVar, Final

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from redis.exceptions import RedisError

_AWAY: Final = 5.0
"""Seconds in which Redis is not asked again after it failed."""
logger = logging.getLogger(__name__)


class GuardCache(LocMemCache):
    away_until: ClassVar[float] = float("-inf")

    def add(
        self,
        key: str,
        value: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        """Never takes the first hit: ``incr`` counts that one alike in both places."""
        del value
        super().add(key, 0, timeout, version)
        self._shared(lambda cache: cache.add(key, 0, timeout))
        return False

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        here = super().incr(key, delta, version)
        return max(here, self._shared(lambda cache: cache.incr(key, delta)) or 0)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        here = super().get(key, default, version)
        return max(here or 0, self._shared(lambda cache: cache.get(key)) or 0)

    def _shared(self, ask: Callable[[BaseCache], Any]) -> Any:
        """None when there is no Redis, or none that answers."""
        if not settings.REDIS_URL or monotonic() < GuardCache.away_until:
            return None
        try:
            return ask(caches["default"])
        except (RedisError, OSError) as error:
            _note(error)
        except ValueError:  # a Redis that came back has forgotten the count
            pass
        return None


def _note(error: Exception) -> None:
    GuardCache.away_until = monotonic() + _AWAY
    name = type(error).__name__
    logger.error("Redis is away (%s): the admin counts per process", name)

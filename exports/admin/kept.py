"""What exports came to, kept for some seconds: it takes long, and people look again."""

import logging
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet
from redis.exceptions import RedisError

from exports.admin.summing import Group, Percentiles, Sums, percentiles, sums
from exports.models import ExportJob

SECONDS: Final = 20
_AWAY: Final = (RedisError, OSError)
logger = logging.getLogger(__name__)


class Figures(NamedTuple):
    """:ivar at: when they were added up.

    :ivar taken: by type and format, and of all under the empty key.
    """

    at: datetime
    groups: dict[Group, Sums]
    taken: dict[tuple[Any, ...], Percentiles]


def figures(jobs: QuerySet[ExportJob], *, now: datetime) -> Figures:
    """At most so many seconds old: kept under the database's own question.

    That names the businesses that it is about: whoever sees other exports asks another.
    """
    try:
        question = repr(jobs.order_by().query.sql_with_params())
    except EmptyResultSet:
        return Figures(now, {}, {})
    key = f"dashboard:{sha256(question.encode()).hexdigest()}"
    try:
        return cache.get(key) or _kept(key, jobs, now)
    except _AWAY as error:
        logger.warning("the cache is away (%s): figures are added up each time", error)
        return _made(jobs, now)


def _kept(key: str, jobs: QuerySet[ExportJob], now: datetime) -> Figures:
    made = _made(jobs, now)
    cache.set(key, made, SECONDS)
    return made


def _made(jobs: QuerySet[ExportJob], now: datetime) -> Figures:
    return Figures(now, sums(jobs), percentiles(jobs))

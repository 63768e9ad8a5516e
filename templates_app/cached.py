"""A business's own templates, read through the cache.

Entries are kept under the epoch of their business, a random word. Whoever changes a
template takes the epoch away before the commit and sets a new one after it, so that a
reader never finds, and never leaves behind, what was true before.

Without Redis the cache is one process's own, and a change in another would not be seen:
then the database tells each time.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

from customers.rows import sole
from exports import metrics
from templates_app.models import ExportTemplate
from templates_app.saved import Template

logger = logging.getLogger(__name__)

# The longest that a change could stay unseen, were the cache away at its commit.
_SECONDS: Final = 60
_EPOCH_SECONDS: Final = 86_400
_CHANGING: Final = "changing"
_AWAY: Final = (RedisError, OSError)


def own(business_id: str, template_id: str) -> Template | None:
    """None when the business has none of that id."""
    epoch = _epoch(business_id)
    if epoch is None:
        return _stored(business_id, template_id)
    # The number is that of the shape of what is kept.
    key = f"template:1:{business_id}:{epoch}:{template_id}"
    with suppress(*_AWAY):
        found = cache.get(key)
        if isinstance(found, Template):
            metrics.cache_read("templates", hit=True)
            return found
    metrics.cache_read("templates", hit=False)
    stored = _stored(business_id, template_id)
    if stored is not None:
        _try(lambda: cache.set(key, stored, _SECONDS))
    return stored


def changing(business_id: str) -> None:
    """Reads go to the database until ``changed``: call it before the commit."""
    _try(lambda: cache.set(_name(business_id), _CHANGING, _SECONDS))


def changed(business_id: str) -> None:
    """Call it after the commit."""
    _try(lambda: cache.set(_name(business_id), uuid4().hex, _EPOCH_SECONDS))


def _epoch(business_id: str) -> str | None:
    """None while a template is being changed, or no cache is there for all."""
    if not settings.REDIS_URL:
        return None
    name = _name(business_id)
    try:
        found = cache.get(name)
        if found is None:
            cache.add(name, uuid4().hex, _EPOCH_SECONDS)
            found = cache.get(name)
    except _AWAY:
        return None
    return found if isinstance(found, str) and found != _CHANGING else None


def _stored(business_id: str, template_id: str) -> Template | None:
    rows = ExportTemplate.objects.for_business(business_id)
    row = sole(rows.filter(slug=template_id))
    return row.value() if row else None


def _name(business_id: str) -> str:
    return f"template-epoch:{business_id}"


def _try(write: Callable[[], Any]) -> None:
    try:
        write()
    except _AWAY:
        logger.warning("the cache is away: templates are read from the database")

"""What the service keeps of what it was asked: all that its cache holds."""

from typing import Any

from django.conf import settings

from tests.journeys.canaries import _everything


def cached(cache: Any) -> bytes:
    place = settings.CACHES["default"].get("LOCATION")
    if place:
        return _everything(place)
    return repr(cache._cache).encode()  # noqa: SLF001 - memory has no list of its own

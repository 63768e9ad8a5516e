"""How many custom queries this process runs at once: each holds one of its threads."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Final

from exports.conf import knob
from exports.errors import Unavailable


class _Places:
    def __init__(self) -> None:
        self._lock, self._taken = Lock(), Counter[str]()

    def take(self, business_id: str) -> bool:
        """One business gets half of them, so that others find a place."""
        most = int(knob("QUERY_MAX_AT_ONCE"))
        with self._lock:
            own = self._taken[business_id]
            is_free = self._taken.total() < most and own < (most + 1) // 2
            self._taken[business_id] = own + is_free
            return is_free

    def leave(self, business_id: str) -> None:
        with self._lock:
            self._taken[business_id] -= 1
            self._taken += Counter()  # keeps those above nought alone


_places: Final = _Places()


@contextmanager
def place(business_id: str) -> Iterator[None]:
    """:raises Unavailable: as many run as may."""
    if not _places.take(business_id):
        raise Unavailable("as many custom queries run as may: try again")
    try:
        yield
    finally:
        _places.leave(business_id)

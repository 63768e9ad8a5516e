"""A delivery is held while its file is sent, for as long as that may take.

Timeouts count per read: who sends a byte now and then would hold a worker for ever. So
a thread of its own renews the lease, and cuts the line when the time is over or when
another worker has the delivery.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread
from time import monotonic

from django.db import Error, connections
from django.db.models.functions import Now

from exports.conf import knob
from exports.delivery.lines import Line
from exports.models import Delivery

logger = logging.getLogger(__name__)


@contextmanager
def held(line: Line, delivery: Delivery | None, *, seconds: float) -> Iterator[None]:
    """:param delivery: None: of no row, as a test is; then only its time counts."""
    over = Event()
    watch = Thread(target=_watch, args=(line, delivery, over, seconds), daemon=True)
    watch.start()
    try:
        yield
    finally:
        over.set()
        watch.join()
        line.close()


def _watch(line: Line, delivery: Delivery | None, over: Event, seconds: float) -> None:
    until = monotonic() + seconds
    pause = float(knob("DELIVERY_LEASE_SECONDS")) / 3
    try:
        while not over.wait(min(pause, max(until - monotonic(), 0.0))):
            if monotonic() >= until or not (delivery is None or _renewed(delivery)):
                line.cut()
                return
    finally:
        # Those of this thread alone.
        connections.close_all()


def _renewed(delivery: Delivery) -> bool:
    """Whether it is still held; a database that is away tells nothing."""
    lease = timedelta(seconds=knob("DELIVERY_LEASE_SECONDS"))
    row = Delivery.objects.pending().filter(pk=delivery.pk, fence=delivery.fence)
    try:
        return row.update(lease_until=Now() + lease) == 1
    except Error:
        logger.exception("the lease of delivery %s was not renewed", delivery)
        return True

"""The heartbeat of a run: renews its lease, carries its progress, hears a cancel.

It beats in a thread with a connection of its own, by the database's clock. A run that
ends sooner than the first beat opens no connection.
"""

import logging
from collections.abc import Callable
from contextvars import copy_context
from datetime import timedelta
from threading import Event, Thread
from time import monotonic
from typing import Self, TypeAlias

from django.db import Error, connections
from django.db.models import F, Value
from django.db.models.functions import Greatest, Now

from exports import policy
from exports.conf import knob
from exports.errors import Cancelled, LeaseLost
from exports.models import ExportJob, Mode
from exports.pipeline.spec import ExportSpec
from exports.states import JobStatus

# Rows written so far, rows expected.
Follow: TypeAlias = Callable[[int, int], None]
logger = logging.getLogger(__name__)


class Lease:
    """Follows a run of a claimed job; the run is told to stop by an exception.

    :param spec: of rows; None: it is anything else, which no answer waits for.
    :raises Cancelled: out of ``wrote`` and ``step``, when that was asked for.
    :raises LeaseLost: out of the same, when another worker has the job now.
    """

    def __init__(
        self, job: ExportJob, spec: ExportSpec | None, follow: Follow | None = None
    ) -> None:
        self._job, self._spec, self._follow = job, spec, follow
        self._rows, self._step = 0, job.current_step
        self._expected: int | None = None
        self._sent: object = None
        self._renewed = monotonic()
        self._cancelled = self._lost = False
        self._ended = Event()
        # The heartbeat's lines in the log name the same request.
        self._thread = Thread(
            target=copy_context().run,
            args=(self._beat,),
            name=f"lease-{job.pk}",
            daemon=True,
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def step(self, number: int) -> None:
        self._step = number
        self._heed()

    def counted(self, expected: int) -> None:
        """:raises SizeExceeded: too many rows for an export that runs at once."""
        if self._spec is not None:
            policy.check_immediate_size(Mode(self._job.mode), self._spec, expected)
        self._expected = expected

    def wrote(self, rows: int) -> None:
        self._rows = rows
        if self._follow:
            self._follow(rows, self._expected or 0)
        self._heed()

    def _heed(self) -> None:
        if self._lost:
            raise LeaseLost("another worker has this job now")
        if self._cancelled:
            raise Cancelled("the export was cancelled")

    def _beat(self) -> None:
        try:
            while not self._ended.wait(knob("PROGRESS_SECONDS")):
                self._report()
        finally:
            # Asked for by name it would be made now, in most runs for nothing.
            for opened in connections.all(initialized_only=True):
                opened.close()

    def _report(self) -> None:
        state = (self._rows, self._step, self._expected)
        due = monotonic() - self._renewed >= knob("HEARTBEAT_SECONDS")
        if state == self._sent and not due:
            return
        try:
            self._write()
        except Error:
            # The lease outlasts a few missed beats; if it does not, it is lost.
            logger.warning("a heartbeat of %s failed", self._job, exc_info=True)
        else:
            self._sent = state
            self._renewed = monotonic()

    def _write(self) -> None:
        expected = self._expected
        progress = min(self._rows / expected, 1.0) if expected else 0.0
        mine = ExportJob.objects.filter(
            pk=self._job.pk, fence=self._job.fence, status=JobStatus.PROCESSING
        )
        renewed = mine.update(
            lease_until=Now() + timedelta(seconds=knob("LEASE_SECONDS")),
            rows_written=self._rows,
            rows_expected=expected,
            current_step=self._step,
            progress=Greatest(F("progress"), Value(progress)),
        )
        self._lost = not renewed
        self._cancelled = mine.filter(cancel_requested=True).exists()

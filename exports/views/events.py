"""A job's progress as server-sent events, polled from its row."""

from collections.abc import Callable, Iterator
from threading import Lock
from time import monotonic, sleep
from typing import Final

from rest_framework.renderers import JSONRenderer

from customers.actors import Actor
from exports.conf import knob
from exports.errors import Unavailable
from exports.models import ExportJob
from exports.serializers.answers import JobSerializer
from exports.states import FINAL, JobStatus

_POLL_SECONDS: Final = 0.5
_RETRY: Final = b"retry: 1000\n\n"
_ALIVE: Final = b":\n\n"


class _Places:
    """How many streams this process has open: each holds one of its threads."""

    def __init__(self) -> None:
        self._lock, self._taken = Lock(), 0

    def take(self) -> bool:
        with self._lock:
            is_free = self._taken < knob("EVENTS_MAX_STREAMS")
            self._taken += is_free
            return bool(is_free)

    def leave(self) -> None:
        with self._lock:
            self._taken -= 1


_places: Final = _Places()


class Events:
    """The stream of a job; ``close`` is for the answer to call, read or not.

    :raises Unavailable: so many streams are open already.
    """

    def __init__(
        self,
        job: ExportJob,
        *,
        read: Callable[[], ExportJob | None],
        seen: str,
        reader: Actor,
    ) -> None:
        if not _places.take():
            raise Unavailable("too many event streams are open: read the job instead")
        self._job, self._read, self._seen, self._reader = job, read, seen, reader
        self._is_open = True

    def __iter__(self) -> Iterator[bytes]:
        deadline = monotonic() + knob("EVENTS_SECONDS")
        job: ExportJob | None = self._job
        yield _RETRY
        while job is not None:
            yield self._news(job)
            if job.status in FINAL:
                yield self._event("end", job)
                return
            left = deadline - monotonic()
            if left <= 0:
                yield _RETRY
                return
            sleep(min(_POLL_SECONDS, left))
            job = self._read()

    def _news(self, job: ExportJob) -> bytes:
        """Nothing new is a comment, so that a client that is gone is noticed."""
        now = revision(job)
        if now == self._seen:
            return _ALIVE
        self._seen = now
        return self._event("progress", job)

    def _event(self, kind: str, job: ExportJob) -> bytes:
        shown = JobSerializer(job, context={"actor": self._reader}).data
        head = f"event: {kind}\nid: {revision(job)}\ndata: ".encode()
        return head + JSONRenderer().render(shown) + b"\n\n"

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            _places.leave()


def revision(job: ExportJob) -> str:
    """Rises with each change of progress, in the order of its parts.

    A run that is dropped waits again under the same fence, before the next claim.
    """
    waits = job.status == JobStatus.PENDING
    stage = 2 if job.status in FINAL else int(waits and job.fence > 0)
    parts = (
        job.fence,
        stage,
        job.current_step,
        int(job.rows_expected is not None),
        job.rows_written,
        int(job.cancel_requested),
    )
    return ".".join(map(str, parts))

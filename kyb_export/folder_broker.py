"""The broker of an installation without servers: messages are files, each one whole.

kombu's own names a message's file first and fills it afterwards: who reads in between,
or after its writer was killed there, finds no JSON, which ends the whole worker. Its
table of bindings is written likewise; messages name their queue, so it has none here.
"""

import logging
from contextlib import suppress
from pathlib import Path
from queue import Empty
from time import monotonic_ns
from typing import Any
from uuid import uuid4

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps

logger = logging.getLogger(__name__)


class Channel(filesystem.Channel):
    def _queue_bind(self, *_: Any) -> None:
        """Nobody asks for bindings: there are direct messages alone."""

    def _put(self, queue: str, payload: Any, **_: Any) -> None:  # type: ignore[override] # kombu's own classes disagree on its names
        """:raises ChannelError: the folder cannot be written."""
        name = f"{monotonic_ns() // 1_000_000}_{uuid4()}.{queue}"
        draft = Path(self.data_folder_out) / f"{name}.draft"
        try:
            draft.write_text(dumps(payload))
            draft.rename(draft.with_name(f"{name}.msg"))
        except OSError as error:
            raise ChannelError(f"no message can be written: {error}") from error

    def _get(self, queue: str, timeout: Any = None) -> Any:
        """:raises Empty: no message waits."""
        del timeout
        while True:
            try:
                return super()._get(queue)
            except ValueError:
                # The file is gone by now, and the reaper finds what it told of.
                logger.warning("a message in queue %s could not be read", queue)


class Transport(filesystem.Transport):
    """Looked into by a timer of the worker's event loop.

    Without the loop, the worker's children share one queue and its lock: one that is
    killed while it waits there takes the lock with it, and none gets work again.
    """

    Channel = Channel
    implements = filesystem.Transport.implements.extend(asynchronous=True)

    def register_with_event_loop(self, connection: Any, loop: Any) -> None:
        del connection
        loop.call_repeatedly(self.polling_interval, self._deliver_waiting)

    def _deliver_waiting(self) -> None:
        """As many as the worker takes now."""
        waiting = self.cycle
        with suppress(Empty):
            while waiting is not None:
                waiting.get(self._deliver)

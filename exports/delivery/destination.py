"""Bringing a stored file to a destination: proved here, whole there, with a receipt."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BufferedReader
from typing import Any, ClassVar, Final, Protocol, cast

from django.utils import timezone

from customers import audit
from customers.actors import system
from exports import credentials, files
from exports.conf import knob
from exports.delivery import naming, undelivered
from exports.delivery.addresses import Refused, Target, resolved
from exports.delivery.base import Channel, Outcome
from exports.delivery.faults import Fault
from exports.delivery.holding import held
from exports.delivery.lines import Line
from exports.errors import Expired, ExportError, FileDamaged
from exports.models import Delivery, Destination, ExportFile
from exports.pipeline.moments import utc_text
from exports.pipeline.sinks.checksum import Receipt
from exports.states import DeliveryState

_GONE: Final = "the file is gone: run the export again"


class NotSent(Fault):
    """Its message tells what went wrong."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """:ivar mark: of this attempt; no other one to this destination has it.

    :ivar older: marks of attempts that may have left something behind.
    """

    name: str
    chunks: Iterable[bytes]
    size: int
    mark: str
    older: Sequence[str] = ()


class Place(Protocol):
    """What a destination is once it was reached."""

    def put(self, parcel: Parcel) -> str | None:
        """Whole under its name or not at all; its ETag, where there are such.

        :raises NotSent: it may be there or not.
        """

    def remove(self, name: str) -> None:
        """:raises NotSent: it may be there or not."""


class DestinationChannel(Channel):
    """:cvar leading: the field of an address that says where it leads."""

    leading: ClassVar[str]

    @abstractmethod
    def target(self, address: Mapping[str, Any]) -> Target:
        """:raises Refused: it is none that may be called."""

    @abstractmethod
    def opened(
        self, destination: Destination, secret: Mapping[str, str], line: Line
    ) -> AbstractContextManager[Place]:
        """:raises NotSent: it cannot be reached, or lets nobody in."""

    def deliver(self, deliveries: Sequence[Delivery], *, now: datetime) -> Outcome:
        [delivery] = deliveries
        destination = cast("Destination", delivery.destination)
        try:
            file = _file(delivery)
            with closing(files.open_proved(file, now=now)) as stored:
                receipt = self._bring(delivery, destination, file, stored)
        except (Expired, FileDamaged) as error:
            return Outcome(error.message, is_final=True)
        except (NotSent, ExportError) as error:
            return Outcome(error.message)
        return Outcome(receipt=receipt)

    def _bring(
        self,
        delivery: Delivery,
        destination: Destination,
        file: ExportFile,
        stored: BufferedReader,
    ) -> dict[str, Any]:
        name = naming.name_of(file, destination.path)
        seconds = float(knob("DESTINATION_MAX_SECONDS"))
        parcel = Parcel(
            name=name,
            chunks=_proved(stored, file),
            size=file.size,
            mark=_mark(delivery, delivery.fence),
            older=[_mark(delivery, fence) for fence in _before(delivery)],
        )
        with self.reached(destination, delivery=delivery, seconds=seconds) as place:
            etag = place.put(parcel)
        return {
            "name": name,
            "bytes": file.size,
            "sha256": file.sha256,
            "etag": etag,
            "at": utc_text(timezone.now()),
        }

    @contextmanager
    def reached(
        self, destination: Destination, *, delivery: Delivery | None, seconds: float
    ) -> Iterator[Place]:
        """:raises NotSent: it could not be reached, or broke off.

        :raises ExportError: its credentials can no longer be read.
        """
        secret = credentials.of(destination)
        try:
            to = self.target(destination.address)
            timeout = float(knob("DESTINATION_TIMEOUT_SECONDS"))
            line = Line(to, resolved(to), seconds=timeout)
        except Refused as error:
            raise NotSent(f"the {self.leading} {error.message}") from error
        opened = self.opened(destination, secret, line)
        with held(line, delivery, seconds=seconds), opened as place:
            yield place

    def settled(
        self, deliveries: Sequence[Delivery], outcome: Outcome, *, now: datetime
    ) -> None:
        for delivery in deliveries:
            if delivery.state == DeliveryState.DELIVERED:
                destination = cast("Destination", delivery.destination)
                rows = Destination.objects.filter(pk=destination.pk)
                rows.update(succeeded_at=now)
            if delivery.state != DeliveryState.PENDING:
                _record(delivery, outcome)
            if delivery.state == DeliveryState.FAILED:
                undelivered.tell(delivery, error=outcome.error, now=now)


def _file(delivery: Delivery) -> ExportFile:
    """:raises Expired: there is none."""
    own = ExportFile.objects.for_business(delivery.business_id)
    wanted = own.filter(pk=delivery.payload["job"])
    file = wanted.select_related("job", "business").first()
    if file is None:
        raise Expired(_GONE)
    return file


def _proved(stored: BufferedReader, file: ExportFile) -> Iterator[bytes]:
    """:raises FileDamaged: what was read is not the file; whoever sends it stops."""
    receipt = Receipt()
    piece = files.Piece(stored, start=0, length=file.size)
    yield from receipt.passing(piece)
    if receipt.sha256 != file.sha256:
        raise FileDamaged("the stored file was altered while it was read")


def _mark(delivery: Delivery, fence: int) -> str:
    return f"{delivery.delivery_id}-{fence}"


def _before(delivery: Delivery) -> range:
    """The last few: whoever left something has been followed by somebody who looks."""
    return range(max(delivery.fence - 3, 1), delivery.fence)


def _record(delivery: Delivery, outcome: Outcome) -> None:
    destination = cast("Destination", delivery.destination)
    arrived = delivery.state == DeliveryState.DELIVERED
    audit.record_row(
        "destination.delivered" if arrived else "destination.failed",
        destination,
        actor=system("deliveries"),
        outcome="ok" if arrived else "failed",
        delivery=delivery.delivery_id,
        export_id=delivery.payload["export_id"],
        **(delivery.receipt if arrived else {"error": outcome.error}),
    )

"""One customer's report: found, taken from the cache or built, bounded, framed."""

import hashlib
import json
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils import translation

from customers.actors import Actor
from customers.clearance import Clearance
from customers.models import Customer, Order
from customers.rows import sole
from customers.view360 import CustomerNotFound as NoCustomer
from customers.view360 import open_view
from customers.view360.days import Days
from customers.view360.shape import Sections
from exports import metrics
from exports.conf import max_bytes
from exports.customer360 import cache
from exports.customer360.faults import UnsupportedFormat
from exports.customer360.json import Export
from exports.customer360.parameters import Options, Wanted
from exports.errors import CustomerNotFound, SizeExceeded, Unavailable
from exports.pipeline.sinks.compress import gzip

STREAMED_ABOVE: Final = 500
"""Orders; a CSV with more is written as they are read."""
SHAPE: Final = 1
"""Of what is kept: raised when the same view gives another body than before."""
_CACHE: Final = "customer_360"
_FACTS: Final = (
    "business_id",
    "revision",
    "business__name",
    "business__time_zone",
    "business__currency",
)


@dataclass(frozen=True, slots=True)
class Found:
    """:ivar facts: all that a report is made of, and that may change by itself."""

    customer_id: UUID
    facts: tuple[Any, ...]

    @property
    def business_id(self) -> str:
        return str(self.facts[0])

    @property
    def time_zone(self) -> str:
        return str(self.facts[3])


@dataclass(frozen=True, slots=True)
class Asking:
    """One request: whose report, how, by whom, when and in which language."""

    found: Found
    options: Options
    actor: Actor
    now: datetime
    language: str

    @property
    def clearance(self) -> Clearance:
        grant = self.actor.grant(self.found.business_id)
        if grant is None:
            raise CustomerNotFound(_NOBODY)
        return grant.clearance

    @property
    def days(self) -> Days:
        return Days.at(self.now, zone=self.found.time_zone)

    @property
    def sections(self) -> Sections:
        return self.options.sections(self.days)

    @property
    def key(self) -> str:
        """Figures are of a day, so the day is part of what they depend on."""
        whole = (
            SHAPE,
            str(self.found.customer_id),
            self.found.facts,
            sorted(self.options.values.items()),
            int(self.clearance),
            self.language,
            self.days.today.isoformat(),
        )
        digest = hashlib.sha256(json.dumps(whole).encode()).hexdigest()
        return f"customer-360:{digest}"

    @property
    def name(self) -> str:
        """Of the file."""
        moment = int(self.now.timestamp() * 1000)
        head = str(self.found.customer_id)[:8]
        return f"customer-{head}-{moment}.{self.options.extension}"

    @property
    def export(self) -> Export:
        return Export(
            actor_id=self.actor.id,
            actor_name=self.actor.label,
            exported_at=self.now,
            customer_id=self.found.customer_id,
            format=self.options.format_name,
            options=self.options.values,
        )


class Begun:
    """A stream whose first chunk is made already: what fails at once is an error yet.

    A generator that was never asked for anything would not close what it stands on.
    """

    def __init__(self, chunks: Generator[bytes, None, None]) -> None:
        self._chunks, self._first = chunks, next(chunks, b"")

    def __iter__(self) -> Iterator[bytes]:
        yield self._first
        yield from self._chunks

    def close(self) -> None:
        """Ends the reading too when the client goes away."""
        self._chunks.close()


@dataclass(frozen=True, slots=True)
class Answer:
    """:ivar content: the file; an iterator when it is streamed."""

    content: bytes | Begun
    is_hit: bool

    @property
    def size(self) -> int | None:
        """None of what is streamed."""
        return len(self.content) if isinstance(self.content, bytes) else None

    def discard(self) -> None:
        """Nobody is going to read it."""
        if isinstance(self.content, Begun):
            self.content.close()


_NOBODY: Final = "Customer not found"


def find(wanted: Wanted, *, actor: Actor) -> Found:
    """:raises CustomerNotFound: there is none, or it is not theirs: alike."""
    facts = _facts(wanted.customer_id, actor)
    if facts is None:
        raise CustomerNotFound(_NOBODY)
    return Found(wanted.customer_id, facts)


def _facts(customer_id: UUID, actor: Actor) -> tuple[Any, ...] | None:
    mine = Customer.objects.for_businesses(actor.business_ids)
    return sole(mine.filter(pk=customer_id).values_list(*_FACTS))


def answer(asking: Asking) -> Answer:
    """:raises SizeExceeded: nothing of the file is kept.

    :raises UnsupportedFormat: this installation lacks what the format needs.
    :raises CustomerNotFound: gone since they were found.
    """
    if is_streamed(asking):
        metrics.cache_read(_CACHE, hit=False)
        return Answer(Begun(_streamed(asking)), is_hit=False)
    place = cache.look(asking.key)
    is_hit = place.found is not None
    metrics.cache_read(_CACHE, hit=is_hit)
    if place.found is not None:
        return Answer(_file([place.found], asking), is_hit=True)
    try:
        content, body = _built(asking)
    except BaseException:
        place.give_up()
        raise
    # Were something changed meanwhile, nobody could say of what the body is.
    facts = _facts(asking.found.customer_id, asking.actor)
    if body is not None and facts == asking.found.facts:
        place.keep(body)
    else:
        place.give_up()
    return Answer(content, is_hit=False)


def is_streamed(asking: Asking) -> bool:
    """Only where there may be so many orders are they counted."""
    sections, limit = asking.sections, asking.sections.order_limit
    if asking.options.format_name != "csv" or not sections.orders:
        return False
    if limit is not None and limit <= STREAMED_ABOVE:
        return False
    rows = Order.objects.for_business(asking.found.business_id)
    rows = rows.filter(customer_id=asking.found.customer_id)
    if sections.since is not None:
        rows = rows.filter(ordered_at__gte=sections.since)
    return rows.count() > STREAMED_ABOVE


def _streamed(asking: Asking) -> Generator[bytes, None, None]:
    with closing(_body(asking)) as body:
        yield from _dressed(body, asking)


def _built(asking: Asking) -> tuple[bytes, bytes | None]:
    """The file; and its body, None when it is too large to be kept."""
    kept = _Kept()
    with closing(_body(asking)) as body:
        content = _file(kept.passing(body), asking)
    return content, kept.body


def _body(asking: Asking) -> Generator[bytes, None, None]:
    """What may be kept: it tells neither who exported it nor when."""
    try:
        with (
            translation.override(asking.language),
            open_view(
                asking.found.customer_id,
                business_ids=frozenset([asking.found.business_id]),
                sections=asking.sections,
                clearance=asking.clearance,
                now=asking.now,
            ) as view,
        ):
            yield from asking.options.format.body(view)
    except NoCustomer as error:
        raise CustomerNotFound(_NOBODY) from error
    except Unavailable as error:
        raise UnsupportedFormat(error.message) from error


def _dressed(body: Iterable[bytes], asking: Asking) -> Iterator[bytes]:
    """The file around its body: framed, compressed."""
    framed = asking.options.format.framed(body, export=asking.export)
    return gzip(framed) if asking.options.is_compressed else framed


def _file(body: Iterable[bytes], asking: Asking) -> bytes:
    """:raises SizeExceeded: it was read to its end, and no more of it held than may."""
    limit = max_bytes(asking.options.format_name, background=False)
    kept: list[bytes] = []
    size = 0
    for chunk in _dressed(body, asking):
        size += len(chunk)
        if size <= limit:
            kept.append(chunk)
        else:
            kept.clear()
    if size > limit:
        raise SizeExceeded(f"The export has {size} bytes and may have {limit}")
    return b"".join(kept)  # of one piece, as a hit is, without a copy


class _Kept:
    """What passed, as long as the cache takes so much."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self._size = 0

    def passing(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self._size += len(chunk)
            if self._size <= cache.MAX_BYTES:
                self._chunks.append(chunk)
            else:
                self._chunks.clear()
            yield chunk

    @property
    def body(self) -> bytes | None:
        return b"".join(self._chunks) if self._size <= cache.MAX_BYTES else None

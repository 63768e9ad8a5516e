"""JSON: the view as it is, and around it who exported it, when and with what options.

``customerData`` is the body, which may be kept; ``exportMetadata`` is written anew
around it for every answer. Orders are written one by one, as they come.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from itertools import islice
from typing import Any, Final
from uuid import UUID

import msgspec

from customers.view360.shape import PlacedOrder, View
from exports.pipeline.moments import utc_text

BLOCK_ROWS: Final = 200
_ENCODER: Final = msgspec.json.Encoder()
_LAST: Final = "orders"
_UNTOLD: Final = {"business_id", "business_name", "time_zone", "revision", _LAST}


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What names the exporter and the moment of one answer."""

    actor_id: str
    actor_name: str
    exported_at: datetime
    customer_id: UUID
    format: str
    options: Mapping[str, Any]


def body(view: View) -> Iterator[bytes]:
    """``customerData``. What was not asked for has no key."""
    parts = [field.name for field in fields(view) if field.name not in _UNTOLD]
    told: dict[str, Any] = {
        "business": {"id": view.business_id, "name": view.business_name}
    }
    for part in parts:
        if (value := plain(getattr(view, part))) is not None:
            told[camel(part)] = value
    if view.analytics is not None:
        told["analytics"]["statuses"] = dict(view.analytics.statuses)
    told["withheld"] = [camel(name) for name in view.withheld]
    if view.orders is None:
        yield _ENCODER.encode(told)
        return
    yield _ENCODER.encode(told)[:-1] + b',"orders":['
    yield from _orders(view.orders)
    yield b"]}"


def framed(body: Iterable[bytes], *, export: Export) -> Iterator[bytes]:
    """The whole document around a body that is fresh or was kept."""
    metadata = {
        "exportedBy": {"id": export.actor_id, "name": export.actor_name},
        "exportedAt": utc_text(export.exported_at),
        "customerId": str(export.customer_id),
        "format": export.format,
        "options": export.options,
    }
    head = _ENCODER.encode({"exportMetadata": metadata})
    yield head[:-1] + b',"customerData":'
    yield from body
    yield b"}\n"


def camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def plain(value: Any) -> Any:
    """Objects, lists and scalars of JSON; decimals keep their digits."""
    if isinstance(value, Decimal):
        return msgspec.Raw(f"{value:f}".encode())
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, date | UUID):
        return str(value)
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if is_dataclass(value):
        kind: Any = type(value)  # hashable, as every class is
        return {key: plain(getattr(value, name)) for name, key in _names(kind)}
    return value


def _orders(orders: Iterable[PlacedOrder]) -> Iterator[bytes]:
    rows, between = iter(orders), b""
    while part := list(islice(rows, BLOCK_ROWS)):
        yield between + _ENCODER.encode([plain(order) for order in part])[1:-1]
        between = b","


@cache
def _names(kind: Any) -> list[tuple[str, str]]:
    """Attribute and key of each field."""
    return [(field.name, camel(field.name)) for field in fields(kind)]

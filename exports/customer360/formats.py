"""The formats of the report: their facts, and what writes them, loaded when used."""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from customers.view360.shape import View
from exports.customer360.json import Export, framed


@dataclass(frozen=True, slots=True)
class Format:
    """:ivar module: its ``body`` makes bytes of a view.

    :ivar streams: the body is written as the orders come, in flat memory, and may be
        compressed on its way.
    :ivar is_framed: who exported and when is told around the body.
    """

    extension: str
    media_type: str
    module: str
    streams: bool = False
    is_framed: bool = False

    def body(self, view: View) -> Generator[bytes, None, None]:
        """What may be kept: it tells neither the exporter nor the moment.

        :raises Unavailable: this installation lacks what the format needs.
        """
        writer = import_module(f"exports.customer360.{self.module}")
        yield from writer.body(view)

    def framed(self, body: Iterable[bytes], *, export: Export) -> Iterator[bytes]:
        """The answer, around a body that is fresh or was kept."""
        return framed(body, export=export) if self.is_framed else iter(body)


FORMATS: Final = {
    "pdf": Format("pdf", "application/pdf", "pdf"),
    "csv": Format("csv", "text/csv; charset=utf-8", "csv", streams=True),
    "xlsx": Format(
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xlsx",
    ),
    "json": Format("json", "application/json", "json", streams=True, is_framed=True),
}

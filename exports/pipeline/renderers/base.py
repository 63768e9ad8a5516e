"""What every format has in common: facts, options, and the loop over blocks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from exports.pipeline.columns import Block, OutColumn, Tally


@dataclass(frozen=True, slots=True)
class Option:
    """One key of a request's ``options``."""

    name: str
    kind: type
    default: Any
    help: str
    choices: tuple[Any, ...] = ()
    max_length: int = 40
    minimum: int = 0
    maximum: int = 0


@dataclass(frozen=True, slots=True)
class RenderContext:
    """:ivar metadata: head of the file when asked for, in the order to be shown."""

    dataset: str
    title: str
    options: Mapping[str, Any]
    rows_expected: int
    include_headers: bool = True
    metadata: Mapping[str, Any] | None = None
    tally: Tally = field(default_factory=Tally)
    chart: bool = False
    """The dataset is a series of measures over a date: worth a picture."""


class Renderer:
    """A format. Fill ``begin``, ``block`` and ``end``; each yields bytes.

    ``rows_closed`` is the renderer's own count of the rows that are in the file.
    """

    extension: ClassVar[str]
    media_type: ClassVar[str]
    options: ClassVar[tuple[Option, ...]] = ()
    embeds_metadata: ClassVar[bool] = True
    """False: metadata lies beside the file, in a ZIP."""
    compressed_inside: ClassVar[bool] = False
    builds_first: ClassVar[bool] = False
    """True: nothing can be sent before the whole file is built."""
    runs_formulas: ClassVar[bool] = False
    """True: readers of this format run text as formulas; cells are neutralised."""
    encryption: ClassVar[str] = "zip"
    """What a password does to it, by its name in ``sinks.encrypt``."""

    def __init__(self, columns: Sequence[OutColumn], context: RenderContext) -> None:
        self.columns = columns
        self.context = context
        self.rows_closed = 0

    @classmethod
    def check_options(cls, options: Mapping[str, Any]) -> list[str]:
        """What is wrong with options that are each well-formed: ``name: message``."""
        del options
        return []

    def render(self, blocks: Iterable[Block]) -> Iterator[bytes]:
        yield from self.begin()
        for block in blocks:
            yield from self.block(block)
        yield from self.end()

    def begin(self) -> Iterable[bytes]:
        return ()

    def block(self, block: Block) -> Iterable[bytes]:
        raise NotImplementedError

    def end(self) -> Iterable[bytes]:
        return ()

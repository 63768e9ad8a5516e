"""CSV as RFC 4180 has it: UTF-8, CRLF, quotes only where they are needed.

A bare field that equals the option ``null`` is a null, a quoted one is that text; so
by default nothing at all is a null and ``""`` an empty text. In a file of one column a
null that would leave its line blank is written ``""``, and counted: many readers skip
blank lines, and a lost row is worse than a lost null.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final, cast

from exports.pipeline.columns import Block, Cells, ColumnType, OutColumn
from exports.pipeline.dates import RULE, formatter, is_pattern
from exports.pipeline.formulas import is_risky
from exports.pipeline.renderers.base import Option, RenderContext, Renderer

DELIMITER: Final = Option(
    "delimiter", str, ",", "Between two fields.", choices=(",", ";", "|", "\t")
)
COMMON: Final = (
    Option("bom", bool, False, "Start with a byte order mark, as old Excel wants it."),
    Option("decimal", str, ".", "Sign before the decimals.", choices=(".", ",")),
    Option("date_format", str, "", "Pattern of dates and times, as %d.%m.%Y %H:%M."),
    Option("null", str, "", "What stands for null; a text that equals it is quoted."),
    Option(
        "escape_formulas",
        bool,
        True,
        "Neutralise cells that a spreadsheet would run as a formula.",
    ),
)
END: Final = "\r\n"
EMPTY: Final = '""'
MOMENTS: Final = frozenset({ColumnType.DATE, ColumnType.DATETIME})
ISO_DATE: Final = "%Y-%m-%d"


class Csv(Renderer):
    extension = "csv"
    media_type = "text/csv"
    options: ClassVar[tuple[Option, ...]] = (DELIMITER, *COMMON)
    embeds_metadata = False
    runs_formulas = True
    delimiter: ClassVar[str] = ","

    def __init__(self, columns: Sequence[OutColumn], context: RenderContext) -> None:
        super().__init__(columns, context)
        self._delimiter = context.options.get("delimiter", self.delimiter)
        # U+FEFF too: bare at the file's start it would be taken for its mark.
        self._marks = (self._delimiter, '"', "\r", "\n", "\ufeff")
        self._alone = len(columns) == 1
        needs_quotes = f"[{re.escape(''.join(self._marks))}]"
        if self._alone:
            needs_quotes += r"|\A\s+\Z"  # a blank line otherwise
        self._needs_quotes = re.compile(needs_quotes).search
        self._null = null = context.options["null"]
        self._loses_nulls = self._alone and not null.strip()
        self._special: dict[str | None, str] = {null: f'"{null}"', "": EMPTY}
        self._special[None] = EMPTY if self._loses_nulls else null
        self._date = formatter(context.options["date_format"] or ISO_DATE)

    @classmethod
    def check_options(cls, options: Mapping[str, Any]) -> list[str]:
        delimiter = options.get("delimiter", cls.delimiter)
        faults = []
        if options["date_format"] and not is_pattern(options["date_format"]):
            faults.append(f"date_format: {RULE}")
        if fault := _null_fault(options["null"], delimiter):
            faults.append(f"null: {fault}")
        return faults

    def begin(self) -> Iterable[bytes]:
        if self.context.options["bom"]:
            yield "\ufeff".encode()
        if self.context.include_headers:
            labels = [self._quoted([column.label])[0] for column in self.columns]
            yield (self._delimiter.join(labels) + END).encode()

    def block(self, block: Block) -> Iterable[bytes]:
        written = [
            self._quoted(self._localised(column, cells))
            for column, cells in zip(self.columns, block, strict=True)
        ]
        if self._loses_nulls:
            nulls = block[0].count(None)
            self.context.tally.add(self.columns[0].name, "replaced", nulls)
        rows = map(self._delimiter.join, zip(*written, strict=True))
        yield (END.join(rows) + END).encode()
        self.rows_closed += len(block[0])

    def _localised(self, column: OutColumn, cells: Cells) -> Cells:
        options = self.context.options
        if column.type in MOMENTS and options["date_format"]:
            return [cell and self._date(cell) for cell in cells]
        if column.type is ColumnType.DECIMAL and options["decimal"] == ",":
            return [cell and cell.replace(".", ",") for cell in cells]
        return cells

    def _quoted(self, cells: Cells) -> list[str]:
        """Looks for marks in the column as one text: most columns have none."""
        special = self._special
        text = "\0".join(filter(None, cells))
        if self._alone or any(mark in text for mark in self._marks):
            field = self._field
            return [
                special[cell] if cell in special else field(cell or "")
                for cell in cells
            ]
        if all(cells) and self._null not in cells:
            return cast("list[str]", cells)
        return [special.get(cell, cell or "") for cell in cells]

    def _field(self, cell: str) -> str:
        if self._needs_quotes(cell):
            return '"' + cell.replace('"', '""') + '"'
        return cell


def _null_fault(text: str, delimiter: str) -> str | None:
    if not text.isprintable() or '"' in text or delimiter in text:
        return "must be printable, and hold neither quotes nor the delimiter"
    if is_risky(text) and len(text) > 1:  # a sign alone runs nowhere
        return "must not be what a spreadsheet runs as a formula"
    return None

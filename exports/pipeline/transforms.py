"""What happens to cells between the database and the file, and nowhere else.

What a column becomes is decided here, once for every renderer, preview and manifest.
Masks come first, then the transform a column asked for, then, in formats whose
readers run text as formulas, neutralising. Each is counted in the tally.
"""

import hmac
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from ipaddress import ip_address, ip_network
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo, available_timezones

from customers.clearance import Clearance
from exports.pipeline import dates
from exports.pipeline.columns import Block, Cells, ColumnType, OutColumn, Tally
from exports.pipeline.defaults import canonical, rounded
from exports.pipeline.formulas import neutralise

MASK: Final = "***"
CLEAR, MASKED, PSEUDONYM, GENERALISED = "clear", "masked", "pseudonym", "generalised"
Change: TypeAlias = Callable[[str], str]


class BadTransform(ValueError):
    """Says what is wrong with a transform, for the person who asked for it."""


@dataclass(frozen=True, slots=True)
class Treatment:
    """A column as it goes out, and what turns its cells into that.

    :ivar change: applied to each cell that is not None; None leaves cells alone.
    :ivar filler: what stands for None.
    :ivar named: what becomes of the values: one of the four words above.
    :ivar rule: why, for the manifest.
    """

    out: OutColumn
    change: Change | None = None
    filler: str | None = None
    named: str = CLEAR
    rule: str = ""

    @property
    def masked(self) -> bool:
        return self.named == MASKED


def by_class(kind: Clearance, clearance: Clearance) -> str:
    """Why somebody sees a column of this class, or does not."""
    sign = "<" if clearance < kind else ">="
    return f"clearance {Clearance(clearance).label} {sign} {kind.label}"


def decide(
    out: OutColumn,
    transform: str | None,
    *,
    kind: Clearance,
    clearance: Clearance,
    pseudonym_key: bytes,
) -> Treatment:
    """What becomes of a column of class ``kind``, for who sees up to ``clearance``.

    :raises BadTransform: unknown, or it does not fit the column's type.
    """
    if kind > clearance:
        return replace(mask(out), rule=by_class(kind, clearance))
    if not transform:
        return Treatment(out, rule=by_class(kind, clearance))
    treatment = parse(transform, out, pseudonym_key=pseudonym_key)
    return replace(treatment, rule=f"asked for: {transform.partition(':')[0]}")


def mask(out: OutColumn) -> Treatment:
    """Nothing of the value shows, nor whether there is one."""
    text = replace(out, type=ColumnType.TEXT, scale=0)
    return Treatment(text, change=lambda _: MASK, filler=MASK, named=MASKED)


def parse(text: str, out: OutColumn, *, pseudonym_key: bytes) -> Treatment:
    """The treatment that ``name`` or ``name:argument`` asks for.

    :param pseudonym_key: of the business; ``hash`` is keyed with it.
    :raises BadTransform: unknown, or it does not fit the column's type.
    """
    name, _, argument = text.partition(":")
    if name not in _MAKERS:
        known = ", ".join(sorted({*_MAKERS, "hash"}))
        if name != "hash":
            raise BadTransform(f"unknown transform '{name[:40]}', known: {known}")
        if argument:
            raise BadTransform("'hash' takes no argument")
        return _hash(out, pseudonym_key)
    fits, maker = _MAKERS[name]
    if out.type not in fits:
        raise BadTransform(f"'{name}' does not fit a column of type {out.type}")
    return maker(out, argument)


def _hash(out: OutColumn, key: bytes) -> Treatment:
    def pseudonym(cell: str) -> str:
        return hmac.new(key, cell.encode(), sha256).hexdigest()[:32]

    as_text = replace(out, type=ColumnType.TEXT, scale=0)
    return Treatment(as_text, change=pseudonym, named=PSEUDONYM)


def _plain(change: Change) -> Callable[[OutColumn, str], Treatment]:
    def make(out: OutColumn, argument: str) -> Treatment:
        if argument:
            raise BadTransform("this transform takes no argument")
        return Treatment(out, change=change)

    return make


def _whole(argument: str, *, lowest: int, highest: int) -> int:
    if not (argument.isascii() and argument.isdigit() and len(argument) < 6):
        raise BadTransform(f"a whole number from {lowest} to {highest} must follow")
    number = int(argument)
    if not lowest <= number <= highest:
        raise BadTransform(f"the number is from {lowest} to {highest}")
    return number


def _truncate(out: OutColumn, argument: str) -> Treatment:
    length = _whole(argument, lowest=1, highest=32_767)
    return Treatment(out, change=lambda cell: cell[:length], named=GENERALISED)


def _round(out: OutColumn, argument: str) -> Treatment:
    digits = _whole(argument, lowest=0, highest=out.scale)
    kind = ColumnType.DECIMAL if digits else ColumnType.INTEGER
    return Treatment(
        replace(out, type=kind, scale=digits),
        change=lambda cell: rounded(Decimal(cell), digits),
        named=GENERALISED if digits < out.scale else CLEAR,
    )


def _date(out: OutColumn, argument: str) -> Treatment:
    if len(argument) > 40 or not dates.is_pattern(argument):
        raise BadTransform(f"the format {dates.RULE}")
    text = replace(out, type=ColumnType.TEXT)
    is_whole = dates.is_whole(argument, with_time=out.type is ColumnType.DATETIME)
    named = CLEAR if is_whole else GENERALISED
    return Treatment(text, change=dates.formatter(argument), named=named)


def _timezone(out: OutColumn, argument: str) -> Treatment:
    if argument not in available_timezones():
        raise BadTransform(f"'{argument[:40]}' is no IANA time zone")
    zone = ZoneInfo(argument)

    def moved(cell: str) -> str:
        try:
            moment = datetime.fromisoformat(cell).astimezone(zone)
        except OverflowError:  # "for ever", 9999-12-31: the same instant, in UTC
            return cell
        return moment.isoformat(timespec="microseconds")

    return Treatment(replace(out, zone=argument), change=moved)


def _map(out: OutColumn, argument: str) -> Treatment:
    try:
        table = json.loads(argument)
    except ValueError:
        table = None
    if not isinstance(table, dict) or not all(
        isinstance(value, str) for value in table.values()
    ):
        raise BadTransform('a JSON object of texts must follow: map:{"from": "to"}')
    return Treatment(out, change=lambda cell: table.get(cell, cell))


def _default(out: OutColumn, argument: str) -> Treatment:
    try:
        return Treatment(out, filler=canonical(out, argument))
    except (ValueError, OverflowError, InvalidOperation) as error:
        raise BadTransform(f"the default is no {out.type}") from error


def _network(out: OutColumn, argument: str) -> Treatment:
    if argument:
        raise BadTransform("'network' takes no argument")
    return Treatment(out, change=_network_of, named=GENERALISED)


def _network_of(cell: str) -> str:
    """What is no address is hidden, not passed on."""
    try:
        bits = 24 if ip_address(cell).version == 4 else 48
        return str(ip_network(f"{cell}/{bits}", strict=False))
    except ValueError:
        return MASK if cell else cell


def _masked(out: OutColumn, argument: str) -> Treatment:
    if argument:
        raise BadTransform("'mask' takes no argument")
    return mask(out)


_TEXT: Final = frozenset({ColumnType.TEXT})
_ANY: Final = frozenset(ColumnType)
_MAKERS: Final = {
    "upper": (_TEXT, _plain(str.upper)),
    "lower": (_TEXT, _plain(str.lower)),
    "trim": (_TEXT, _plain(str.strip)),
    "truncate": (_TEXT, _truncate),
    "network": (_TEXT, _network),
    "round": (frozenset({ColumnType.DECIMAL}), _round),
    "date": (frozenset({ColumnType.DATE, ColumnType.DATETIME}), _date),
    "timezone": (frozenset({ColumnType.DATETIME}), _timezone),
    "map": (_TEXT, _map),
    "default": (_ANY - {ColumnType.JSON, ColumnType.UUID}, _default),
    "mask": (_ANY, _masked),
}


def apply(
    blocks: Iterable[Block],
    treatments: Sequence[Treatment],
    *,
    guard_formulas: bool,
    tally: Tally,
) -> Iterator[Block]:
    for block in blocks:
        treated = [
            _treat(cells, treatment, tally)
            for cells, treatment in zip(block, treatments, strict=True)
        ]
        yield _guard(treated, treatments, tally) if guard_formulas else treated


def _treat(cells: Cells, treatment: Treatment, tally: Tally) -> Cells:
    change, filler = treatment.change, treatment.filler
    if treatment.masked:
        tally.add(treatment.out.name, "masked", len(cells))
        return [MASK] * len(cells)
    if change is not None:
        return [filler if cell is None else change(cell) for cell in cells]
    if filler is not None:
        return [filler if cell is None else cell for cell in cells]
    return cells


def safe_label(out: OutColumn) -> OutColumn:
    """A column whose heading no spreadsheet runs."""
    (label,), _ = neutralise([out.label])
    return replace(out, label=label or "")


def _guard(
    block: list[Cells], treatments: Sequence[Treatment], tally: Tally
) -> list[Cells]:
    guarded = []
    for cells, treatment in zip(block, treatments, strict=True):
        if treatment.out.type is ColumnType.TEXT:
            safe, count = neutralise(cells)
            tally.add(treatment.out.name, "neutralised", count)
            guarded.append(safe)
        else:
            guarded.append(cells)
    return guarded

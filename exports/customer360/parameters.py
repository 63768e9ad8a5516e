"""The query of a customer-360 export: options of the right types, or what is wrong."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from customers.view360.days import Days
from customers.view360.shape import Sections
from exports.customer360.formats import FORMATS, Format
from exports.customer360.options import (
    DEFAULTS,
    check_options,
    sections,
    since,
    uuid,
)
from exports.pipeline.problems import Problems, shown
from exports.pipeline.registry import unknown

_BOOLEANS: Final = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Options:
    """:ivar values: every parameter by its own name, those not given too."""

    values: Mapping[str, Any]

    @property
    def format_name(self) -> str:
        return str(self.values["format"])

    @property
    def format(self) -> Format:
        return FORMATS[self.format_name]

    @property
    def is_compressed(self) -> bool:
        return bool(self.values["compression"])

    @property
    def extension(self) -> str:
        return self.format.extension + (".gz" if self.is_compressed else "")

    @property
    def media_type(self) -> str:
        return "application/gzip" if self.is_compressed else self.format.media_type

    def sections(self, days: Days) -> Sections:
        return sections(self.values, since=since(self.values["dateRange"], days))


@dataclass(frozen=True, slots=True)
class Wanted:
    customer_id: UUID
    options: Options


def read(customer_id: str, query: Iterable[tuple[str, list[str]]]) -> Wanted:
    """:param query: each name with all its values.

    :raises Invalid: naming each parameter that is wrong.
    """
    problems = Problems()
    options = dict(DEFAULTS)
    for name, texts in query:
        if name not in DEFAULTS:
            told = shown(name, otherwise="query")
            problems.add(told, f"is an {unknown('parameter', told, list(DEFAULTS))}")
        elif len(texts) > 1:
            problems.add(name, "is given more than once")
        else:
            options[name] = _typed(name, texts[0])
    check_options(options, problems)
    key = uuid(customer_id)
    if key is None:
        problems.add("customerId", "must be a UUID")
    problems.settle()
    return Wanted(key, Options(options))  # type: ignore[arg-type] # settled above


def _typed(name: str, text: str) -> Any:
    """Text that is no value of this parameter stays text, which is refused later."""
    return _READERS.get(name, _as_it_is)(text)


def _as_it_is(text: str) -> Any:
    return text


def _boolean(text: str) -> Any:
    return _BOOLEANS.get(text, text)


def _whole(text: str) -> Any:
    is_number = text.isascii() and text.isdigit() and len(text) <= 9
    return int(text) if is_number else text


_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "orderLimit": _whole,
    **{name: _boolean for name, value in DEFAULTS.items() if isinstance(value, bool)},
}

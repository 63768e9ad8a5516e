"""All that is wrong with a request, gathered before anything is refused."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

from exports.errors import Detail, Forbidden, Invalid
from exports.pipeline.registry import unknown


def shown(name: str, *, otherwise: str) -> str:
    """A name that somebody else chose, as an error may repeat it."""
    return name[:80] if name.isprintable() else otherwise


MOST: Final = 100
"""Details of one answer: a body has room for a hundred thousand unknown names, and to
look for what each may have meant would take a minute."""


@dataclass(slots=True)
class Problems:
    """:ivar denied: columns that may not be seen by whoever asks."""

    details: list[Detail] = field(default_factory=list)
    denied: dict[str, None] = field(default_factory=dict)

    def add(self, field_name: str, message: str) -> None:
        """:raises Invalid: so much is wrong that nobody looks for more."""
        self.details.append({"field": field_name, "message": f"{field_name} {message}"})
        if len(self.details) >= MOST:
            self.settle()

    def check_fields(
        self, names: Iterable[str], known: Collection[str], *, at: str = ""
    ) -> None:
        """:param at: where in the body they stand, with a dot."""
        for name in names:
            if name not in known:
                message = f"is an {unknown('field', name, list(known))}"
                self.add(at + shown(name, otherwise="body"), message)

    def deny(self, columns: Iterable[str]) -> None:
        self.denied.update(dict.fromkeys(columns))

    def settle(self) -> None:
        """:raises Invalid: something is wrong.

        :raises Forbidden: nothing is wrong, but a column may not be seen.
        """
        if self.details:
            raise Invalid.of(self.details)
        if self.denied:
            names = ", ".join(self.denied)
            raise Forbidden(
                f"columns that this caller may not see: {names}; leave them out,"
                ' or send "on_denied": "mask" to have selected columns masked',
                details=[
                    {"field": "columns", "message": f"'{name}' may not be seen"}
                    for name in self.denied
                ],
            )

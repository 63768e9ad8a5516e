"""How delicate a column is, and how far somebody may see: one ordered scale."""

from enum import IntEnum


class Clearance(IntEnum):
    """A column's class; an actor sees a column whose class is not above their own."""

    PUBLIC = 0
    INTERNAL = 1
    PERSONAL = 2
    SENSITIVE = 3

    @property
    def label(self) -> str:
        return self.name.lower()

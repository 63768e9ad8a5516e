"""How delicate each field of the view is: what is above a clearance is never read."""

from collections.abc import Iterable
from typing import Final

from customers.clearance import Clearance

CLASSES: Final = {
    "profile.id": Clearance.INTERNAL,
    "profile.name": Clearance.PERSONAL,
    "profile.email": Clearance.PERSONAL,
    "profile.phone": Clearance.PERSONAL,
    "profile.registered_at": Clearance.INTERNAL,
    "profile.account_status": Clearance.INTERNAL,
    "profile.addresses": Clearance.PERSONAL,
    "profile.loyalty_level": Clearance.INTERNAL,
    "notes.author": Clearance.PERSONAL,
    "notes.body": Clearance.SENSITIVE,
    "notes.created_at": Clearance.INTERNAL,
}
"""Of the profile and of notes, field by field; all else in the view is internal."""


def seen(section: str, clearance: Clearance) -> list[str]:
    """The section's fields that may be read: the names of columns too."""
    return [
        name.partition(".")[2] for name in _of(section) if CLASSES[name] <= clearance
    ]


def withheld(sections: Iterable[str], clearance: Clearance) -> tuple[str, ...]:
    return tuple(
        name
        for section in sections
        for name in _of(section)
        if CLASSES[name] > clearance
    )


def _of(section: str) -> list[str]:
    return [name for name in CLASSES if name.startswith(f"{section}.")]

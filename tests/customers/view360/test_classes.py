"""Every field that says something of a person has a class, and is held to it."""

from dataclasses import fields

import pytest

from customers.clearance import Clearance
from customers.view360 import CLASSES
from customers.view360.classes import seen, withheld
from customers.view360.shape import Profile, WrittenNote

PERSONAL = ["profile.name", "profile.email", "profile.phone", "profile.addresses"]


@pytest.mark.parametrize(
    ("section", "shape"), [("profile", Profile), ("notes", WrittenNote)]
)
def test_every_field_has_a_class(section, shape):
    declared = [
        name.removeprefix(f"{section}.")
        for name in CLASSES
        if name.startswith(f"{section}.")
    ]

    assert declared == [field.name for field in fields(shape)]


@pytest.mark.parametrize(
    ("clearance", "expected"),
    [
        (Clearance.INTERNAL, [*PERSONAL, "notes.author", "notes.body"]),
        (Clearance.PERSONAL, ["notes.body"]),
        (Clearance.SENSITIVE, []),
    ],
)
def test_what_is_above_a_clearance_is_withheld(clearance, expected):
    assert sorted(withheld(["profile", "notes"], clearance)) == sorted(expected)


@pytest.mark.parametrize("clearance", list(Clearance))
def test_field_is_either_seen_or_withheld(clearance):
    parts = [
        *(f"profile.{name}" for name in seen("profile", clearance)),
        *withheld(["profile"], clearance),
    ]

    assert sorted(parts) == sorted(f"profile.{field.name}" for field in fields(Profile))

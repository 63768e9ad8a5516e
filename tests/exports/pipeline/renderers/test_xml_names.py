from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.pipeline.renderers.xml_names import (
    attribute,
    is_name,
    nearest_name,
    unique_names,
)


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("id", "id"),
        ("Full name", "Full_name"),
        ("Größe", "Größe"),
        ("会社名", "会社名"),
        ("1st", "_1st"),
        ("", "_"),
        ("xml", "_xml"),
        ("XmlThing", "_XmlThing"),
        ("a:b", "a_b"),
        ("<a>&", "_a__"),
        ("-a", "_-a"),
        ("\x00", "_"),
    ],
)
def test_nearest_name_changes_as_little_as_it_can(label, name):
    assert nearest_name(label) == name


def test_unique_names_leave_names_to_labels_that_are_names():
    labels = ["a b", "a_b", "a:b", "a_b_2"]

    assert unique_names(labels) == ["a_b_3", "a_b", "a_b_4", "a_b_2"]


def test_unique_names_part_equal_labels():
    assert unique_names(["a b", "a b", "c", "c"]) == ["a_b", "a_b_2", "c", "c_2"]


@given(labels=st.lists(st.text(st.characters(codec="utf-8"))))
def test_unique_names_are_unique_names(labels):
    names = unique_names(labels)

    assert len(set(names)) == len(labels)
    assert all(map(is_name, names))


def test_names_are_names_to_a_parser():
    letters = [chr(code) for code in range(0x10000) if is_name(chr(code))]

    document = "".join(f"<{letter}a{letter}/>" for letter in letters)

    read = ET.fromstring(f"<x>{document}</x>")  # noqa: S314 -- our own text
    assert [element.tag[0] for element in read] == letters


@given(text=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn"])))
def test_attribute_keeps_its_text(text):
    text = f"\r\n\t\"'&<{text}"

    read = ET.fromstring(f"<a{attribute('name', text)}/>")  # noqa: S314 -- our own text

    assert read.get("name") == text

"""Public identifiers: shown, read back, refused."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.ids import new_id, read, show


@given(st.uuids())
def test_shown_id_reads_back(value):
    assert read("exp", show("exp", value)) == value


def test_shown_id_is_prefix_and_26_characters():
    assert show("job", UUID(int=2**128 - 1)) == "job_7" + "Z" * 25
    assert show("job", UUID(int=0)) == "job_" + "0" * 26


@pytest.mark.parametrize(
    "text",
    [
        "",
        "exp",
        "exp_",
        "job_" + "0" * 26,
        "exp_" + "0" * 25,
        "exp_" + "0" * 27,
        "exp_" + "0" * 25 + "U",
        "exp_" + "a" * 26,
        "exp_8" + "0" * 25,
    ],
)
def test_what_is_no_id_of_the_kind_reads_as_none(text):
    assert read("exp", text) is None


def test_new_ids_are_of_version_7_and_rise():
    ids = [new_id() for _ in range(100)]

    assert {value.version for value in ids} == {7}
    assert ids == sorted(ids)

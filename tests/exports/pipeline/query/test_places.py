"""Queries at once: so many in a process, and no business takes them all."""

from contextlib import ExitStack

import pytest

from exports.errors import Unavailable
from exports.pipeline.query.places import place
from exports.pipeline.query.reading import open_reading
from tests import make
from tests.exports.pipeline.engine import engine
from tests.exports.pipeline.query.asking import query_role, rows
from tests.exports.pipeline.query.facts import fill

__all__ = ["query_role"]
FULL = "as many custom queries run as may"


@pytest.fixture
def four(settings):
    settings.EXPORTS = settings.EXPORTS | {"QUERY_MAX_AT_ONCE": 4}


@pytest.mark.usefixtures("four")
def test_one_business_leaves_places_to_others():
    with ExitStack() as held:
        for each in ("ours", "ours", "theirs"):
            held.enter_context(place(each))

        with pytest.raises(Unavailable, match=FULL), place("ours"):
            pass
        held.enter_context(place("theirs"))
        with pytest.raises(Unavailable, match=FULL), place("a third one"):
            pass


@pytest.mark.usefixtures("four")
def test_place_is_free_again_however_a_query_ends():
    for _ in range(5):
        with pytest.raises(ZeroDivisionError), place("ours"):
            raise ZeroDivisionError

    with place("ours"), place("ours"), place("theirs"), place("theirs"):
        pass


@engine
@pytest.mark.usefixtures("query_role")
def test_query_that_is_read_holds_a_place(settings):
    ours, _ = fill()
    theirs = make.business("business_theirs")
    settings.EXPORTS = settings.EXPORTS | {"QUERY_MAX_AT_ONCE": 2}
    query = "SELECT count(*) AS n FROM reports"

    with open_reading(ours.id):
        with pytest.raises(Unavailable, match=FULL):
            rows(query, ours)
        others = rows(query, theirs)

    assert len(others) == len(rows(query, ours)) == 1

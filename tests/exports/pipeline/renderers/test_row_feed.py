from hypothesis import given
from hypothesis import strategies as st

from exports.pipeline.renderers.row_feed import RowFeed
from tests.exports.pipeline.renderers.tables import blocks_of


@given(st.integers(0, 40), st.integers(1, 41), st.integers(1, 41))
def test_groups_do_not_depend_on_how_rows_arrive(rows, block_rows, group_rows):
    table = [[f"{name}{number}" for number in range(rows)] for name in "ab"]
    feed = RowFeed(blocks_of(table, block_rows))

    groups = list(iter(lambda: feed.take(group_rows), []))

    assert groups == list(blocks_of(table, group_rows))


def test_take_hands_a_whole_block_on_without_copying_it():
    cells = ["a", None]

    assert RowFeed([[cells]]).take(2)[0] is cells

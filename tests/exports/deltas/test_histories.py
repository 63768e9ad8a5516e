"""A full export with the changes applied is the full export of later, to the byte."""

import pytest

from tests.exports.deltas.histories import play
from tests.exports.pipeline.engine import engine

pytestmark = engine


@pytest.mark.parametrize("first", range(0, 20, 5))
def test_full_export_with_its_changes_is_that_of_later(first, tmp_path):
    assert min(play(seed, tmp_path) for seed in range(first, first + 5)) >= 6


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("first", range(0, 500, 50))
def test_so_it_is_in_500_histories(first, tmp_path):
    assert min(play(seed, tmp_path) for seed in range(first, first + 50)) >= 6

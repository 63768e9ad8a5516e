import time
import tracemalloc
from datetime import UTC, datetime

import pytest
import time_machine

from exports.errors import Incomplete, SizeExceeded
from exports.pipeline.renderers.excel import Excel
from tests.exports.pipeline.renderers.tables import (
    blocks_of,
    column,
    endless,
    renderer_of,
    written,
)
from tests.exports.pipeline.renderers.workbooks import (
    ALL_KINDS,
    KINDS_TABLE,
    NAME,
    sheets,
)


class FourRows(Excel):
    """So that a test needs no million."""

    sheet_rows = 4


@pytest.mark.parametrize("block_rows", [1, 7, 4096])
def test_excel_bytes_do_not_depend_on_blocks(block_rows):
    table = [[f"{cell} {n}" for n in range(5000)] for cell in ("a", " b", "c\x08")]
    columns = [column(name) for name in "abc"]

    content = written(Excel, columns, table, block_rows=block_rows)

    assert content == written(Excel, columns, table, block_rows=5000)


def test_excel_bytes_do_not_depend_on_clock_or_zone(monkeypatch):
    facts = {"chart": True, "metadata": {"of": "test"}}
    first = written(Excel, ALL_KINDS, KINDS_TABLE, **facts)

    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    time.tzset()
    with time_machine.travel(datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)):
        second = written(Excel, ALL_KINDS, KINDS_TABLE, **facts)
    monkeypatch.undo()
    time.tzset()

    assert first == second


def test_excel_of_no_rows_is_a_sheet_with_its_header():
    assert sheets(written(Excel, [NAME], [[]], chart=True)) == {"Things": [["Name"]]}


def test_excel_of_no_rows_and_no_header_opens():
    content = written(Excel, [NAME], [[]], include_headers=False)

    assert sheets(content) == {"Things": []}


@pytest.mark.parametrize("block_rows", [1, 2, 100])
def test_excel_goes_on_to_a_next_sheet(block_rows):
    names = [str(number) for number in range(7)]

    content = written(FourRows, [NAME], [names], block_rows=block_rows, title="T" * 40)

    assert sheets(content) == {
        "T" * 31: [["Name"], ["0"], ["1"], ["2"]],
        "T" * 27 + " (2)": [["Name"], ["3"], ["4"], ["5"]],
        "T" * 27 + " (3)": [["Name"], ["6"]],
    }


def test_excel_without_header_fills_a_sheet_with_one_row_more():
    content = written(FourRows, [NAME], [list("abcde")], include_headers=False)

    assert sheets(content) == {
        "Things": [["a"], ["b"], ["c"], ["d"]],
        "Things (2)": [["e"]],
    }


def test_excel_closes_with_the_rows_that_came():
    renderer = renderer_of(FourRows, [NAME], rows_expected=7)

    content = b"".join(renderer.render(blocks_of([["a", "b"]])))

    assert renderer.rows_closed == 2
    assert sheets(content) == {
        "Things": [["Name"], ["a"], ["b"]],
        "Things (2)": [["Name"]],
        "Things (3)": [["Name"]],
    }


def test_excel_refuses_rows_that_have_no_sheet():
    renderer = renderer_of(FourRows, [NAME], rows_expected=3)

    with pytest.raises(Incomplete, match="more rows came than the 3 counted"):
        list(renderer.render(blocks_of([list("abcd")])))


@pytest.mark.memory
def test_excel_memory_is_flat():
    peaks = []
    for blocks in (10, 40):
        renderer = renderer_of(Excel, [NAME] * 4, rows_expected=1000 * blocks)
        tracemalloc.start()
        for _ in renderer.render(
            endless(["a" * 30, "b", None, "ü"], rows=1000, blocks=blocks)
        ):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < 1.2 * peaks[0]
    assert peaks[1] < 10_000_000


def test_excel_first_bytes_come_before_the_last_row():
    seen = []

    def blocks():
        for number in range(50):
            seen.append(number)
            yield [[f"{number}:{row * 7919 % 65536:x}" for row in range(4096)]]

    renderer = renderer_of(Excel, [NAME], rows_expected=50 * 4096)
    next(iter(renderer.render(blocks())))

    assert len(seen) < 25


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_excel_refuses_more_than_its_zip_can_tell():
    cell = "a" * 16_000
    renderer = renderer_of(Excel, [NAME] * 16, rows_expected=17_000)

    with pytest.raises(SizeExceeded, match="4 GiB"):
        for _ in renderer.render(endless([cell] * 16, rows=1000, blocks=17)):
            pass

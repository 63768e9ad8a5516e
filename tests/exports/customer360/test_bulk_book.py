import io
import zipfile
from dataclasses import replace
from datetime import datetime
from tempfile import TemporaryFile
from tracemalloc import get_traced_memory, start, stop
from uuid import UUID

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from exports.customer360 import bulk_book
from exports.customer360.bulk_book import workbook
from exports.errors import SizeExceeded
from tests.exports.customer360 import views_made as made
from tests.exports.customer360.test_xlsx import SHEETS

OTHER = UUID("01890a5d-ac96-774b-bcce-b302099a8058")
GRACE = replace(made.PROFILE, id=OTHER, name="Grace Hopper")


def views(**changes):
    yield made.view(2, **changes)
    yield made.view(1, profile=GRACE, **changes)


def written(of) -> bytes:
    return b"".join(workbook(of, title="Northwind Traders", currency="GBP"))


def sheets(of) -> dict[str, list[list]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(written(of)))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_workbook_of_many_has_the_sheets_of_one():
    assert list(sheets(views())) == SHEETS


def test_workbook_of_many_has_no_sheet_for_what_is_not_asked_for():
    left_out = dict.fromkeys(
        ("orders", "orders_found", "notes", "tags", "segments", "analytics")
    )

    assert list(sheets(views(**left_out))) == SHEETS[:3]


def test_facts_are_a_row_a_customer():
    read = sheets(views())

    head, *rows = read["Customer Profile"]
    assert head[:5] == [
        *("Customer ID", "Name", "Email", "Phone"),
        "Registered",
    ]
    assert [row[:2] for row in rows] == [
        [str(made.ID), "Ada Lovelace"],
        [str(OTHER), "Grace Hopper"],
    ]
    assert rows[0][4] == datetime.fromisoformat("2024-01-05T09:30")
    metrics = read["Metrics"]
    assert metrics[0][:4] == ["Customer ID", "Name", "Currency", "Lifetime Value"]
    assert [row[0] for row in metrics[1:]] == [str(made.ID), str(OTHER)]
    assert [row[3] for row in metrics[1:]] == [
        float(made.metrics_of(made.orders_made(count)).lifetime_value)
        for count in (2, 1)
    ]


def test_advice_is_in_one_cell_and_its_columns_are_everybodys():
    quiet = replace(made.HEALTH, recommendations=())

    head, ada, grace = sheets(
        [made.view(1), made.view(1, profile=GRACE, health=quiet)]
    )["Health & Churn"]

    place = head.index("Recommendation")
    assert head[place:] == ["Recommendation", "Retention Strategy"]
    assert ada[place] == "\n".join(made.HEALTH.recommendations)
    assert (grace[place], grace[place + 1]) == ("–", made.CHURN.strategies[0])


def test_rows_say_whose_they_are():
    read = sheets(views())

    whose = [(row[0], row[1], row[2]) for row in read["Orders"][1:]]
    assert whose == [
        (str(made.ID), "Ada Lovelace", "SO-10002"),
        (str(made.ID), "Ada Lovelace", "SO-10001"),
        (str(OTHER), "Grace Hopper", "SO-10001"),
    ]
    assert [row[0] for row in read["Order Lines"][1:]] == [
        *[str(made.ID)] * 6,
        *[str(OTHER)] * 3,
    ]
    assert {row[0] for row in read["Notes"][1:]} == {str(made.ID), str(OTHER)}
    assert {row[1] for row in read["Tags & Segments"][1:]} == {
        "Ada Lovelace",
        "Grace Hopper",
    }


def test_withheld_name_is_withheld_in_every_sheet():
    profile = replace(made.PROFILE, name=None)

    read = sheets([made.view(1, profile=profile, withheld=("profile.name",))])

    for rows in read.values():
        assert rows[1][:2] == [str(made.ID), "withheld"]


def test_cells_are_typed_heads_frozen_and_filtered():
    book = openpyxl.load_workbook(io.BytesIO(written(views())))

    orders = book["Orders"]
    assert orders.freeze_panes == "A2"
    assert orders.auto_filter.ref == "A1:H4"
    assert orders.dimensions == "A1:H4"
    assert orders["H2"].number_format == '#,##0.00 "GBP"'
    assert isinstance(orders["H2"].value, float)
    assert orders["D2"].is_date
    assert [cell.font.bold for cell in orders[1]] == [True] * 8
    assert orders.column_dimensions["A"].width == 39


def test_text_is_no_formula():
    book = openpyxl.load_workbook(io.BytesIO(written([made.of_text("=1+1")])))

    kinds = {
        cell.data_type
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }
    assert "f" not in kinds


def test_same_views_give_the_same_bytes():
    assert written(views()) == written(views())


def test_sheet_holds_no_more_rows_than_it_can(monkeypatch):
    monkeypatch.setattr(bulk_book, "SHEET_ROWS", 4)

    with pytest.raises(SizeExceeded, match="the sheet Order Lines would have more"):
        written(views())


def test_disk_is_given_back(monkeypatch):
    opened = []

    def followed():
        opened.append(TemporaryFile())  # noqa: SIM115 -- closed by what is tested
        return opened[-1]

    monkeypatch.setattr(bulk_book, "TemporaryFile", followed)
    with pytest.raises(ZeroDivisionError):
        written(made.view(1 // (1 - place)) for place in range(2))

    assert [file.closed for file in opened] == [True] * len(SHEETS)


@pytest.mark.memory
def test_memory_is_that_of_one_customer():
    """Kept, the cells of each would be a quarter of a megabyte more."""
    few, many = (_peak(count) for count in (2, 10))

    assert many < few + 1_000_000


def _peak(customers: int) -> int:
    view = made.view(60)
    start()
    for _ in workbook((view for _ in range(customers)), title="T", currency="GBP"):
        pass
    peak = get_traced_memory()[1]
    stop()
    return peak


def test_file_is_a_whole_archive():
    with zipfile.ZipFile(io.BytesIO(written(views()))) as archive:
        assert archive.testzip() is None

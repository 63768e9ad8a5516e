import io
import re
import zipfile
from dataclasses import replace
from datetime import date, datetime

import openpyxl
from python_calamine import CalamineWorkbook

from exports.customer360.xlsx import body
from tests.exports.customer360 import views_made as made

SHEETS = ["Customer Profile", "Metrics", "Health & Churn", "Orders", "Order Lines"]
SHEETS += ["Notes", "Tags & Segments", "Analytics"]


def written(view) -> bytes:
    return b"".join(body(view))


def sheets(view) -> dict[str, list[list]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(written(view)))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def workbook(view) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(written(view)))


def test_xlsx_has_a_sheet_for_every_part():
    assert list(sheets(made.view(3))) == SHEETS


def test_xlsx_has_no_sheet_for_what_is_not_asked_for():
    view = made.bare()

    assert list(sheets(view)) == SHEETS[:3]


def test_xlsx_tells_facts_by_name():
    read = sheets(made.view(3))

    assert read["Customer Profile"] == [
        ["Field", "Value"],
        ["Customer ID", str(made.ID)],
        ["Name", "Ada Lovelace"],
        ["Email", "ada@example.com"],
        ["Phone", "+44 20 7946 0958"],
        ["Registered", datetime.fromisoformat("2024-01-05T09:30")],
        ["Account Status", "Active"],
        ["Loyalty Level", "Gold"],
        [
            "Addresses",
            "12 St James's Square, London, GB\nUnter den Linden 5, Berlin, DE",
        ],
    ]
    assert read["Metrics"][2:4] == [["Lifetime Value", 124.67], ["Total Orders", 3.0]]
    assert read["Health & Churn"][1:3] == [["Health Score", 72.0], ["Health", "Good"]]
    assert read["Health & Churn"][-1] == ["Retention Strategy", *made.CHURN.strategies]


def test_xlsx_lists_orders_and_lines():
    read = sheets(made.view(3))

    assert read["Orders"][:2] == [
        ["Order", "Ordered (Europe/London)", "Status", "Lines", "Currency", "Total"],
        [
            *("SO-10003", datetime.fromisoformat("2024-01-20T09:30"), "Pending", 3.0),
            *("GBP", 75.38),
        ],
    ]
    assert len(read["Order Lines"]) == 10
    assert read["Order Lines"][3] == [
        *("SO-10003", "22423", "REGENCY CAKESTAND 3 TIER", 6.0, 12.75, 0.2, 61.2),
        *("GBP", "No"),
    ]


def test_xlsx_lists_notes_tags_and_analytics():
    read = sheets(made.view(1))

    assert [row[1] for row in read["Notes"]] == [
        "Author",
        "Jonas Weber",
        "Amara Okafor",
    ]
    assert read["Tags & Segments"] == [
        ["Kind", "Name"],
        ["Segment", "Wholesale"],
        ["Segment", "UK & Ireland"],
        ["Tag", "VIP"],
        ["Tag", "newsletter"],
    ]
    assert read["Analytics"][2] == [
        *(date(2024, 2, 1), 1.0, 37.25, ""),
        *("Completed", 14.0, ""),
        *("85123A", "WHITE HANGING HEART T-LIGHT HOLDER", 39.0, 279.5),
    ]


def test_xlsx_tells_times_in_the_zone_of_the_business():
    order = made.order(ordered_at=datetime.fromisoformat("2024-07-01T23:30:00+00:00"))

    read = sheets(made.view(1, orders=(order,), time_zone="Asia/Tokyo"))

    assert read["Orders"][0][1] == "Ordered (Asia/Tokyo)"
    assert read["Orders"][1][1] == datetime.fromisoformat("2024-07-02T08:30")


def test_xlsx_formats_money_with_its_currency():
    lines = (made.line(unit_price=made.Decimal("1.2345")),)
    orders = (made.order(currency="EUR", lines=0), made.order(3))
    orders = (replace(orders[0], lines=lines), orders[1])

    book = workbook(made.view(2, orders=orders))

    assert [book["Orders"][place].number_format for place in ("F2", "F3", "B2")] == [
        '#,##0.00 "EUR"',
        '#,##0.00 "GBP"',
        "yyyy-mm-dd hh:mm",
    ]
    assert book["Order Lines"]["E2"].number_format == '#,##0.00## "EUR"'
    assert book["Metrics"]["B3"].number_format == '#,##0.00 "GBP"'
    assert book["Metrics"]["B8"].number_format == "#,##0.00##"
    scores = [book["Health & Churn"][f"B{row}"].number_format for row in range(4, 9)]
    assert scores == ["#,##0.00"] * 5
    assert book["Order Lines"]["F2"].number_format == "0.00%"


def test_xlsx_leaves_a_currency_out_of_formats_that_it_would_break():
    metrics = replace(made.metrics_of(()), currency='"0";[Red]')

    book = workbook(made.view(0, **made.NO_ORDERS | {"metrics": metrics}))

    assert book["Metrics"]["B3"].number_format == "#,##0.00"
    assert book["Metrics"]["B2"].value == '"0";[Red]'


def test_xlsx_freezes_filters_and_styles_every_head():
    book = workbook(made.view(3))

    heads = {
        sheet.title: (
            sheet.freeze_panes,
            sheet.auto_filter.ref,
            sheet["A1"].font.b,
            sheet["A1"].fill.start_color.rgb,
            sheet["A2"].fill.fill_type,
        )
        for sheet in book
    }
    assert [name for name in heads if heads[name][0] != "A2"] == []
    assert heads["Orders"][1] == "A1:F4"
    assert heads["Analytics"][1] == "A1:C15"
    assert {head[2:] for head in heads.values()} == {(True, "FF1F4073", None)}


def test_xlsx_widths_fit_their_cells():
    long = made.order(number=1)
    line = made.line(product_name="x" * 40)
    book = workbook(made.view(1, orders=(replace(long, lines=(line,)),)))

    widths = book["Order Lines"].column_dimensions

    assert widths["C"].width == 43
    assert widths["D"].width >= len("Quantity") + 3
    assert book["Notes"].column_dimensions["C"].width == 60


def test_xlsx_makes_rows_as_tall_as_their_texts():
    bodies = ("short", "two\nlines", "x" * 200, "\n" * 100)
    book = workbook(made.view(1, notes=tuple(made.note(body=body) for body in bodies)))

    rows = book["Notes"].row_dimensions

    assert [rows[place].height for place in range(1, 6)] == [None, None, 30, 60, 409]
    assert book["Customer Profile"].row_dimensions[9].height == 30


def test_xlsx_draws_the_spend_by_month():
    content = written(made.view(1))

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        chart = archive.read("xl/charts/chart1.xml").decode()
    assert re.findall(r"<(?:c:)?f>(.*?)</", chart) == [
        "'Analytics'!$A$2:$A$15",
        "'Analytics'!$C$2:$C$15",
    ]


def test_xlsx_of_no_orders_has_heads_and_no_chart():
    view = made.view(0, **made.NO_ORDERS)

    read, content = sheets(view), written(view)

    assert [len(read[name]) for name in ("Orders", "Order Lines", "Analytics")] == [
        1
    ] * 3
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert [name for name in archive.namelist() if "chart" in name] == []


def test_xlsx_shows_the_withheld_and_the_unknown():
    profile = replace(made.PROFILE, name=None, email=None, registered_at=None)
    notes = (made.note(body=None),)

    read = sheets(
        made.view(
            1,
            profile=replace(profile, addresses=None),
            notes=notes,
            withheld=("profile.name", "notes.body"),
        )
    )

    facts = dict(read["Customer Profile"])
    assert [facts[name] for name in ("Name", "Email", "Registered", "Addresses")] == [
        *("withheld", "–", "–", "–"),
    ]
    assert read["Notes"][1][2] == "withheld"


def test_xlsx_types_texts_that_look_like_more_as_text():
    texts = ["=1+1", "#REF!", "0042", "1e3", "TRUE", "\x01", "_x0041_", " a "]

    read = sheets(made.view(1, tags=tuple(texts), segments=()))

    assert [row[1] for row in read["Tags & Segments"][1:]] == texts


def test_xlsx_cuts_a_text_that_no_cell_holds():
    read = sheets(made.view(1, notes=(made.note(body="\x01" * 5 + "x" * 40_000),)))

    text = read["Notes"][1][2]
    assert len(text) == 32_767
    assert text[:6] == "\x01" * 5 + "x"
    assert text.endswith("… [cut]")


def test_xlsx_is_the_same_bytes_again_and_tells_no_moment():
    content = written(made.view(3))

    assert written(made.view(3)) == content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        properties = archive.read("docProps/core.xml").decode()
        times = {info.date_time for info in archive.infolist()}
    assert times == {(1980, 1, 1, 0, 0, 0)}
    assert (
        re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", properties)
        == ["1980-01-01T00:00:00Z"] * 2
    )

import re
from dataclasses import replace
from io import BytesIO
from itertools import pairwise

import pikepdf
import pypdfium2
import pytest

from tests.exports.customer360 import views_made as made
from tests.exports.customer360.reading_report import (
    bookmarks,
    checked,
    pages,
    parts_of_pages,
    squeezed,
    structure,
    written,
)

NOTHING_ASKED = {
    "orders": None,
    "orders_found": None,
    "notes": None,
    "tags": None,
    "segments": None,
    "analytics": None,
}


@pytest.fixture(scope="module")
def hundred() -> bytes:
    return written(made.view(100))


def test_pdf_begins_with_who_it_is_about(hundred):
    first = pages(hundred)[0]

    assert first.startswith("NorthwindTradersConfidentialAdaLovelaceCustomerreport")
    assert "Customersince5Jan2024·Account:Active·Gold" in first
    assert "LifetimeValue3,581.26GBPTotalOrders80AverageOrderValue44.77GBP" in first
    assert "LastPurchase12daysago" in first
    assert "Medium:42.5of100" in first


def test_pdf_holds_every_order_and_line(hundred):
    whole = "".join(pages(hundred)[2:])

    orders = made.orders_made(100)
    lines = [item for order in orders for item in order.lines]
    cells = [f"{order.number}{order.ordered_at:%-d%b%Y}" for order in orders]
    assert [cell for cell in cells if squeezed(cell) not in whole] == []
    shown = re.findall(r"(\d{5}A?)(?=REGENCY|WHITE|PARTY|ASSORTED|LUNCH)", whole)
    assert shown == [item.sku for item in lines]


def test_pdf_numbers_all_its_pages_and_repeats_the_head(hundred):
    read = pages(hundred)

    numbers = [re.findall(r"Page(\d+)of(\d+)", page) for page in read]
    heads = [page.count("SKUProductQuantityUnitPriceDiscountAmount") for page in read]
    last = len(read)
    assert numbers == [[(str(place), str(last))] for place in range(1, last + 1)]
    assert heads == [0, 0] + [1] * (last - 2)
    assert [page.count("Confidential") for page in read] == [2] + [1] * (last - 1)


def test_pdf_says_where_an_order_goes_on(hundred):
    read = pages(hundred)[2:]

    for page, following in pairwise(read):
        # Either a new order begins the page, or the last one goes on.
        last = re.findall(r"SO-\d{5}", page)[-1]
        begins = following.partition("Amount")[2]
        goes_on = begins.startswith(last)
        assert goes_on == begins[8:].partition(":")[2][2:].startswith("(continued)")


def test_pdf_has_bookmarks_over_both_its_parts(hundred):
    found = bookmarks(hundred)

    assert [(level, title) for level, title, _ in found] == [
        (0, "Ada Lovelace"),
        (1, "Health"),
        (1, "Churn risk"),
        (1, "Profile"),
        (1, "Spend by month"),
        (1, "Analytics"),
        (1, "Orders"),
        (2, "2025"),
        (2, "2024"),
        (1, "Notes"),
    ]
    read = pages(hundred)
    assert [squeezed(title) in read[page] for _, title, page in found] == [True] * 10


def test_pdf_is_tagged_on_every_page(hundred):
    parts = parts_of_pages(hundred)

    kinds = structure(hundred)
    assert [sorted({"/TH", "/TD"} & part) for part in parts[2:-1]] == [
        ["/TD", "/TH"]
    ] * (len(parts) - 3)
    assert kinds[0] == "/Document"
    assert kinds.count("/Figure") > 5
    # A row an order and a line; one more where an order goes on, and for each head.
    assert kinds.count("/TR") > 400


def test_pdf_is_sound(hundred, tmp_path):
    assert checked(hundred, tmp_path) == "0: "


def test_pdf_tells_no_moment_and_no_exporter(hundred):
    with pikepdf.open(BytesIO(hundred)) as pdf:
        told = {key: str(value) for key, value in pdf.docinfo.items()}

    assert told == {
        "/Title": "Customer report: Ada Lovelace",
        "/Producer": "WeasyPrint 70.0",
    }


def test_pdf_draws_pictures_as_vectors(hundred):
    with pypdfium2.PdfDocument(hundred) as document:
        images = [
            found
            for page in document
            for found in page.get_objects([pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])
        ]

    assert images == []


def test_pdf_leaves_out_what_is_not_asked_for():
    content = written(made.view(0, **NOTHING_ASKED))

    assert [title for _, title, _ in bookmarks(content)] == [
        *("Ada Lovelace", "Health", "Churn risk", "Profile"),
    ]
    whole = "".join(pages(content))
    absent = ["newestfirst", "Notes", "Tags", "Segments", "Analytics", "Spendby"]
    assert [word for word in absent if word in whole] == []


def test_pdf_of_no_orders_is_one_sensible_page():
    content = written(made.view(0, **made.NO_ORDERS, notes=()))

    [page] = pages(content)
    assert "TotalOrders0" in page
    assert "LastPurchaseNever" in page
    assert "OrdersNoordersinthisrange.NotesNonotesinthisrange." in page
    assert "Spendby" not in page


def test_pdf_shows_the_withheld_and_the_unknown():
    profile = replace(made.PROFILE, name=None, email=None, phone=None)
    view = made.view(
        1,
        profile=profile,
        notes=(made.note(body=None, author=""),),
        withheld=("profile.name", "profile.email", "notes.body"),
    )

    whole = "".join(pages(written(view)))

    assert "Customer01890a5d" in whole
    assert "NamewithheldEmailwithheldPhone–" in whole
    assert "14Feb2024,11:30–withheld" in whole


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"orders": (), "orders_found": 0}, "OrdersNoordersinthisrange.Notes15Feb"),
        ({"notes": ()}, "NotesNonotesinthisrange."),
        ({"notes": None}, "Orders1order,newestfirst.TimesofEurope/London."),
        ({"orders": None, "orders_found": None}, "Notes15Feb2024,11:30JonasWeber"),
    ],
)
def test_pdf_has_what_is_asked_for_beside_what_is_not(parts, told):
    *_, last = pages(written(made.view(1, **parts)))

    assert told in last
    assert [name for name in ("Orders", "Notes") if name in last] == [
        name for name in ("Orders", "Notes") if parts.get(name.lower(), ()) is not None
    ]


def test_pdf_says_when_orders_are_not_all():
    whole = "".join(pages(written(made.view(2, orders_found=1234, analytics=None))))

    assert "Thenewest2of1,234orders.TimesofEurope/London." in whole
    assert "InGBP.Ofthenewest2of1,234orders." in whole


def test_pdf_names_currencies_that_no_figure_holds():
    metrics = replace(made.metrics_of(()), other_currencies=("EUR", "SEK"))

    whole = "".join(pages(written(made.view(1, metrics=metrics))))

    assert "Ordersinothercurrenciesareinnofigure:EUR,SEK." in whole


def test_pdf_shows_names_of_every_script():
    names = ["شركة النور", "株式会社サンプル", "נועה", "Zoë Ångström"]
    view = made.view(
        1, tags=tuple(names), notes=(made.note(author="राजेश", body="नमस्ते"),)
    )

    whole = "".join(pages(written(view)))

    shown = [squeezed(name) in whole for name in names[1:2] + names[3:]]
    assert shown == [True, True]
    assert "राजेश" in whole
    assert "नमस्ते" in whole
    # Of letters that run to the left, a reader may tell the order either way.
    assert {"ش", "ר"} - set(whole) == {"ר"}


def fonts(content: bytes) -> set[str]:
    with pikepdf.open(BytesIO(content)) as pdf:
        names = {
            str(each.BaseFont)
            for each in pdf.objects
            if isinstance(each, pikepdf.Dictionary) and "/BaseFont" in each
        }
    return {name.removeprefix("/").partition("+")[2] for name in names}


def test_pdf_shows_emoji_with_skins_and_keycaps_as_pictures():
    """Symbols have black ones of the same characters, and their skins beside them."""
    text = "👍 👍🏽 ❤️ ☎️ 1️⃣ ✌🏿 👩🏽‍🚀 🇬🇧"
    plain, emoji = (
        fonts(written(made.view(1, profile=replace(made.PROFILE, name=name))))
        for name in ("Ada", text)
    )

    assert {name for name in emoji - plain if "Emoji" not in name} == set()
    assert len(emoji - plain) == 1


def test_pdf_breaks_a_note_over_pages():
    body = " ".join(f"word{number}" for number in range(3000))

    read = pages(written(made.view(1, notes=(made.note(body=body),))))

    words = re.findall(r"word(\d+)(?=word|Ada|\u200e|$)", "".join(read))
    assert len(read) > 4
    assert [int(word) for word in words] == list(range(3000))


def test_pdf_gives_many_tags_the_width_of_the_page():
    tags = tuple(f"tag{number}" for number in range(60))

    content = written(made.view(1, tags=tags))

    whole = "".join(pages(content))
    assert "Tags&Segments" in [squeezed(title) for _, title, _ in bookmarks(content)]
    assert [tag for tag in tags if tag not in whole] == []


def test_pdf_cuts_a_long_list_of_addresses():
    known = tuple({"street": f"Street{number}"} for number in range(60))

    whole = "".join(
        pages(written(made.view(1, profile=replace(made.PROFILE, addresses=known))))
    )

    assert re.findall(r"Street(\d\d?)", whole) == [str(place) for place in range(20)]
    assert "and40more" in whole

import re
import socket
from collections import Counter
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError

from exports.errors import Unavailable
from exports.pipeline.columns import Tally
from exports.pipeline.renderers import pdf_fonts
from exports.pipeline.renderers.pdf import load
from exports.pipeline.renderers.pdf_text import CELL_LIMIT, CUT_MARK
from tests.exports.pipeline.renderers.conftest import column
from tests.exports.pipeline.renderers.reading_pdf import (
    BOTH_WAYS,
    ONE,
    facts,
    read,
    squeezed,
    text_of,
)


@BOTH_WAYS
def test_pdf_holds_the_scripts_of_the_world(render, count):
    names = [
        "深圳市创新科技",
        "株式会社サンプル",
        "삼성물산",
        "Κρόνος",
        "Łódź",
        "ООО Ромашка",
    ]
    tally = Tally()

    whole = "".join(read(render("pdf", ONE, [[n] for n in names] * 34, tally=tally)))

    assert [name for name in names if squeezed(name) not in whole] == []
    assert tally.counts == Counter()


def test_pdf_of_scripts_that_reorder_can_be_searched(render):
    names = ["हिमालय व्यापार लिमिटेड", "บริษัท จำกัด"]

    whole = "".join(read(render("pdf", ONE, [[name] for name in names])))

    assert [name for name in names if squeezed(name) not in whole] == []


@BOTH_WAYS
def test_pdf_holds_right_to_left_text(render, count):
    name = "شركة دار"

    whole = "".join(read(render("pdf", ONE, [[name]] * count)))

    expected = Counter({letter: n * count for letter, n in Counter(name).items()})
    del expected[" "]
    assert Counter(re.findall("[\u0600-\u06ff]", whole)) == expected


@BOTH_WAYS
def test_pdf_counts_characters_that_no_font_has(render, count):
    tally = Tally()

    render("pdf", ONE, [["a\u0378b\u0379"], ["\u0378"]] + [["x"]] * count, tally=tally)

    assert tally.counts == {("name", "no_glyph"): 3}


@BOTH_WAYS
def test_pdf_shows_control_characters_and_counts_them(render, count):
    texts = ["a\x00b\x1b", "\x7fc", "d\x85\u2028e\r\nf\tg", "\ufffe\ud800h"]
    tally = Tally()
    rows = [[text] for text in texts] + [["x"]] * (count - 4)

    page = read(render("pdf", ONE, rows, tally=tally))[0]

    assert page.partition("Name")[2].startswith("a␀b␛␡cdefg\ufffd\ufffdhx")
    assert tally.counts == {("name", "replaced"): 3}


def test_pdf_counts_emoji_whose_text_it_cannot_hold(render):
    tally = Tally()

    texts = ("ok 😀", "Ω", "done ✅", "☎", "☎\ufe0f")
    render("pdf", ONE, [[text] for text in texts] + [["x"]] * 200, tally=tally)

    assert tally.counts == {("name", "picture"): 3}


@pytest.mark.parametrize("count", [1, 201])
def test_pdf_breaks_a_cell_taller_than_a_page(render, count):
    words = [f"w{number}w" for number in range(4000)]
    two = [column("id", "integer", label="Number"), column("text", label="Text")]
    rows = [["1", " ".join(words)]] + [["2", "short"]] * (count - 1)

    pages = read(render("pdf", two, rows))

    whole = "".join(pages)
    found = re.findall(r"w\d+w", whole)
    assert found == words
    assert [page.count("NumberText") for page in pages] == [1] * len(pages)
    assert whole.count("short") == count - 1


def test_pdf_starts_a_tall_row_on_the_next_page_when_little_is_left(render):
    rows = [[f"row{number}"] for number in range(22)] + [["tall\n" * 60]]

    pages = read(render("pdf", ONE, rows, include_headers=False))

    assert [page.count("tall") for page in pages] == [0, 41, 19]


def test_pdf_keeps_narrow_columns_whole_beside_wide_ones(render):
    columns = [column(f"c{place}", label=f"L{place}") for place in range(24)]
    row = ["slim", "W" * 60] * 12

    document = pypdfium2.PdfDocument(render("pdf", columns, [row]))

    assert text_of(document, 0).count("slim") == 12


@pytest.mark.parametrize("count", [1, 201])
def test_pdf_cuts_a_cell_without_end_with_a_mark(render, count):
    tally = Tally()

    rows = [["a" * (CELL_LIMIT + 1)]] + [["x"]] * (count - 1)
    whole = "".join(read(render("pdf", ONE, rows, tally=tally)))

    assert whole.count(squeezed(CUT_MARK)) == 1
    assert whole.count("a") > CELL_LIMIT - len(CUT_MARK)
    assert tally.counts == {("name", "cut"): 1}


def test_pdf_takes_naughty_texts(render, naughty):
    tally = Tally()

    content = render("pdf", ONE, [[text] for text in naughty], tally=tally)

    assert facts(content)["/Title"] == "Things"


@pytest.mark.parametrize(("count", "producer"), [(200, "WeasyPrint"), (201, "cairo")])
def test_pdf_fetches_nothing_that_the_data_names(render, count, producer, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("hush-hush")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        attacks = attacks_by(f"http://127.0.0.1:{listener.getsockname()[1]}/", secret)
        columns = [column(f"c{n}", label=attack) for n, attack in enumerate(attacks)]
        rows = [attacks, *[["x"] * len(attacks)] * (count - 1)]
        contents = [
            render("pdf", columns, rows, title=attack, metadata={attack: attack})
            for attack in attacks
        ]

        with pytest.raises(BlockingIOError):
            listener.accept()

    told = [facts(content) for content in contents]
    assert [fact["/Title"] for fact in told] == attacks
    assert {fact["/Producer"].split()[0] for fact in told} == {producer}
    assert ["hush-hush" in "".join(read(content)) for content in contents] == [
        False
    ] * len(attacks)


def attacks_by(url, secret):
    return [
        f"</td></title><img src='{url}'>$title",
        f"<link rel=attachment href='{secret.as_uri()}'>",
        f"</style><style>@import '{url}'; td {{ background: url({url}) }}</style>",
        f"<svg><image href='{url}'/></svg>&lt;&#60;${{table}}",
        f'"><iframe src="{secret.as_uri()}"></iframe><script>alert(1)</script>',
    ]


def test_refusing_fetcher_stops_the_document():
    fetcher = load("pdf_document").Refusing()
    page = HTML(string="<img src='file:///etc/hostname'>", url_fetcher=fetcher)

    with pytest.raises(FatalURLFetchingError, match="fetches nothing"):
        page.write_pdf()


@BOTH_WAYS
def test_pdf_embeds_noto_fonts_and_no_others(render, count):
    content = render("pdf", ONE, [["Zoë 直 ш ש ع ⟨∑⟩ ␀"]] * count)

    with pikepdf.open(BytesIO(content)) as pdf:
        fonts = {
            str(thing.BaseFont).partition("+")[2]
            for thing in pdf.objects
            if isinstance(thing, pikepdf.Dictionary) and "/BaseFont" in thing
        }
    assert {font[:4] for font in fonts} == {"Noto"}


def test_missing_fonts_are_named_with_what_to_install(render, monkeypatch):
    monkeypatch.setitem(pdf_fonts.FONT_FILES, "fonts-noto-cjk", Path("/nowhere"))

    assert pdf_fonts.missing() == ["fonts-noto-cjk"]
    with pytest.raises(Unavailable, match=r"apt-get install fonts-noto-cjk$"):
        render("pdf", ONE, [["x"]])


def test_missing_library_is_named_until_it_is_there(monkeypatch):
    monkeypatch.setitem(pdf_fonts._LIBRARIES, "libnowhere1", "nowhere")  # noqa: SLF001 -- what it looks for

    found = [pdf_fonts.missing() for _ in range(2)]

    assert found == [["libnowhere1"]] * 2


def test_nothing_is_missing_here():
    assert pdf_fonts.missing() == []

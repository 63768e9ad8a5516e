"""Texts that would do something are shown as text, in every field, in every format."""

import csv
import io
import json
import re
import socket
import zipfile
from dataclasses import replace

import pytest
from weasyprint.urls import FatalURLFetchingError

from customers.view360.shape import Analytics, Product
from exports.customer360 import pdf_summary
from exports.customer360.formats import FORMATS
from exports.pipeline.formulas import is_risky
from tests.exports.customer360 import views_made as made
from tests.exports.customer360.listening import listening
from tests.exports.customer360.payloads import payloads
from tests.exports.customer360.reading_report import pages, squeezed, written
from tests.exports.customer360.test_xlsx import sheets


def in_every_list(texts: list[str]):
    """All of them at once, in each field of which there may be many."""
    numbers = range(len(texts))
    lines = tuple(made.line(sku=text[:64], product_name=text) for text in texts)
    orders = [replace(made.order(place), number=texts[place][:64]) for place in numbers]
    orders[0] = replace(orders[0], lines=lines)
    return made.view(
        orders=tuple(orders),
        orders_found=len(texts),
        tags=tuple(texts),
        segments=tuple(texts),
        notes=tuple(made.note(author=text, body=text) for text in texts),
        profile=replace(made.PROFILE, addresses=({"street": "\n".join(texts[:9])},)),
        health=replace(made.HEALTH, recommendations=tuple(texts)),
        churn=replace(made.CHURN, strategies=tuple(texts)),
        analytics=Analytics(
            made.analytics_of().months,
            tuple((text, 1) for text in texts),
            tuple(Product(text, text, 1, made.CENT) for text in texts),
        ),
    )


def visible(text: str) -> str:
    """What a reader of a PDF's text finds: nothing that is drawn as a picture."""
    return "".join(sign for sign in squeezed(text) if 32 < ord(sign) < 0x250)


def test_payloads_are_a_hundred():
    assert len(set(payloads())) == 100


def test_listener_counts_who_calls():
    with listening() as listener:
        socket.create_connection(("127.0.0.1", listener.port)).close()

    assert listener.calls == 1


ALL = pytest.param(1, marks=[pytest.mark.slow, pytest.mark.timeout(600)], id="all")


@pytest.mark.parametrize("step", [pytest.param(5, id="every fifth"), ALL])
def test_pdf_shows_payloads_as_text_and_asks_nobody(step):
    with listening() as listener:
        texts = payloads(listener.port)[::step]
        read = pages(written(in_every_list(texts)))

    whole = visible("".join(read)).replace("'", "")
    assert listener.calls == 0
    wanted = [visible(text[:60]).replace("'", "") for text in texts]
    assert [text for text in wanted if text not in whole] == []


@pytest.mark.parametrize("place", [0, 5, 16, 58])
def test_pdf_shows_a_payload_in_fields_of_one_text(place):
    with listening() as listener:
        text = payloads(listener.port)[place]
        whole = visible("".join(pages(written(made.of_text(text)))))

    assert listener.calls == 0
    # Business and name in the head, name, email and phone in the profile, at least.
    assert whole.count(visible(text)) > 6


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_pdf_shows_every_payload_in_fields_of_one_text():
    with listening() as listener:
        counts = {
            text: visible("".join(pages(written(made.of_text(text))))).count(
                visible(text)
            )
            for text in payloads(listener.port)
        }

    assert listener.calls == 0
    assert [text for text, count in counts.items() if count < 6] == []


def test_summary_would_ask_if_its_texts_were_markup(monkeypatch):
    """So the tests above can fail: the same page, with one value left as it is."""
    asked = []
    template = pdf_summary.TEMPLATES / "report.html"
    unsafe = template.read_text().replace("{{ business }}", "{{ business|safe }}")

    class Asking(pdf_summary.Refusing):
        def fetch(self, url, headers=None):
            asked.append(url)
            return super().fetch(url, headers)

    monkeypatch.setattr(pdf_summary, "Refusing", Asking)
    engine = pdf_summary._ENGINE  # noqa: SLF001 -- the page is made nowhere else
    others, unsafe_page = engine.get_template, engine.from_string(unsafe)
    monkeypatch.setattr(
        engine,
        "get_template",
        lambda name: unsafe_page if name == "report.html" else others(name),
    )
    view = made.view(1, business_name='<img src="http://127.0.0.1:1/a">')

    with pytest.raises(FatalURLFetchingError):
        pdf_summary.written(view, [])

    assert asked == ["http://127.0.0.1:1/a"]


def test_csv_holds_no_formula():
    cells = [
        cell
        for text in payloads()
        for row in csv.reader(
            io.StringIO(
                b"".join(FORMATS["csv"].body(made.of_text(text))).decode(), newline=""
            )
        )
        for cell in row
        if not re.fullmatch(r"-?[\d.]+", cell)
    ]

    assert [cell for cell in cells if is_risky(cell)] == []


def test_xlsx_holds_payloads_as_text():
    texts = payloads()
    view = in_every_list(texts)

    read = sheets(view)

    with zipfile.ZipFile(io.BytesIO(b"".join(FORMATS["xlsx"].body(view)))) as archive:
        parts = [name for name in archive.namelist() if "/worksheets/sheet" in name]
        formulas = [name for name in parts if b"<f" in archive.read(name)]
        links = [name for name in archive.namelist() if "externalLink" in name]
    assert [formulas, links] == [[], []]
    kept = [text.replace("\r\n", "\n") for text in texts]
    assert [row[2].replace("\r\n", "\n") for row in read["Notes"][1:]] == kept
    assert [row[0] for row in read["Orders"][1:]] == [text[:64] for text in texts]


@pytest.mark.parametrize("step", [pytest.param(9, id="every ninth"), ALL])
def test_xlsx_holds_a_payload_in_fields_of_one_text(step):
    for text in payloads()[::step]:
        read = sheets(made.of_text(text))

        facts = dict(read["Customer Profile"])
        assert {facts[name] for name in ("Name", "Email", "Phone")} == {text}


def test_json_holds_payloads_as_they_are():
    for text in payloads():
        data = json.loads(b"".join(FORMATS["json"].body(made.of_text(text))))

        assert {data["profile"][name] for name in ("name", "email", "phone")} == {text}
        assert data["orders"][0]["lines"][0]["productName"] == text
        assert data["analytics"]["statuses"] == {text: 1}

"""Reads PDF files back, with readers that did not write them."""

from io import BytesIO

import pikepdf
import pypdfium2
import pytest

from tests.exports.pipeline.renderers.conftest import column

ID = "3f2b0a52-1111-4000-8000-%012d"
COLUMNS = [
    column("id", "uuid", label="ID"),
    column("name", label="Company name"),
    column("fee", "decimal", label="Fee"),
    column("created_at", "datetime", label="Created at"),
]
# The last number of rows of the short way, the first of the long one.
BOTH_WAYS = pytest.mark.parametrize("count", [200, 201])
ONE = [column("name", label="Name")]


def rows_of(count):
    return [
        [ID % number, f"Firm {number} Ltd", f"{number}.50", moment(number)]
        for number in range(count)
    ]


def moment(number):
    return f"2024-03-{1 + number % 28:02d}T10:11:12.{number:06d}+00:00"


def read(content):
    """Text of each page without white space: lines are broken anywhere."""
    with pypdfium2.PdfDocument(content) as document:
        return [
            "".join(text_of(document, page).split()) for page in range(len(document))
        ]


def text_of(document, page):
    return document[page].get_textpage().get_text_bounded()


def facts(content):
    with pikepdf.open(BytesIO(content)) as pdf:
        assert pdf.check_pdf_syntax() == []
        return {key: str(value) for key, value in pdf.docinfo.items()}


def squeezed(text):
    return "".join(text.split())

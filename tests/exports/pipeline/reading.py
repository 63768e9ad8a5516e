"""Files read back by readers that are not ours: rows, each a list of cells."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any, Final
from xml.etree import ElementTree as ET

import pyarrow.parquet as pq
import pypdfium2
import yaml
from python_calamine import CalamineWorkbook

Cells = list[list[Any]]


def _separated(delimiter: str) -> Callable[[bytes], Cells]:
    def read(content: bytes) -> Cells:
        text = io.StringIO(content.decode(), newline="")
        return list(csv.reader(text, delimiter=delimiter, strict=True))[1:]

    return read


def _json(content: bytes) -> Cells:
    return [list(row.values()) for row in json.loads(content)["data"]]


def _ndjson(content: bytes) -> Cells:
    return [list(json.loads(line).values()) for line in content.split(b"\n") if line]


def _yaml(content: bytes) -> Cells:
    document = yaml.load(content, yaml.CSafeLoader)
    return [list(row.values()) for row in document["data"]]


def _xml(content: bytes) -> Cells:
    root = ET.fromstring(content)  # noqa: S314 -- our own file
    return [[cell.text or "" for cell in row] for row in root.iter("row")]


def _excel(content: bytes) -> Cells:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return workbook.get_sheet_by_index(0).to_python()[1:]


def _parquet(content: bytes) -> Cells:
    table = pq.read_table(io.BytesIO(content))
    return [list(row.values()) for row in table.to_pylist()]


def text_of_pdf(content: bytes) -> str:
    """Its text without white space, where lines may have been broken anywhere."""
    document = pypdfium2.PdfDocument(content)
    try:
        texts = [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()
    return "".join("".join(texts).replace("\ufffe", "").split())


READERS: Final[dict[str, Callable[[bytes], Cells]]] = {
    "csv": _separated(","),
    "tsv": _separated("\t"),
    "json": _json,
    "ndjson": _ndjson,
    "yaml": _yaml,
    "xml": _xml,
    "excel": _excel,
    "parquet": _parquet,
}


def decoded(format_name: str, content: bytes) -> str:
    """All that can be read in a file, as one text."""
    if format_name == "pdf":
        return text_of_pdf(content)
    readable = READERS[format_name](content)
    nested = [content.decode()] if format_name == "xml" else []
    return json.dumps([readable, nested], default=str, ensure_ascii=False)

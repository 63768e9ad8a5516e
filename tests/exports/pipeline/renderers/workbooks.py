"""Workbooks as readers that are not ours find them."""

import io
import zipfile

import openpyxl
from python_calamine import CalamineWorkbook

from tests.exports.pipeline.renderers.tables import column

NAME = column("name", label="Name")
ALL_KINDS = [
    column("id", "uuid"),
    column("name"),
    column("count", "integer"),
    column("score", "decimal", scale=4),
    column("fee", "decimal", scale=2),
    column("day", "date"),
    column("at", "datetime"),
    column("checks", "json"),
]
KINDS_TABLE = [
    ["3f2b0a52-0000-4000-8000-000000000001", None],
    ["0042", None],
    ["-17", None],
    ["0.5000", None],
    ["1234567.89", None],
    ["2024-02-29", None],
    ["2024-02-29T23:59:59.123000+02:00", None],
    ['{"a":[1,{"b":null}]}', None],
]


def sheets(content: bytes) -> dict[str, list[list]]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {
        name: workbook.get_sheet_by_name(name).to_python()
        for name in workbook.sheet_names
    }


def texts_read(content: bytes) -> list[str]:
    [rows] = sheets(content).values()
    return [row[0] for row in rows[1:]]


def workbook_of(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def part(content: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name).decode()

"""How many rows a file holds, read back with libraries that did not write it."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import yaml
from django.utils.module_loading import import_string


def _lines(delimiter: str) -> Callable[[Path], int]:
    def count(path: Path) -> int:
        with path.open(newline="", encoding="utf-8") as file:
            return sum(1 for _ in csv.reader(file, delimiter=delimiter)) - 1

    return count


def _json(path: Path) -> int:
    return len(json.loads(path.read_text(encoding="utf-8"))["data"])


def _ndjson(path: Path) -> int:
    with path.open(encoding="utf-8", newline="\n") as file:
        return sum(1 for line in file if json.loads(line))


def _xml(path: Path) -> int:
    return len(ET.parse(path).getroot().findall("row"))  # noqa: S314 - our own file  # nosec B314


def _yaml(path: Path) -> int:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with path.open(encoding="utf-8") as file:
        return len(yaml.load(file, loader)["data"])  # noqa: S506 - a safe loader


def _excel(path: Path) -> int:
    book = import_string("openpyxl.load_workbook")(path, read_only=True)
    return sum(1 for _ in book.worksheets[0].iter_rows()) - 1


def _parquet(path: Path) -> int:
    table = import_string("pyarrow.parquet.ParquetFile")(path)
    return int(table.metadata.num_rows)


def _pages(path: Path) -> int:
    """Pages, not rows: nothing installed here reads a table out of a PDF."""
    with import_string("pikepdf.open")(path) as document:
        return len(document.pages)


COUNTERS: Final[dict[str, Callable[[Path], int]]] = {
    "csv": _lines(","),
    "tsv": _lines("\t"),
    "json": _json,
    "ndjson": _ndjson,
    "excel": _excel,
    "xml": _xml,
    "yaml": _yaml,
    "parquet": _parquet,
}
PAGES: Final = _pages

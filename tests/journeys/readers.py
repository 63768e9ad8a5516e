"""Files read back by programs and libraries that are not the project's own."""

import csv
import gzip
import io
import json
import re
import subprocess
import zipfile
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from xml.etree import ElementTree as ET

import pyarrow.parquet as pq
import yaml
import zstandard
from python_calamine import CalamineWorkbook

from tests.journeys.programs import ROOT
from tests.journeys.stacks import Stack

Rows = list[list[Any]]
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


def read(format_name: str, content: bytes, columns: Sequence[str]) -> Rows:
    """:param columns: as they were asked for; each reader checks the file's own."""
    names, rows = READERS[format_name](content)
    assert names == list(columns)
    return rows


def _delimited(delimiter: str) -> Callable[[bytes], tuple[list[str], Rows]]:
    def reader(content: bytes) -> tuple[list[str], Rows]:
        text = io.StringIO(content.decode(), newline="")
        names, *rows = csv.reader(text, delimiter=delimiter, strict=True)
        return names, [[cell or None for cell in row] for row in rows]

    return reader


def _objects(columns: list[str], objects: list[dict[str, Any]]) -> Rows:
    assert all(list(each) == columns for each in objects)
    return [list(each.values()) for each in objects]


def _json(content: bytes) -> tuple[list[str], Rows]:
    document = json.loads(content, parse_float=Decimal)
    return document["columns"], _objects(document["columns"], document["data"])


def _ndjson(content: bytes) -> tuple[list[str], Rows]:
    rows = [
        json.loads(line, parse_float=Decimal) for line in content.decode().splitlines()
    ]
    return list(rows[0]), _objects(list(rows[0]), rows)


def _yaml(content: bytes) -> tuple[list[str], Rows]:
    document = yaml.load(content, Loader=yaml.CSafeLoader)
    return document["columns"], _objects(document["columns"], document["data"])


def _excel(content: bytes) -> tuple[list[str], Rows]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    names, *rows = workbook.get_sheet_by_index(0).to_python()
    return list(map(str, names)), [[_cell(cell) for cell in row] for row in rows]


def _cell(value: Any) -> Any:
    return None if value == "" else value


def _parquet(content: bytes) -> tuple[list[str], Rows]:
    table = pq.read_table(io.BytesIO(content))
    return table.column_names, [list(row.values()) for row in table.to_pylist()]


def _xml(content: bytes) -> tuple[list[str], Rows]:
    schema = ROOT / "docs" / "xsd" / "export.xsd"
    _run(["xmllint", "--noout", "--schema", str(schema), "-"], content)
    # Our own file, from our own rows.
    rows = ET.fromstring(content).findall("row")  # noqa: S314 -- as above
    names = [cell.tag for cell in rows[0]]
    assert all([cell.tag for cell in row] == names for row in rows)
    return names, [[_element(cell) for cell in row] for row in rows]


def _element(element: ET.Element) -> Any:
    kind = element.get("type")
    if element.get(NIL) == "true":
        return None
    if kind == "array":
        return [_element(item) for item in element]
    if kind == "object":
        return {item.get("name", item.tag): _element(item) for item in element}
    return element.text or ""


def _pdf(content: bytes) -> tuple[list[str], Rows]:
    """Of columns without spaces, the first one a UUID."""
    with NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        _run(["qpdf", "--check", file.name])
    text = _run(["pdftotext", "-layout", "-", "-"], content).decode()
    lines = [line.split() for line in text.splitlines() if line.strip()]
    heads = [line for line in lines if line[0] == "id"]
    assert len(heads) == text.count("\f")  # a head on each page
    rows = [line for line in lines if re.fullmatch(r"[0-9a-f-]{36}", line[0])]
    return heads[0], [[None if cell == "–" else cell for cell in row] for row in rows]


def _run(command: list[str], content: bytes = b"") -> bytes:
    done = subprocess.run(command, input=content, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


READERS: dict[str, Callable[[bytes], tuple[list[str], Rows]]] = {
    "csv": _delimited(","),
    "tsv": _delimited("\t"),
    "json": _json,
    "ndjson": _ndjson,
    "yaml": _yaml,
    "excel": _excel,
    "parquet": _parquet,
    "xml": _xml,
    "pdf": _pdf,
}


def stored(storage: Path) -> list[str]:
    """All that lies in a storage folder, parts of files too."""
    return sorted(
        path.relative_to(storage).as_posix()
        for path in storage.rglob("*")
        if path.is_file()
    )


def stored_as(stack: Stack, export: Mapping[str, Any]) -> str:
    """The key of an export's file in the storage."""
    [(key,)] = stack.database.rows(
        f"SELECT key FROM exports_exportfile WHERE sha256 = '{export['sha256']}'"
        f" AND state = 'stored' ORDER BY generated_at DESC LIMIT 1"
    )
    assert key in stack.kept.names()
    return str(key)


def unpacked(compression: str, content: bytes) -> bytes:
    """What one compressed file holds."""
    if compression == "gzip":
        return gzip.decompress(content)
    if compression == "zstd":
        return zstandard.ZstdDecompressor().stream_reader(content).read()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        [name] = archive.namelist()
        return archive.read(name)

"""What putting files together takes does not grow with the rows."""

import json
import tracemalloc
from collections.abc import Iterator, Sequence
from hashlib import sha256
from io import RawIOBase
from pathlib import Path
from uuid import UUID

import pytest

from exports.deltas.apply import Exported, apply

HELD = 512 * 1024
"""Bytes of each file, as the documents have it, where rows are short."""
FILES = 3
COLUMNS = [{"name": name, "label": name} for name in ("company_id", "name")]
SPECS = {
    "csv": {"format": "csv", "options": {"bom": False}, "include_headers": True},
    "ndjson": {"format": "ndjson", "options": {}},
    "json": {"format": "json", "options": {"indent": 0}},
}


class Nowhere(RawIOBase):
    """Takes what is written and keeps nothing but its digest."""

    def __init__(self) -> None:
        self.digest, self.size = sha256(), 0

    def write(self, content) -> int:
        self.digest.update(content)
        self.size += len(content)
        return len(content)


def text(name: str, rows: Iterator[dict[str, str]], labels: Sequence[str]) -> str:
    """A file as an export writes it."""
    found = list(rows)
    if name == "csv":
        cells = [[row.get(label, "") for label in labels] for row in found]
        return "".join(f"{','.join(line)}\r\n" for line in [labels, *cells])
    shown = [json.dumps(row, separators=(",", ":")) for row in found]
    if name == "ndjson":
        return "".join(f"{row}\n" for row in shown)
    head = f'{{"columns":{json.dumps(labels)},"data":['
    return f"{head}{','.join(shown)}]}}\n"


def row(number: int) -> dict[str, str]:
    return {"company_id": str(UUID(int=number)), "name": f"Company {number} " * 30}


def changed(count: int) -> Iterator[dict[str, str]]:
    """Of three rows one is gone, one has come, and one is as it was."""
    for number in range(count):
        if number % 3 == 0:
            yield {"_op": "delete", "company_id": row(2 * number)["company_id"]}
        if number % 3 == 1:
            yield {"_op": "upsert"} | row(2 * number + 1)


def export(folder: Path, name: str, count: int, *, base: Exported | None) -> Exported:
    labels = ["company_id", "name"]
    rows = (row(2 * number) for number in range(count))
    if base is not None:
        labels, rows = ["_op", *labels], changed(count)
    content = text(name, rows, labels).encode()
    path = folder / f"{name}.{count}.{base.manifest['export_id'] if base else 'full'}"
    path.write_bytes(content)
    told = {"schedule_id": "s", "full_export_id": "f", "asked": "a", "mark": {}}
    told |= {"kind": "delta" if base else "full", "sequence": 0}
    told |= {
        "base_export_id": base and base.manifest["export_id"],
        "base_sha256": base and base.sha256,
        "base_mark": {},
    }
    told["rows_after"] = count
    manifest = {
        "export_id": path.name,
        "sha256": sha256(content).hexdigest(),
        "row_count": len(list(changed(count))) if base else count,
        "changes": told,
        "spec": {"export_type": "business_data", "columns": COLUMNS} | SPECS[name],
    }
    return Exported.of(path, manifest)


def put_together(folder: Path, name: str, count: int) -> tuple[int, int]:
    """How large it is, and the most that was held meanwhile."""
    files = [export(folder, name, count, base=None)]
    while len(files) < FILES:
        files.append(export(folder, name, count, base=files[-1]))
    out = Nowhere()
    tracemalloc.start()
    try:
        apply(files[0], files[1:], out=out)
        return out.size, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.memory
@pytest.mark.parametrize("name", SPECS)
def test_memory_does_not_grow_with_the_rows(tmp_path, name):
    put_together(tmp_path, name, 3)  # what is made once, is made by now

    small, some = put_together(tmp_path, name, 2_100)
    large, most = put_together(tmp_path, name, 8_400)

    assert (small > HELD, large > 1.5 * FILES * HELD) == (True, True)
    assert most < FILES * HELD
    assert most < 1.2 * some

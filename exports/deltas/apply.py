"""A full export and the changes after it, put together to the full export of later."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import file_digest
from heapq import merge
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, BinaryIO, Final, Self, TypeAlias

from exports.deltas.links import DELTA, FIELD, FULL
from exports.deltas.records import Document, Layout, Lines, Malformed, Record, Separated
from exports.pipeline.datasets import DATASETS

_DELIMITERS: Final = {"csv": ",", "tsv": "\t"}


class Unfit(Exception):
    """The files do not belong together; the message says which, and why."""


Manifest: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Exported:
    """A file with its manifest, whose signature has been checked.

    :ivar manifests: one, or of a file that was put together all that are in it.
    """

    path: Path
    manifests: tuple[Manifest, ...]
    sha256: str
    row_count: int

    @classmethod
    def of(cls, path: Path, manifest: Manifest) -> Self:
        return cls(path, (manifest,), manifest["sha256"], manifest["row_count"])

    @property
    def manifest(self) -> Manifest:
        """The last, which tells of what moment the file is."""
        return self.manifests[-1]


def apply(
    full: Exported, deltas: Sequence[Exported], *, out: BinaryIO
) -> dict[str, int]:
    """Write what the full export would be at the moment of the last of them.

    Of each file one row is held at a time.

    :returns: how many rows were written, and how many were put in, or taken out.
    :raises Unfit: they are not one chain, in its order, or were changed since.
    """
    _check_chain(full, deltas)
    for each in (full, *deltas):
        _check_bytes(each)
    layout = _layout(full.manifest)
    counts = {"rows": 0, "upserts": 0, "tombstones": 0}
    with ExitStack() as opened, full.path.open("rb") as head:
        out.write(layout.head(head))
        sources = [
            _numbered(number, each, layout, opened.enter_context(each.path.open("rb")))
            for number, each in enumerate((full, *deltas))
        ]
        for row in _latest(sources, counts):
            out.write(layout.between if counts["rows"] else layout.opened())
            out.write(row)
            counts["rows"] += 1
    out.write(layout.closed(empty=not counts["rows"]))
    expected = (full, *deltas)[-1].manifest[FIELD]["rows_after"]
    if counts["rows"] != expected:
        raise Unfit(f"{counts['rows']} rows came of it, not {expected}")
    return counts


def _check_chain(full: Exported, deltas: Sequence[Exported]) -> None:
    """:raises Unfit: one is missing, doubled, out of order, or of another chain."""
    links = [
        (each.path, manifest) for each in (full, *deltas) for manifest in each.manifests
    ]
    for path, manifest in links:
        if not manifest.get(FIELD):
            raise Unfit(f"{path}: it is of no schedule that exports changes")
    if full.manifests[0][FIELD]["kind"] != FULL:
        raise Unfit(f"{full.path}: it is not a full export, but changes of one")
    for (_, before), (path, manifest) in pairwise(links):
        _check_follows(before, path, manifest)


def _check_follows(before: Manifest, path: Path, manifest: Manifest) -> None:
    told, last = manifest[FIELD], before[FIELD]
    if told["kind"] != DELTA:
        raise Unfit(f"{path}: it is a full export: begin anew with it")
    base = {"base_export_id": before["export_id"], "base_sha256": before["sha256"]}
    base |= {"base_mark": last["mark"]}
    base |= {name: last[name] for name in ("schedule_id", "full_export_id", "asked")}
    if any(told[name] != value for name, value in base.items()):
        raise Unfit(
            f"{path}: number {told['sequence']} follows {told['base_export_id']},"
            f" and not {before['export_id']}, number {last['sequence']}"
        )


def _check_bytes(exported: Exported) -> None:
    with exported.path.open("rb") as file:
        found = file_digest(file, "sha256").hexdigest()
    if found != exported.sha256:
        raise Unfit(f"{exported.path}: it is not the file that its manifest is of")


def _layout(manifest: Manifest) -> Layout:
    spec = manifest["spec"]
    key = DATASETS[spec["export_type"]].key_column.name
    columns, options = spec["columns"], spec["options"]
    place = next(
        place
        for place, column in enumerate(columns)
        if column["name"] == key and "transform" not in column
    )
    label = columns[place]["label"]
    if spec["format"] == "ndjson":
        return Lines(label=label)
    if spec["format"] == "json":
        return Document(label=label, indent=options["indent"])
    return Separated(
        place=place,
        delimiter=options.get("delimiter", _DELIMITERS[spec["format"]]),
        bom=options["bom"],
        has_labels=spec["include_headers"],
    )


def _numbered(
    number: int, exported: Exported, layout: Layout, file: BinaryIO
) -> Iterator[tuple[str, int, Record]]:
    """:raises Unfit: its rows are not in order, or not as many as there should be."""
    last, rows = "", 0
    try:
        for record in layout.records(file, changes=number > 0):
            if record.key <= last:
                raise Unfit(f"{exported.path}: its rows are not in the order of keys")
            last, rows = record.key, rows + 1
            # Of equal keys the latest comes first.
            yield record.key, -number, record
    except Malformed as error:
        raise Unfit(f"{exported.path}: {error}") from error
    if rows != exported.row_count:
        raise Unfit(f"{exported.path}: it has {rows} rows, not as its manifest says")


def _latest(
    sources: Sequence[Iterator[tuple[str, int, Record]]], counts: dict[str, int]
) -> Iterator[bytes]:
    """What the last one that tells of a row says of it."""
    in_order = merge(*sources, key=lambda each: each[:2])
    for _, told in groupby(in_order, key=lambda each: each[0]):
        (_, number, record), *_ = told
        if number:
            counts["tombstones" if record.content is None else "upserts"] += 1
        if record.content is not None:
            yield record.content

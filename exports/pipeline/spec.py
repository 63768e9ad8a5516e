"""An export's specification: what may be asked for, and the one place that checks it.

``FIELDS`` says what each field of a request is; serializers and the OpenAPI document
are made of it. A spec is stored as ``as_json()`` gives it, and parsed from there again.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from customers.clearance import Clearance
from exports.conf import knob
from exports.pipeline import filters, passwords, ranges, receivers, selection
from exports.pipeline.datasets import DATASETS, custom
from exports.pipeline.datasets.base import Dataset
from exports.pipeline.fields import COMPRESSIONS, FIELDS, check_field
from exports.pipeline.filters import Condition
from exports.pipeline.options import parse_options
from exports.pipeline.problems import Problems
from exports.pipeline.query.compile import Compiled, compiled_here
from exports.pipeline.ranges import TimeRange
from exports.pipeline.registry import unknown
from exports.pipeline.renderers import ALIASES, RENDERERS
from exports.pipeline.renderers.base import Renderer
from exports.pipeline.selection import Selected, SortKey
from exports.pipeline.sinks.encrypt import METHODS, Method

MAX_METADATA_BYTES: Final = 8192


@dataclass(frozen=True, slots=True)
class ExportSpec:
    """:ivar date_range: name of a relative range; the job stores what it resolved to.

    :ivar raw_filters: as they came, for storing and for the manifest.
    """

    business_id: str
    export_type: str
    format: str
    columns: tuple[Selected, ...]
    sort: tuple[SortKey, ...]
    conditions: tuple[Condition, ...] = ()
    raw_filters: Mapping[str, Any] = field(default_factory=dict)
    date_range: str | None = None
    time_range: TimeRange | None = None
    include_headers: bool = True
    include_metadata: bool = False
    compression: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    delivery: str = "file"
    on_denied: str = "error"
    batch_size: int = 1000
    max_rows: int | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    template_id: str | None = None
    notify: Mapping[str, Any] = field(default_factory=dict)
    destinations: tuple[str, ...] = ()
    """Their ids; whoever asks for the export sees that they are there."""
    password: str | None = field(default=None, repr=False)
    """Never part of ``as_json``: whoever keeps a spec keeps no password."""
    custom_query: str | None = None
    query: Compiled | None = field(default=None, repr=False)
    """What ``custom_query`` is for this clearance, and for the engine that is here."""

    @property
    def dataset(self) -> Dataset:
        if self.query is not None:
            return custom.of(self.query.columns)
        return DATASETS[self.export_type]

    @property
    def renderer(self) -> type[Renderer]:
        return RENDERERS[self.format]

    @property
    def encryption(self) -> Method | None:
        """What its password does; None without one."""
        if self.password is None:
            return None
        return METHODS[self.renderer.encryption]

    @property
    def builds_first(self) -> bool:
        """Nothing can be sent before the whole file is built."""
        encryption = self.encryption
        return self.renderer.builds_first or bool(encryption and encryption.inside)

    def as_json(self) -> dict[str, Any]:
        signs = {True: "-", False: "+"}
        extra: dict[str, Any] = {}
        if self.custom_query:
            extra["custom_query"] = self.custom_query
        if self.destinations:
            extra["destinations"] = list(self.destinations)
        return {
            "business_id": self.business_id,
            "export_type": self.export_type,
            "format": self.format,
            "template_id": self.template_id,
            "filters": dict(self.raw_filters),
            "time_range": self.time_range and self.time_range.as_json(),
            "columns": [selected.as_json() for selected in self.columns],
            "sort_by": [signs[key.descending] + key.column.name for key in self.sort],
            "include_headers": self.include_headers,
            "include_metadata": self.include_metadata,
            "compression": self.compression or False,
            "options": dict(self.options),
            "delivery": self.delivery,
            "on_denied": self.on_denied,
            "batch_size": self.batch_size,
            "max_rows": self.max_rows,
            "metadata": dict(self.metadata),
            "notify": dict(self.notify),
        } | extra

    @classmethod
    def parse(cls, payload: Any, *, clearance: Clearance) -> "ExportSpec":
        """A spec from a request's JSON, a file's, or a stored job's.

        :raises Invalid: naming every field that is wrong.
        :raises QueryRefused: a custom query is not of the dialect.

        :raises Forbidden: a column is above ``clearance``.
        """
        problems = Problems()
        known = _known_fields(payload, problems)
        dataset, renderer = _type_and_format(known, problems)
        _check_custom(known, problems)
        problems.settle()
        query = None
        if known["custom_query"] is not None:
            query = compiled_here(
                known["custom_query"],
                business_id=known["business_id"],
                clearance=clearance,
            )
            dataset = custom.of(query.columns)
            known |= custom.defaults(known, dataset)
        spec = _parse(known, dataset, renderer, clearance, problems)
        problems.settle()
        return replace(spec, query=query)


def _known_fields(payload: Any, problems: Problems) -> dict[str, Any]:
    if not isinstance(payload, dict):
        problems.add("body", "must be a JSON object")
        return {}
    for name in payload:
        if name not in FIELDS:
            _, _, hint = unknown("field", name, list(FIELDS)).partition(": ")
            problems.add(str(name)[:80], f"is not a field of an export: {hint}")
    checked = {}
    for name, declared in FIELDS.items():
        value = payload.get(name)
        if value is None and declared.required:
            problems.add(name, "is required")
        elif value is None:
            value = declared.default
        else:
            check_field(name, declared, value, problems)
        checked[name] = value
    return checked


def _type_and_format(
    known: Mapping[str, Any], problems: Problems
) -> tuple[Dataset, type[Renderer]]:
    """Placeholders stand in for what is wrong; ``problems`` then refuses it."""
    wanted = known.get("export_type")
    name = known.get("format")
    name = ALIASES.get(name, name) if isinstance(name, str) else name
    dataset, renderer = DATASETS["verifications"], RENDERERS["csv"]
    if wanted == custom.NAME:
        dataset = custom.of(())
    elif isinstance(wanted, str) and wanted not in DATASETS:
        names = [*DATASETS, custom.NAME]
        problems.add("export_type", f"is an {unknown('type', wanted, names)}")
    elif isinstance(wanted, str):
        dataset = DATASETS[wanted]
    if isinstance(name, str) and name not in RENDERERS:
        problems.add("format", f"is an {unknown('format', name, list(RENDERERS))}")
    elif isinstance(name, str) and name not in dataset.formats:
        takes = ", ".join(dataset.formats)
        problems.add("format", f"is not one that {dataset.name} takes: {takes}")
    elif isinstance(name, str):
        renderer = RENDERERS[name]
    return dataset, renderer


def _check_custom(known: Mapping[str, Any], problems: Problems) -> None:
    """A query stands where a dataset's filters and order would, and only there."""
    is_custom = known.get("export_type") == custom.NAME
    if not is_custom and isinstance(known.get("custom_query"), str):
        problems.add("custom_query", f"is allowed with export_type {custom.NAME} alone")
    if not is_custom:
        return
    if known["custom_query"] is None:
        problems.add("custom_query", f"is required with export_type {custom.NAME}")
    for name in ("filters", "time_range", "sort_by"):
        if known[name]:
            problems.add(name, "is not taken with a custom query: write it there")


def _parse(
    known: Mapping[str, Any],
    dataset: Dataset,
    renderer: type[Renderer],
    clearance: Clearance,
    problems: Problems,
) -> ExportSpec:
    raw = dict(known["filters"])
    date_range = _date_range(raw.pop("date_range", None), problems)
    spec = ExportSpec(
        business_id=known["business_id"],
        export_type=dataset.name,
        format=ALIASES.get(known["format"], known["format"]),
        columns=selection.parse_columns(known["columns"], dataset, clearance, problems),
        sort=selection.parse_sort(
            known["sort_by"], known["sort_order"], dataset, problems
        ),
        conditions=filters.parse(raw, dataset, problems),
        raw_filters=known["filters"],
        date_range=date_range,
        time_range=ranges.parse(known["time_range"], problems),
        include_headers=known["include_headers"],
        include_metadata=known["include_metadata"],
        compression=_compression(
            known["compression"], known["format"], renderer, problems
        ),
        options=parse_options(known["options"], known["format"], renderer, problems),
        delivery=known["delivery"],
        on_denied=known["on_denied"],
        batch_size=known["batch_size"],
        max_rows=known["max_rows"],
        metadata=_metadata(known["metadata"], problems),
        template_id=known["template_id"],
        notify=receivers.parse(known["notify"], problems),
        destinations=receivers.parse_destinations(known["destinations"], problems),
        password=known["password"],
        custom_query=known["custom_query"],
    )
    if isinstance(spec.password, str):
        passwords.check(spec.password, problems)
    if spec.max_rows is not None and spec.max_rows > knob("MAX_ROWS"):
        problems.add("max_rows", f"must be from 1 to {knob('MAX_ROWS')}")
    return _denied(spec, clearance, problems)


def _denied(spec: ExportSpec, clearance: Clearance, problems: Problems) -> ExportSpec:
    """Columns above the clearance are masked or refused.

    To filter or sort on one would tell what it holds, so that is refused always.
    """
    used = [condition.column for condition in spec.conditions]
    used += [key.column for key in spec.sort]
    problems.deny(column.name for column in used if column.clearance > clearance)
    hidden = [
        selected.column.name
        for selected in spec.columns
        if selected.column.clearance > clearance
    ]
    if spec.on_denied != "mask":
        problems.deny(hidden)
    return spec


def _date_range(name: Any, problems: Problems) -> str | None:
    if name is None or (isinstance(name, str) and name in ranges.RELATIVE):
        return name
    problems.add("filters.date_range", f"must be one of {', '.join(ranges.RELATIVE)}")
    return None


def _compression(
    value: Any, format_name: str, renderer: type[Renderer], problems: Problems
) -> str | None:
    if value in COMPRESSIONS and renderer.compressed_inside:
        problems.add(
            "compression",
            f"does not fit {format_name}, which is compressed inside:"
            " send true or false",
        )
    if not value or renderer.compressed_inside:
        return None
    return "gzip" if value is True else str(value)


def _metadata(value: dict[str, Any], problems: Problems) -> dict[str, Any]:
    if len(json.dumps(value, ensure_ascii=False).encode()) > MAX_METADATA_BYTES:
        problems.add("metadata", f"must be at most {MAX_METADATA_BYTES} bytes of JSON")
    return value

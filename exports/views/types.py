"""What can be exported: datasets with their columns and filters, and formats."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from exports.conf import max_bytes
from exports.pipeline.datasets import DATASETS
from exports.pipeline.datasets.base import Column, Dataset
from exports.pipeline.fields import COMPRESSIONS
from exports.pipeline.filters import operators
from exports.pipeline.ranges import RELATIVE
from exports.pipeline.renderers import RENDERERS
from exports.pipeline.sinks.encrypt import METHODS
from exports.views.answers import errors
from exports.views.base import ApiViewSet
from exports.views.parsers import no_unknown


class TypeViewSet(ApiViewSet):
    @extend_schema(
        operation_id="types_list",
        summary="Datasets with columns and filters, and formats with options",
        responses={200: OpenApiTypes.OBJECT, **errors(400)},
    )
    def list(self, request: Request) -> Response:
        no_unknown(request, ())
        return Response(
            {
                "types": [_dataset(DATASETS[name]) for name in DATASETS],
                "formats": [_format(name) for name in RENDERERS],
                "date_ranges": list(RELATIVE),
            }
        )


def _dataset(dataset: Dataset) -> dict[str, Any]:
    return {
        "type": dataset.name,
        "title": dataset.title,
        "description": dataset.description,
        "version": dataset.version,
        "time_column": dataset.time_column,
        "formats": [name for name in dataset.formats if name in RENDERERS],
        "columns": [_column(column) for column in dataset.columns],
        "filters": [
            {
                "name": f"{column.name}_{operator}" if operator else column.name,
                "column": column.name,
                "operator": operator or "equal",
            }
            for column in dataset.columns
            for operator in operators(column)
        ],
    }


def _column(column: Column) -> dict[str, Any]:
    described = {
        "name": column.name,
        "label": column.title,
        "type": column.type,
        "description": column.description,
        "class": column.clearance.label,
        "nullable": column.nullable,
        "filterable": column.filterable,
        "sortable": column.sortable,
    }
    return described | ({"choices": list(column.choices)} if column.choices else {})


def _format(name: str) -> dict[str, Any]:
    renderer = RENDERERS[name]
    return {
        "format": name,
        "extension": renderer.extension,
        "media_type": renderer.media_type,
        "compressions": [] if renderer.compressed_inside else list(COMPRESSIONS),
        "encryption": METHODS[renderer.encryption].as_json(),
        "max_bytes": max_bytes(name, background=False),
        "job_max_bytes": max_bytes(name, background=True),
        "options": [
            {
                "name": option.name,
                "type": option.kind.__name__,
                "default": option.default,
                "description": option.help,
            }
            | ({"choices": list(option.choices)} if option.choices else {})
            for option in renderer.options
        ],
    }

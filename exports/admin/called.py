"""What people call datasets, formats, states and errors: the API has short names."""

from typing import Any, Final

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from exports.models.jobs import CUSTOMER_360
from exports.pipeline.datasets import DATASETS, custom
from exports.pipeline.renderers import RENDERERS
from exports.states import DeliveryState

_OTHERS: Final = {CUSTOMER_360: _("Customer reports"), custom.NAME: _("Custom query")}
FORMATS: Final = {
    "csv": "CSV",
    "tsv": "TSV",
    "json": "JSON",
    "ndjson": "NDJSON",
    "excel": "Excel",
    "xlsx": "Excel",
    "pdf": "PDF",
    "xml": "XML",
    "yaml": "YAML",
    "parquet": "Parquet",
}

_ERRORS: Final = {
    "CONFLICT": _("its state did not allow it"),
    "EXPORT_ERROR": _("it broke: the log knows more"),
    "EXPORT_EXPIRED": _("a file that it needs is gone"),
    "EXPORT_SIZE_EXCEEDED": _("too many rows, or too large a file"),
    "FORBIDDEN": _("rights were missing by then"),
    "QUERY_REFUSED": _("the query was refused, or took too much"),
    "SERVICE_UNAVAILABLE": _("a part of the service was away"),
    "VALIDATION_ERROR": _("what was asked for is not possible"),
    "worker_lost": _("its worker was lost too often"),
}
_DELIVERED: Final = {
    DeliveryState.PENDING: _("on its way"),
    DeliveryState.DELIVERED: _("delivered"),
    DeliveryState.FAILED: _("failed"),
}


def error_name(code: str) -> Any:
    """Why exports fail that have this code; empty where the code says it all."""
    return gettext_lazy(_ERRORS[code]) if code in _ERRORS else ""


def delivered(state: str) -> Any:
    """How a delivery stands."""
    return gettext_lazy(_DELIVERED[DeliveryState(state)])


def type_name(name: str) -> Any:
    """In the reader's language, once it is shown."""
    if name in DATASETS:
        return gettext_lazy(DATASETS[name].title)
    return gettext_lazy(_OTHERS[name]) if name in _OTHERS else name


def format_name(name: str) -> str:
    return FORMATS.get(name, name)


def what(type_: str, format_: str) -> str:
    """Of an export, in one text."""
    return f"{type_name(type_)}, {format_name(format_)}"


def types() -> list[tuple[str, Any]]:
    """All that exports are of, as choices."""
    return [(name, type_name(name)) for name in (*DATASETS, *_OTHERS)]


def formats() -> list[tuple[str, str]]:
    return [(name, format_name(name)) for name in RENDERERS]

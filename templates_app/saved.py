"""What a template is, built-in or a business's own: a plain value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from customers.clearance import Clearance
from exports.errors import Detail, Invalid
from exports.pipeline.moments import utc_text
from exports.pipeline.spec import ExportSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """:ivar business_id: None when it is built-in.

    :ivar columns: names, or objects with name, label, transform; None: all that may
        be seen.
    :ivar version: raised by each change.
    """

    id: str
    business_id: str | None
    name: str
    description: str
    type: str
    format: str
    columns: Sequence[Any] | None
    sort_by: Sequence[str] | None
    sort_order: str
    created_at: datetime
    updated_at: datetime
    filters: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    version: int = 1

    def spec(self) -> dict[str, Any]:
        """The part of an export's spec that it stands for."""
        return {
            "export_type": self.type,
            "format": self.format,
            "columns": _listed(self.columns),
            "filters": dict(self.filters),
            "sort_by": _listed(self.sort_by),
            "sort_order": self.sort_order,
            "options": dict(self.options),
        }

    def as_json(self) -> dict[str, Any]:
        spec = self.spec()
        wrong = problems(spec, business_id=self.business_id)
        return {
            "id": self.id,
            "business_id": self.business_id,
            "name": self.name,
            "description": self.description,
            "type": spec.pop("export_type"),
            **spec,
            "is_builtin": self.business_id is None,
            "is_valid": not wrong,
            "problems": wrong,
            "created_at": utc_text(self.created_at),
            "updated_at": utc_text(self.updated_at),
        }


def problems(spec: Mapping[str, Any], *, business_id: str | None) -> list[Detail]:
    """Why it would not run, whoever asks: what it names is gone, as a rule."""
    if business_id is None:
        return []
    try:
        whole = dict(spec) | {"business_id": business_id}
        ExportSpec.parse(whole, clearance=Clearance.SENSITIVE)
    except Invalid as error:
        return as_template(error.details)
    return []


def as_template(details: Sequence[Detail]) -> list[Detail]:
    """What is wrong with a spec, in the words of a template."""
    return [
        {"field": "type", "message": detail["message"].replace("export_type", "type")}
        if detail["field"] == "export_type"
        else detail
        for detail in details
    ]


def _listed(items: Sequence[Any] | None) -> list[Any] | None:
    return None if items is None else list(items)

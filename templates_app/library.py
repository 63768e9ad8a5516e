"""The templates: built-in ones, and how a template's id becomes a spec."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from exports.errors import TemplateNotFound
from exports.pipeline.registry import unknown

_RELEASED_AT: Final = datetime(2026, 11, 21, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A template that ships with the service and that nobody can change."""

    id: str
    name: str
    description: str
    type: str
    format: str
    columns: tuple[str, ...]
    sort_by: tuple[str, ...]
    sort_order: str
    version: int = 1

    def as_json(self) -> dict[str, Any]:
        released = _RELEASED_AT.isoformat(timespec="microseconds")
        return {
            "id": self.id,
            "business_id": None,
            "name": self.name,
            "description": self.description,
            "type": self.type,
            "format": self.format,
            "columns": list(self.columns),
            "filters": {},
            "sort_by": list(self.sort_by),
            "sort_order": self.sort_order,
            "options": {},
            "is_builtin": True,
            "created_at": released,
            "updated_at": released,
        }


BUILT_IN: Final[Mapping[str, BuiltIn]] = {
    template.id: template
    for template in (
        BuiltIn(
            "verifications_csv",
            "Verifications (CSV)",
            "Status and score of every verification, newest first",
            "verifications",
            "csv",
            ("id", "business_name", "status", "score", "created_at", "updated_at"),
            ("created_at",),
            "desc",
        ),
        BuiltIn(
            "analytics_excel",
            "Analytics (Excel)",
            "Figures of each day, newest first, with a chart",
            "analytics",
            "excel",
            ("date", "verifications", "success_rate", "avg_score", "total_revenue"),
            ("date",),
            "desc",
        ),
        BuiltIn(
            "audit_logs_json",
            "Audit logs (JSON)",
            "What the users of the business did, newest first",
            "audit_logs",
            "json",
            (
                *("timestamp", "user_id", "action", "resource"),
                *("ip_address", "user_agent"),
            ),
            ("timestamp",),
            "desc",
        ),
        BuiltIn(
            "business_data_pdf",
            "Companies (PDF)",
            "The companies with their risk, by name",
            "business_data",
            "pdf",
            (
                *("business_id", "name", "address", "industry"),
                *("verification_status", "risk_score"),
            ),
            ("name",),
            "asc",
        ),
        BuiltIn(
            "reports_xml",
            "Reports (XML)",
            "Generated reports with their summaries, newest first",
            "reports",
            "xml",
            (
                *("id", "title", "type", "status", "period_start", "period_end"),
                *("summary", "created_at"),
            ),
            ("created_at",),
            "desc",
        ),
        BuiltIn(
            "user_data_yaml",
            "User accounts (YAML)",
            "Accounts with their activity and without personal data, newest first",
            "user_data",
            "yaml",
            (
                *("id", "role", "status", "last_login_at"),
                *("logins_30d", "actions_30d", "created_at"),
            ),
            ("created_at",),
            "desc",
        ),
    )
}


def find(template_id: str) -> BuiltIn:
    """:raises TemplateNotFound: saying which there are."""
    if template_id not in BUILT_IN:
        raise TemplateNotFound(unknown("template", template_id, list(BUILT_IN)))
    return BUILT_IN[template_id]


def resolve(template_id: str, *, business_id: str) -> tuple[dict[str, Any], int]:
    """The spec that a template stands for, and its version.

    :raises TemplateNotFound: there is none of that id for this business.
    """
    del business_id  # built-in ones are everybody's
    template = find(template_id)
    spec: dict[str, Any] = {
        "export_type": template.type,
        "format": template.format,
        "columns": list(template.columns),
        "filters": {},
        "sort_by": list(template.sort_by),
        "sort_order": template.sort_order,
        "options": {},
    }
    return spec, template.version

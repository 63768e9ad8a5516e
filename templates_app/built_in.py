"""The templates that ship with the service; nobody can change them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Final

from templates_app.saved import Template

_RELEASED_AT: Final = datetime(2026, 11, 21, tzinfo=UTC)
_built_in: Final = partial(
    Template, business_id=None, created_at=_RELEASED_AT, updated_at=_RELEASED_AT
)

BUILT_IN: Final[Mapping[str, Template]] = {
    template.id: template
    for template in (
        _built_in(
            id="verifications_csv",
            name="Verifications (CSV)",
            description="Status and score of every verification, newest first",
            type="verifications",
            format="csv",
            columns=(
                *("id", "business_name", "status", "score"),
                *("created_at", "updated_at"),
            ),
            sort_by=("created_at",),
            sort_order="desc",
        ),
        _built_in(
            id="analytics_excel",
            name="Analytics (Excel)",
            description="Figures of each day, newest first, with a chart",
            type="analytics",
            format="excel",
            columns=(
                *("date", "verifications", "success_rate"),
                *("avg_score", "total_revenue"),
            ),
            sort_by=("date",),
            sort_order="desc",
        ),
        _built_in(
            id="audit_logs_json",
            name="Audit logs (JSON)",
            description="What the users of the business did, newest first",
            type="audit_logs",
            format="json",
            columns=(
                *("timestamp", "user_id", "action", "resource"),
                *("ip_address", "user_agent"),
            ),
            sort_by=("timestamp",),
            sort_order="desc",
        ),
        _built_in(
            id="business_data_pdf",
            name="Companies (PDF)",
            description="The companies with their risk, by name",
            type="business_data",
            format="pdf",
            columns=(
                *("business_id", "name", "address", "industry"),
                *("verification_status", "risk_score"),
            ),
            sort_by=("name",),
            sort_order="asc",
        ),
        _built_in(
            id="reports_xml",
            name="Reports (XML)",
            description="Generated reports with their summaries, newest first",
            type="reports",
            format="xml",
            columns=(
                *("id", "title", "type", "status", "period_start", "period_end"),
                *("summary", "created_at"),
            ),
            sort_by=("created_at",),
            sort_order="desc",
        ),
        _built_in(
            id="user_data_yaml",
            name="User accounts (YAML)",
            description="Accounts with their activity and without personal data,"
            " newest first",
            type="user_data",
            format="yaml",
            columns=(
                *("id", "role", "status", "last_login_at"),
                *("logins_30d", "actions_30d", "created_at"),
            ),
            sort_by=("created_at",),
            sort_order="desc",
        ),
    )
}

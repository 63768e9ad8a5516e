"""The only writer of audit events: call it inside the deed's own transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from customers.actors import Actor
from customers.models import AuditEvent
from customers.tenancy import TenantOwned


def record_row(
    action: str,
    row: TenantOwned,
    /,
    *,
    actor: Actor,
    outcome: str = "ok",
    **details: Any,
) -> AuditEvent:
    """Of a row that is told by its id, under the name of its model."""
    return record(
        action,
        actor=actor,
        business_id=row.business_id,
        object_type=str(row._meta.model_name),
        object_id=str(row),
        outcome=outcome,
        details=details,
    )


def record(  # noqa: PLR0913 -- who, what, to what, how it went: none can be left out
    action: str,
    *,
    actor: Actor,
    business_id: str | None,
    object_type: str = "",
    object_id: str = "",
    outcome: str = "ok",
    details: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> AuditEvent:
    """:param action: ``noun.verb``, as ``export.download``."""
    return AuditEvent.objects.create(
        at=now or timezone.now(),
        business_id=business_id,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label[:200],
        action=action,
        object_type=object_type,
        object_id=object_id,
        outcome=outcome,
        ip_address=actor.ip_address,
        request_id=actor.request_id[:128],
        details=dict(details or {}),
    )

"""What the trail tells of one row, in words: of an export, a schedule, a webhook."""

from collections.abc import Iterable
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from customers.admin.trail import OUTCOMES
from customers.models import AuditEvent

WORDS: Final = {
    "export.cancel_requested": _("cancel asked for"),
    "export.cancelled": _("cancelled"),
    "export.completed": _("completed"),
    "export.downloaded": _("file downloaded"),
    "export.failed": _("failed"),
    "export.pending": _("waits again"),
    "export.processing": _("begun"),
    "export.requested": _("asked for"),
    "file.deleted": _("file deleted"),
    "file.expired": _("file expired"),
    "file.lost": _("file lost"),
    "schedule.changed": _("changed"),
    "schedule.created": _("made"),
    "schedule.paused": _("paused"),
    "schedule.resumed": _("resumed"),
    "schedule.run": _("run"),
    "schedule.run_failed": _("run failed"),
    "schedule.run_skipped": _("run skipped"),
    "webhook.changed": _("changed"),
    "webhook.created": _("made"),
    "webhook.disabled": _("disabled"),
    "webhook.redelivered": _("sent again"),
    "webhook.rotated": _("secret rotated"),
    "webhook.tested": _("tested"),
}


def told(events: Iterable[AuditEvent]) -> list[dict[str, Any]]:
    return [
        {
            "at": event.at,
            "who": event.actor_label,
            "word": WORDS.get(event.action, ""),
            "action": event.action,
            "outcome": OUTCOMES.get(event.outcome, event.outcome),
        }
        for event in events
    ]

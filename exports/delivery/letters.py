"""What a mail says, in the language that is active: a paragraph for each event."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.template.defaultfilters import filesizeformat
from django.utils import formats, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.actors import system
from exports import files
from exports.models import Delivery, ExportFile, ExportJob
from exports.states import Event


@dataclass(frozen=True, slots=True)
class Paragraph:
    """:ivar link: a signed one; whoever reads it may have the file.

    :ivar note: what the reader should know of the link, or why there is none.
    """

    title: str
    note: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    language: str
    subject: str
    paragraphs: Sequence[Paragraph]
    footer: str


def letter(deliveries: Sequence[Delivery], *, now: datetime) -> Letter:
    """:param deliveries: of one business, to one receiver."""
    business = deliveries[0].business
    paragraphs = [_WRITERS[Event(each.event)](each, now) for each in deliveries]
    subject = paragraphs[0].title
    if len(paragraphs) > 1:
        subject = ngettext(
            "%(count)d message about exports", "%(count)d messages about exports", 2
        ) % {"count": len(paragraphs)}
    return Letter(
        language=translation.get_language() or "en",
        # A header is one line.
        subject=" ".join(f"{subject} – {business.name}".split())[:200],
        paragraphs=paragraphs,
        footer=_(
            "You get this mail because your address was named for exports of"
            " %(business)s."
        )
        % {"business": business.name},
    )


def _export(delivery: Delivery, now: datetime) -> Paragraph:
    jobs = ExportJob.objects.for_business(delivery.business_id)
    job = jobs.with_file().get(pk=delivery.payload["job"])
    named = {"type": job.export_type, "format": job.format}
    if job.error_code:
        title = _("Export %(type)s (%(format)s) has failed") % named
        return Paragraph(title, f"{job.error_message} ({job.error_code}, {job.job_id})")
    file: ExportFile | None = getattr(job, "file", None)
    if file is None:
        title = _("Export %(type)s (%(format)s) was cancelled") % named
        return Paragraph(title, job.job_id)
    title = _("Export %(type)s (%(format)s) is ready") % named
    rows = ngettext("%(count)s row", "%(count)s rows", file.row_count) % {
        "count": formats.number_format(file.row_count, force_grouping=True)
    }
    size = filesizeformat(file.size).replace("\xa0", " ")
    # Whoever asked for the export has named who is told.
    reader = system("mail")
    link = files.link(file, reader=reader) if file.expires_at > now else None
    if link is None:
        gone = _("The file can no longer be had: run the export again.")
        return Paragraph(title, f"{rows}, {size}. {gone}")
    until = _(
        "The link is good until %(until)s, and opens the file for whoever has it."
    )
    zone = ZoneInfo(delivery.business.time_zone)
    told = until % {"until": _moment(file.expires_at, zone)}
    return Paragraph(title, f"{rows}, {size}. {told}", link)


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{formats.date_format(local, 'DATETIME_FORMAT')} ({zone.key})"


def _webhook_disabled(delivery: Delivery, now: datetime) -> Paragraph:
    del now
    title = _("The webhook %(webhook_id)s was disabled") % delivery.payload
    return Paragraph(title, f"{_(delivery.payload['reason'])}.")


def _schedule_paused(delivery: Delivery, now: datetime) -> Paragraph:
    del now
    title = _("The schedule %(name)s was paused") % delivery.payload
    failures = delivery.payload["failures"]
    reason = ngettext(
        "%(count)s run has failed.", "%(count)s runs in a row have failed.", failures
    )
    return Paragraph(title, reason % {"count": failures})


def _run_failed(delivery: Delivery, now: datetime) -> Paragraph:
    del now
    told = delivery.payload
    title = _("A run of the schedule %(name)s has failed") % told
    note = f"{told['reason']} ({told['code']}, {told['schedule_id']})"
    return Paragraph(title, note)


def _not_brought(delivery: Delivery, now: datetime) -> Paragraph:
    del now
    told = delivery.payload
    title = _("Export %(type)s (%(format)s) was not brought to %(destination)s")
    reason = ngettext(
        "%(count)s attempt has failed, and there will be no other: %(error)s.",
        "%(count)s attempts have failed, and there will be no other: %(error)s.",
        told["attempts"],
    )
    named = {"count": told["attempts"], "error": _(told["error"])}
    again = _("While the file is stored it can be sent once more: %(delivery_id)s.")
    return Paragraph(title % told, f"{reason % named} {again % told}")


_WRITERS: Final[Mapping[Event, Callable[[Delivery, datetime], Paragraph]]] = {
    Event.COMPLETED: _export,
    Event.FAILED: _export,
    Event.CANCELLED: _export,
    Event.DISABLED: _webhook_disabled,
    Event.SCHEDULE_PAUSED: _schedule_paused,
    Event.UNDELIVERED: _not_brought,
    Event.RUN_FAILED: _run_failed,
}

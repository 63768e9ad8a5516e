"""When a schedule is due, as somebody fills it in, and what its next times would be."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.utils import formats
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    INPUT_CLASSES,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from customers.models import Business
from exports.admin import refusals
from exports.errors import Invalid
from templates_app import schedule_drafts
from templates_app.models import Schedule
from templates_app.timetable import MAX_CRON

UPCOMING: Final = 5
CRONS: Final = (
    ("0 6 * * *", _("each day at 6")),
    ("30 6 * * 1-5", _("Monday to Friday at 6:30")),
    ("0 7 * * MON", _("Mondays at 7")),
    ("0 5 1 * *", _("the first of each month at 5")),
    ("0 5 L * *", _("the last of each month at 5")),
    ("0 * * * *", _("each hour")),
)
"""What the field of a cron expression offers."""
FIELDS: Final = ("cron", "interval_minutes", "time_zone", "starts_at", "ends_at")


@cache
def _names() -> tuple[str, ...]:
    """The library reads a folder each time."""
    return tuple(sorted(available_timezones()))


def zones() -> list[tuple[str, Any]]:
    return [("", _("The business's own")), *((name, name) for name in _names())]


def _moment() -> forms.DateTimeInput:
    attrs = {"type": "datetime-local", "class": " ".join(INPUT_CLASSES)}
    return forms.DateTimeInput(attrs=attrs, format="%Y-%m-%dT%H:%M")


class TimesForm(forms.Form):
    cron = forms.CharField(
        label=_("Cron expression"),
        required=False,
        max_length=MAX_CRON,
        widget=UnfoldAdminTextInputWidget(
            attrs={"list": "kyb-crons", "autocomplete": "off", "spellcheck": "false"}
        ),
        help_text=_(
            "Minute, hour, day, month, day of the week, as 30 6 * * 1-5: Monday to"
            " Friday at 6:30. Or an interval."
        ),
    )
    interval_minutes = forms.IntegerField(
        label=_("Or every so many minutes"),
        required=False,
        widget=UnfoldAdminIntegerFieldWidget(attrs={"min": "1"}),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        choices=zones,
        widget=UnfoldAdminSelectWidget,
        help_text=_("The times here are local there, through summer and winter."),
    )
    starts_at = forms.DateTimeField(
        label=_("Not before"), required=False, widget=_moment()
    )
    ends_at = forms.DateTimeField(
        label=_("No longer from"), required=False, widget=_moment()
    )

    def times(self, business: Business) -> dict[str, Any]:
        """What would be sent over HTTP."""
        data = self.cleaned_data
        zone = ZoneInfo(data["time_zone"] or business.time_zone)
        return {
            "cron": data["cron"] or None,
            "interval_minutes": data["interval_minutes"],
            "time_zone": zone.key,
            "starts_at": _sent(data["starts_at"], zone),
            "ends_at": _sent(data["ends_at"], zone),
        }


def times_of(row: Schedule) -> dict[str, Any]:
    """What the fields hold of a schedule that is there."""
    zone = ZoneInfo(row.time_zone)
    return {
        "cron": row.cron,
        "interval_minutes": row.interval_minutes,
        "time_zone": row.time_zone,
        "starts_at": _shown(row.starts_at, zone),
        "ends_at": _shown(row.ends_at, zone),
    }


def look(given: Mapping[str, Any], business: Business, *, now: datetime) -> Any:
    """The next times by what was filled in so far; or what is wrong with it."""
    form = TimesForm(given)
    if not form.is_valid():
        wrong = [each for errors in form.errors.values() for each in errors]
        return {"wrong": wrong}
    asked = form.times(business)
    try:
        timetable = schedule_drafts.timetable(asked, business=business, now=now)
    except Invalid as error:
        found = refusals.told_all(error.details)
        return {"wrong": [each["message"] for each in found]}
    times = timetable.upcoming(now, count=UPCOMING)
    return {"times": shown(times, timetable.zone), "zone": timetable.zone}


def shown(times: Sequence[datetime], zone: str) -> list[str]:
    """As clocks there show them, with the day of the week."""
    return [local(at, zone) for at in times]


def local(at: datetime, zone: str) -> str:
    there = at.astimezone(ZoneInfo(zone))
    day = formats.date_format(there, "D")
    return f"{day}, {formats.date_format(there, 'DATETIME_FORMAT')} ({there:%Z})"


def rhythm(row: Schedule) -> str:
    """When it is due, in words as far as there are some."""
    if row.cron:
        words = dict(CRONS).get(row.cron)
        return f"{words} ({row.cron})" if words else row.cron
    hours, minutes = divmod(row.interval_minutes or 0, 60)
    days, rest = divmod(hours, 24)
    if days and not rest and not minutes:
        told = ngettext("every day", "every %(days)s days", days)
        return told % {"days": days}
    return gettext("every %(time)s h") % {"time": f"{hours}:{minutes:02}"}


def _sent(local_time: datetime | None, zone: ZoneInfo) -> str | None:
    """The field has no zone, and the form has read it in that of the settings."""
    return local_time.replace(tzinfo=zone).isoformat() if local_time else None


def _shown(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    """The time there, as if it were one in the zone of the settings."""
    return at and at.astimezone(zone).replace(second=0, microsecond=0, tzinfo=UTC)

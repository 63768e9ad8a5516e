"""A schedule as somebody sends it: what may be said, and what is wrong with it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError

from customers.models import Business
from customers.models.businesses import validate_time_zone
from exports.pipeline.payloads import an_object, size_of
from exports.pipeline.problems import Problems
from exports.pipeline.values import BadValue, moment
from templates_app.missed import Missed
from templates_app.models import Schedule
from templates_app.timetable import MAX_MINUTES, BadCron, Timetable, check_cron

MAX_NAME: Final = 200
MAX_BYTES: Final = 65_536
_CHOICES: Final = {
    "missed": (Missed.values, Missed.RUN_ONCE),
    "data_range": (Schedule.DataRange.values, Schedule.DataRange.AS_ASKED),
}
_FLAGS: Final = ("only_if_changed", "only_if_not_empty")
_KEPT: Final = (
    *("name", "cron", "interval_minutes", "time_zone", "starts_at", "ends_at"),
    *("export", "customers", *_CHOICES, *_FLAGS),
)
FIELDS: Final = (
    *("business_id", "name", "cron", "interval_minutes", "time_zone", "starts_at"),
    *("ends_at", "export", "customer_360", "password", *_CHOICES, *_FLAGS, "paused"),
)
CHANGING: Final = (*FIELDS, "take_over")


def check_body(body: Any, known: tuple[str, ...]) -> dict[str, Any]:
    """:raises Invalid: it is no object, or has a field that a schedule has not."""
    problems, fields = Problems(), an_object(body)
    problems.check_fields(fields, known)
    for name in ("paused", "take_over"):
        if not isinstance(fields.get(name), bool | None):
            problems.add(name, "must be true or false")
    if size_of(fields) > MAX_BYTES:
        problems.add("body", f"must be at most {MAX_BYTES} bytes")
    problems.settle()
    return fields


def as_body(row: Schedule) -> dict[str, Any]:
    """What would be sent for it, but for its password, which stays where it is."""
    body = {name: getattr(row, name) for name in _KEPT}
    body["cron"] = row.cron or None
    body["customer_360"] = body.pop("customers")
    for name in ("starts_at", "ends_at"):
        body[name] = body[name] and body[name].isoformat()
    return body


def read(body: Mapping[str, Any], *, business: Business) -> dict[str, Any]:
    """The columns of the row, but for what the export itself may be.

    And the password, in the clear, when the body names it: None takes it away.

    :raises Invalid: naming every field that is wrong.
    """
    problems = Problems()
    values: dict[str, Any] = {
        "name": _name(body.get("name"), problems),
        **_times(body, business, problems),
        **_what(body, business.id, problems),
    }
    for name, (choices, default) in _CHOICES.items():
        values[name] = body.get(name) or default
        if values[name] not in choices:
            problems.add(name, f"must be one of {', '.join(choices)}")
    for name in _FLAGS:
        values[name] = body.get(name) or False
        if not isinstance(values[name], bool):
            problems.add(name, "must be true or false")
    if "password" in body:
        values["password"] = _password(body, values, problems)
    _check_together(values, problems)
    problems.settle()
    return values


def timetable(
    body: Mapping[str, Any], *, business: Business, now: datetime
) -> Timetable:
    """What a schedule with these times would be due by, if it were made now.

    :raises Invalid: naming each of the times that is wrong.
    """
    problems = Problems()
    values = _times(body, business, problems)
    problems.settle()
    return Timetable(
        zone=values["time_zone"],
        anchor=anchor(values["starts_at"], now=now),
        cron=values["cron"],
        minutes=values["interval_minutes"],
        starts_at=values["starts_at"],
        ends_at=values["ends_at"],
    )


def anchor(starts_at: datetime | None, *, now: datetime) -> datetime:
    """What the intervals of a new one are counted from."""
    return starts_at or now.replace(second=0, microsecond=0)


def _check_together(values: Mapping[str, Any], problems: Problems) -> None:
    data_range = values["data_range"]
    if data_range == Schedule.DataRange.AS_ASKED:
        return
    if values["customers"] is not None:
        problems.add("data_range", "must be as_asked for customer_360")
    if values["only_if_changed"]:
        problems.add(
            "only_if_changed",
            f"says nothing where data_range is {data_range}: send only_if_not_empty",
        )


def _name(value: Any, problems: Problems) -> Any:
    if value is None:
        problems.add("name", "is required")
    elif not isinstance(value, str):
        problems.add("name", "must be a text")
    elif not 1 <= len(value.strip()) <= len(value) <= MAX_NAME:
        problems.add("name", f"must have 1 to {MAX_NAME} characters, not only spaces")
    return value


def _password(
    body: Mapping[str, Any], values: Mapping[str, Any], problems: Problems
) -> Any:
    """The export's own check says what a good one is."""
    value = body["password"]
    if not isinstance(value, str | None):
        problems.add("password", "must be a text")
    elif value is not None and values["customers"] is not None:
        problems.add("password", "must be left out for customer_360")
    return value


def _zone(value: Any, problems: Problems) -> Any:
    try:
        validate_time_zone(value if isinstance(value, str) else "")
    except ValidationError:
        problems.add("time_zone", "must be an IANA time zone, such as Europe/Berlin")
    return value


def _moment(name: str, value: Any, problems: Problems) -> datetime | None:
    if value is None:
        return None
    try:
        return moment(value)
    except BadValue as error:
        problems.add(name, str(error))
        return None


def _times(
    body: Mapping[str, Any], business: Business, problems: Problems
) -> dict[str, Any]:
    zone = _zone(body.get("time_zone") or business.time_zone, problems)
    starts_at = _moment("starts_at", body.get("starts_at"), problems)
    ends_at = _moment("ends_at", body.get("ends_at"), problems)
    if starts_at and ends_at and ends_at <= starts_at:
        problems.add("ends_at", "must be after starts_at")
    span = {"time_zone": zone, "starts_at": starts_at, "ends_at": ends_at}
    return span | _rhythm(body, problems)


def _rhythm(body: Mapping[str, Any], problems: Problems) -> dict[str, Any]:
    cron, minutes = body.get("cron"), body.get("interval_minutes")
    if (cron is None) == (minutes is None):
        problems.add("cron", "or interval_minutes must be there, and not both")
    elif cron is None:
        if type(minutes) is not int or not 1 <= minutes <= MAX_MINUTES:
            problems.add(
                "interval_minutes", f"must be a whole number from 1 to {MAX_MINUTES}"
            )
    elif not isinstance(cron, str):
        problems.add("cron", "must be a text")
    else:
        try:
            cron = check_cron(cron)
        except BadCron as error:
            problems.add("cron", str(error))
    return {"cron": cron or "", "interval_minutes": minutes}


def _what(
    body: Mapping[str, Any], business_id: str, problems: Problems
) -> dict[str, Any]:
    export, customers = body.get("export"), body.get("customer_360")
    if (export is None) == (customers is None):
        problems.add("export", "or customer_360 must be there, and not both")
    for name, value, owner in (
        ("export", export, "business_id"),
        ("customer_360", customers, "businessId"),
    ):
        if not isinstance(value, dict | None):
            problems.add(name, "must be an object")
            continue
        given = value or {}
        if given.get("password") is not None:
            hint = "must be left out: send password beside it"
            problems.add(f"{name}.password", hint)
        if given.get(owner) not in (None, business_id):
            message = "must be the schedule's own, which may also be left out"
            problems.add(f"{name}.{owner}", message)
    return {"export": export, "customers": customers}

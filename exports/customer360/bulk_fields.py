"""The body of a bulk request: every field of it, and all that is wrong with one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from customers.models import Customer
from exports.customer360.options import (
    DEFAULTS,
    MOST,
    check_choice,
    check_options,
    uuid,
)
from exports.pipeline.payloads import an_object
from exports.pipeline.problems import Problems
from exports.pipeline.values import BadValue, moment

OWN: Final = ("businessId", "customerIds", "filter", "workbook")
_CHOSEN: Final = {
    "accountStatus": ("account_status__in", Customer.AccountStatus.values),
    "loyaltyLevel": ("loyalty_level__in", Customer.LoyaltyLevel.values),
}
_NAMED: Final = {"segment": "segments__name__in", "tag": "tags__name__in"}
_MOMENTS: Final = {
    "registeredAfter": "registered_at__gte",
    "registeredBefore": "registered_at__lt",
}
FILTERS: Final = (*_CHOSEN, *_NAMED, *_MOMENTS)


@dataclass(frozen=True, slots=True)
class Asked:
    """:ivar customer_ids: None when they are found by the filter.

    :ivar lookups: what the filter means to the database.
    """

    options: Mapping[str, Any]
    business_id: str | None
    customer_ids: Sequence[UUID] | None
    workbook: bool
    filters: Mapping[str, Any] = field(default_factory=dict)
    lookups: Mapping[str, Any] = field(default_factory=dict)


def read(payload: Any) -> Asked:
    """:raises Invalid: naming each field that is wrong."""
    problems = Problems()
    an_object(payload)
    problems.check_fields(payload, (*OWN, *DEFAULTS))
    given = {name: payload[name] for name in DEFAULTS if name in payload}
    options = {**DEFAULTS, **given}
    check_options(options, problems)
    workbook = payload.get("workbook", False)
    _check_workbook(workbook, options, problems)
    business_id = payload.get("businessId")
    if not isinstance(business_id, str | None):
        problems.add("businessId", "must be a text")
    customer_ids = _customer_ids(payload, problems)
    lookups = _lookups(payload, problems)
    problems.settle()
    return Asked(
        options,
        business_id,
        customer_ids,
        workbook,
        filters=payload.get("filter") or {},
        lookups=lookups,
    )


def _check_workbook(
    workbook: Any, options: Mapping[str, Any], problems: Problems
) -> None:
    if not isinstance(workbook, bool):
        problems.add("workbook", "must be true or false")
    elif workbook and options["format"] != "xlsx":
        problems.add("workbook", "is for the format xlsx alone")


def _customer_ids(
    payload: Mapping[str, Any], problems: Problems
) -> Sequence[UUID] | None:
    has_ids, has_filter = (name in payload for name in ("customerIds", "filter"))
    if has_ids == has_filter:
        problems.add("customerIds", "or filter must be there, and not both")
    if has_filter and "businessId" not in payload:
        problems.add("businessId", "is required with a filter")
    if not has_ids:
        return None
    texts = payload["customerIds"]
    if not isinstance(texts, list) or not 1 <= len(texts) <= MOST:
        problems.add("customerIds", f"must be a list of 1 to {MOST} customers")
        return None
    found = [uuid(text) for text in texts]
    for place, value in enumerate(found):
        if value is None:
            problems.add(f"customerIds[{place}]", "must be a UUID")
    known = [value for value in found if value is not None]
    if len(set(known)) < len(known):
        problems.add("customerIds", "names a customer more than once")
    return known


def _lookups(payload: Mapping[str, Any], problems: Problems) -> dict[str, Any]:
    given = payload.get("filter", {})
    if not isinstance(given, dict):
        problems.add("filter", "must be an object")
        return {}
    problems.check_fields(given, FILTERS, at="filter.")
    found: dict[str, Any] = {}
    for name, value in given.items():
        where = f"filter.{name}"
        if name in _CHOSEN:
            lookup, choices = _CHOSEN[name]
            found[lookup] = _texts(where, value, problems)
            for text in found[lookup]:
                check_choice(where, text, choices, problems)
        elif name in _NAMED:
            found[_NAMED[name]] = _texts(where, value, problems)
        elif name in _MOMENTS:
            found[_MOMENTS[name]] = _read(where, value, moment, problems)
    return found


def _texts(where: str, value: Any, problems: Problems) -> list[str]:
    texts = value if isinstance(value, list) else [value]
    if not 1 <= len(texts) <= MOST or not all(isinstance(each, str) for each in texts):
        problems.add(where, f"must be a text, or a list of 1 to {MOST}")
        return []
    return texts


def _read(
    where: str, value: Any, reader: Callable[[Any], Any], problems: Problems
) -> Any:
    try:
        return reader(value)
    except BadValue:
        problems.add(where, "must be an ISO 8601 date and time with an offset")
        return None

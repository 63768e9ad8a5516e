"""The view, read in one snapshot: section by section, by a fixed number of queries."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from customers.clearance import Clearance
from customers.models import Customer, Note, Segment, Tag
from customers.rows import sole
from customers.view360 import classes, orders
from customers.view360.analytics import analytics
from customers.view360.churn import churn
from customers.view360.days import Days
from customers.view360.health import health
from customers.view360.metrics import metrics
from customers.view360.shape import Profile, Sections, View, WrittenNote
from customers.view360.signs import signs
from customers.view360.totals import ALIAS, Totals, Whose, totals

_ALWAYS: Final = (
    "business_id",
    "business__name",
    "business__time_zone",
    "business__currency",
    "revision",
    "loyalty_points",
)


class CustomerNotFound(LookupError):
    """Unknown, or of a business that is not theirs: nobody learns which."""


def read(
    customer_id: UUID,
    *,
    business_ids: frozenset[str] | None,
    sections: Sections,
    clearance: Clearance,
    now: datetime,
) -> View:
    """As ``open_view``, with all its orders in memory."""
    opened = open_view(
        customer_id,
        business_ids=business_ids,
        sections=sections,
        clearance=clearance,
        now=now,
    )
    with opened as view:
        return view if view.orders is None else replace(view, orders=(*view.orders,))


@contextmanager
def open_view(
    customer_id: UUID,
    *,
    business_ids: frozenset[str] | None,
    sections: Sections,
    clearance: Clearance,
    now: datetime,
) -> Iterator[View]:
    """The view; without a limit its orders are read as they are asked for.

    Metrics, health and churn are of the whole history, whatever ``sections`` says.

    :param business_ids: where the customer may be; None: anywhere.
    :raises CustomerNotFound: there is none.
    :raises ValueError: for a clearance that does not reach to figures.
    """
    if clearance < Clearance.INTERNAL:
        raise ValueError("figures are internal: the clearance must reach to them")
    with transaction.atomic(using=ALIAS):
        customer = _customer(customer_id, business_ids, clearance)
        days = Days.at(now, zone=customer["business__time_zone"])
        view = _Reading(Whose(customer), sections, clearance, days).view()
        try:
            yield view
        finally:
            if isinstance(view.orders, orders.Stream):
                view.orders.close()


def _customer(
    customer_id: UUID, business_ids: frozenset[str] | None, clearance: Clearance
) -> dict[str, Any]:
    mine = Customer.objects.using(ALIAS).for_businesses(business_ids)
    seen = classes.seen("profile", clearance)
    row = sole(mine.filter(pk=customer_id).values(*_ALWAYS, *seen))
    if row is None:
        raise CustomerNotFound
    return dict(row)


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reads what is asked for, and nothing else."""

    whose: Whose
    sections: Sections
    clearance: Clearance
    days: Days

    def view(self) -> View:
        customer, sections = self.whose.customer, self.sections
        summed = totals(self.whose, since=sections.since)
        profile = self._profile(summed)
        figures = metrics(summed, registered_at=profile.registered_at, days=self.days)
        seen = signs(self.whose, metrics=figures, days=self.days)
        known = ("profile", "notes") if sections.notes else ("profile",)
        return View(
            business_id=customer["business_id"],
            business_name=customer["business__name"],
            time_zone=customer["business__time_zone"],
            revision=customer["revision"],
            profile=profile,
            metrics=figures,
            health=health(seen),
            churn=churn(seen),
            segments=self._names(Segment) if sections.tags else None,
            tags=self._names(Tag) if sections.tags else None,
            orders=self._orders() if sections.orders else None,
            orders_found=summed.found if sections.orders else None,
            notes=self._notes() if sections.notes else None,
            analytics=analytics(
                self.whose,
                since=sections.since,
                currency=figures.currency,
                days=self.days,
            )
            if sections.analytics
            else None,
            withheld=classes.withheld(known, self.clearance),
        )

    def _profile(self, summed: Totals) -> Profile:
        """Registered, where nobody wrote down when, with the first order."""
        customer = self.whose.customer
        read: dict[str, Any] = {
            field.name: customer.get(field.name) for field in fields(Profile)
        }
        if "addresses" in customer:
            read["addresses"] = _addresses(customer["addresses"])
        read["registered_at"] = customer["registered_at"] or summed.first_at
        return Profile(**read)

    def _names(self, model: type[Tag | Segment]) -> tuple[str, ...]:
        rows = model.objects.using(ALIAS).for_business(
            self.whose.customer["business_id"]
        )
        rows = rows.filter(customer_id=self.whose.customer["id"])
        return tuple(sorted(rows.values_list("name", flat=True)))

    def _orders(self) -> orders.Stream | tuple[Any, ...]:
        limit = self.sections.order_limit
        found = orders.placed(self.whose, since=self.sections.since, limit=limit)
        return orders.Stream(found) if limit is None else tuple(found)

    def _notes(self) -> tuple[WrittenNote, ...]:
        rows = Note.objects.using(ALIAS).for_business(
            self.whose.customer["business_id"]
        )
        rows = rows.filter(customer_id=self.whose.customer["id"])
        if self.sections.since is not None:
            rows = rows.filter(created_at__gte=self.sections.since)
        names = classes.seen("notes", self.clearance)
        unseen = dict.fromkeys(field.name for field in fields(WrittenNote))
        newest = rows.order_by("-created_at", "pk").values(*names)
        return tuple(WrittenNote(**(unseen | row)) for row in newest)


def _addresses(value: Any) -> tuple[dict[str, Any], ...]:
    """The column is free JSON: what is no address with parts is shown as it stands."""
    entries = value if isinstance(value, list) else [value]
    return tuple(
        entry if isinstance(entry, dict) else {"text": str(entry)}
        for entry in entries
        if entry
    )

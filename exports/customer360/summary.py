"""What a report says of a customer before any table: the same words on every page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from customers.view360.shape import Churn, PlacedOrder, View
from exports.customer360.fields import METRICS, PROFILE, Field, Kind
from exports.customer360.fields import is_withheld as withheld
from exports.customer360.shown import (
    Text,
    ago,
    day,
    days,
    line,
    money,
    number,
    text,
)
from exports.customer360.texts import short, zone_of
from exports.customer360.words import WITHHELD, addresses, word

_MOST_ADDRESSES: Final = 20


@dataclass(frozen=True, slots=True)
class Labelled:
    """:ivar meter: a picture of the value beside it."""

    label: str
    text: Text
    meter: SafeString | str = ""


def heading(view: View) -> Text:
    """The customer's name, or what stands for it."""
    name = view.profile.name
    return line(name or gettext("Customer %s") % short(view.profile.id), most=200)


def about(view: View) -> str:
    profile, told = view.profile, [gettext("Customer report")]
    if profile.registered_at:
        since = day(profile.registered_at, zone=zone_of(view))
        told.append(gettext("Customer since %s") % since)
    told.append(gettext("Account: %s") % line(word(profile.account_status), most=60))
    if profile.loyalty_level:
        told.append(line(word(profile.loyalty_level), most=60))
    return " · ".join(told)


def cards(view: View) -> list[Labelled]:
    labels = {field.name: str(field.label) for field in METRICS}
    metrics = view.metrics
    texts = {
        "lifetime_value": money(metrics.lifetime_value, metrics.currency),
        "total_orders": number(metrics.total_orders),
        "average_order_value": money(metrics.average_order_value, metrics.currency),
        "days_since_last_purchase": ago(metrics.days_since_last_purchase),
        "total_spent": money(metrics.total_spent, metrics.currency),
        "purchase_frequency": gettext("%s in 30 days")
        % number(metrics.purchase_frequency, places=2),
        "tenure_days": days(metrics.tenure_days),
    }
    named = labels | {
        "days_since_last_purchase": gettext("Last Purchase"),
        "tenure_days": gettext("Tenure"),
    }
    cards = [Labelled(named[name], Text(shown)) for name, shown in texts.items()]
    level = view.profile.loyalty_level
    loyalty = line(word(level), most=40) if level else text(None)
    return [*cards, Labelled(gettext("Loyalty Level"), loyalty)]


def left_out(view: View) -> str:
    """What no figure tells."""
    others = line(", ".join(view.metrics.other_currencies), most=200)
    if not view.metrics.other_currencies:
        return ""
    return gettext("Orders in other currencies are in no figure: %s.") % others


def facts(view: View) -> list[Labelled]:
    """The profile, field by field."""
    return [Labelled(str(field.label), _fact_text(view, field)) for field in PROFILE]


def _fact_text(view: View, field: Field) -> Text:
    value = field.of(view.profile)
    if withheld(view, "profile", field):
        return Text(WITHHELD)
    match field.kind:
        case Kind.MOMENT:
            return day(value, zone=zone_of(view))
        case Kind.NESTED:
            return text("\n".join(_addresses(value)), most=2000)
        case Kind.WORD:
            return line(value and word(value))
        case _:
            return line(None if value is None else str(value))


def _addresses(known: tuple[dict[str, Any], ...] | None) -> list[str]:
    lines = addresses(known)
    if len(lines) <= _MOST_ADDRESSES:
        return lines
    more = gettext("and %d more") % (len(lines) - _MOST_ADDRESSES)
    return [*lines[:_MOST_ADDRESSES], more]


def verdict(churn: Churn) -> str:
    told = {
        "risk": number(churn.risk, places=1),
        "band": line(word(churn.band), most=40),
    }
    return gettext("%(band)s: %(risk)s of 100") % told


def groups(view: View) -> list[dict[str, Any]]:
    groups = (
        ("segments", gettext("Segments"), view.segments),
        ("tags", gettext("Tags"), view.tags),
    )
    return [
        {"kind": kind, "label": label, "names": [line(name) for name in names]}
        for kind, label, names in groups
        if names is not None
    ]


def reach(view: View, orders: Sequence[PlacedOrder]) -> str:
    """How many of the orders are shown."""
    found = len(orders) if view.orders_found is None else view.orders_found
    if not found:
        return ""
    told = {"shown": number(len(orders)), "found": number(found)}
    if found > len(orders):
        text = gettext("The newest %(shown)s of %(found)s orders.")
    else:
        text = ngettext(
            "%(found)s order, newest first.", "%(found)s orders, newest first.", found
        )
    times = gettext("Times of %(zone)s.") % {"zone": view.time_zone}
    return f"{text % told} {times}"

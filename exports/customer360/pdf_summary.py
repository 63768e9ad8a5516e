"""The first pages of the report: who, key figures, health, churn, profile, analytics.

They are laid out by CSS from templates that escape every value; what they name is not
fetched, whoever named it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from django.template import Context, Engine
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from weasyprint import CSS, HTML

from customers.view360.shape import Analytics, PlacedOrder, View
from exports.customer360 import charts, spend
from exports.customer360.fields import HEALTH_PARTS, METRICS, PROFILE, Field, Kind
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
from exports.pipeline.renderers.pdf_document import Refusing

TEMPLATES: Final = Path(__file__).parent / "templates"
_MOST_NAMES: Final = 14
"""Tags and segments that stand beside the profile; more have the page's width."""
_MOST_ADDRESSES: Final = 20
_ENGINE: Final = Engine(
    dirs=[str(TEMPLATES)], builtins=["django.templatetags.i18n"], autoescape=True
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """:ivar meter: a picture of the value beside it."""

    label: str
    text: Text
    meter: SafeString | str = ""


def written(view: View, orders: Sequence[PlacedOrder]) -> bytes:
    page = _ENGINE.get_template("report.html").render(Context(_context(view, orders)))
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    fetcher = Refusing()
    content: bytes = HTML(string=page, url_fetcher=fetcher).write_pdf(
        stylesheets=[CSS(string=style, url_fetcher=fetcher)],
        pdf_identifier=sha256(page.encode()).digest()[:16],
        pdf_tags=True,
    )
    return content


def heading(view: View) -> Text:
    """The customer's name, or what stands for it."""
    name = view.profile.name
    return line(name or gettext("Customer %s") % short(view.profile.id), most=200)


def _context(view: View, orders: Sequence[PlacedOrder]) -> dict[str, Any]:
    groups = _groups(view)
    is_long = sum(len(group["names"]) for group in groups) > _MOST_NAMES
    return {
        "language": get_language() or "en",
        "title": gettext("Customer report: %s") % heading(view),
        "business": line(view.business_name),
        "name": heading(view),
        "about": _about(view),
        "cards": _cards(view),
        "left_out": _left_out(view),
        "health": _health(view),
        "churn": _churn(view),
        "spend": spend.drawn(view, orders),
        "facts": [_fact(view, field) for field in PROFILE],
        "groups": () if is_long else groups,
        "long_groups": groups if is_long else (),
        "analytics": view.analytics and _analytics(view, view.analytics),
        "absent": () if orders or view.notes else _absent(view),
    }


def _absent(view: View) -> list[tuple[str, str]]:
    """Headings of what was asked for, where the report ends with this part."""
    orders = (gettext("Orders"), gettext("No orders in this range."))
    notes = (gettext("Notes"), gettext("No notes in this range."))
    return [orders] * (view.orders is not None) + [notes] * (view.notes is not None)


def _about(view: View) -> str:
    profile, told = view.profile, [gettext("Customer report")]
    if profile.registered_at:
        since = day(profile.registered_at, zone=zone_of(view))
        told.append(gettext("Customer since %s") % since)
    told.append(gettext("Account: %s") % line(word(profile.account_status), most=60))
    if profile.loyalty_level:
        told.append(line(word(profile.loyalty_level), most=60))
    return " · ".join(told)


def _cards(view: View) -> list[Labelled]:
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


def _left_out(view: View) -> str:
    """What no figure tells."""
    others = line(", ".join(view.metrics.other_currencies), most=200)
    if not view.metrics.other_currencies:
        return ""
    return gettext("Orders in other currencies are in no figure: %s.") % others


def _health(view: View) -> dict[str, Any]:
    health = view.health
    band = line(word(health.band), most=40)
    parts = ((str(field.label), field.of(health)) for field in HEALTH_PARTS)
    return {
        "band": band,
        "gauge": charts.gauge(health.score, label=band),
        "parts": [
            Labelled(label, Text(number(value, places=1)), charts.meter(float(value)))
            for label, value in parts
        ],
        "advice": [text(advice, most=1000) for advice in health.recommendations],
    }


def _churn(view: View) -> dict[str, Any]:
    churn = view.churn
    told = {
        "risk": number(churn.risk, places=1),
        "band": line(word(churn.band), most=40),
    }
    verdict = gettext("%(band)s: %(risk)s of 100") % told
    words = [word(band) for band in ("low", "medium", "high")]
    return {
        "verdict": verdict,
        "scale": charts.scale(churn.risk, words=words, label=verdict),
        "advice": [text(advice, most=1000) for advice in churn.strategies],
    }


def _fact(view: View, field: Field) -> Labelled:
    return Labelled(str(field.label), _fact_text(view, field))


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


def _groups(view: View) -> list[dict[str, Any]]:
    groups = (
        ("segments", gettext("Segments"), view.segments),
        ("tags", gettext("Tags"), view.tags),
    )
    return [
        {"kind": kind, "label": label, "names": [line(name) for name in names]}
        for kind, label, names in groups
        if names is not None
    ]


def _analytics(view: View, analytics: Analytics) -> dict[str, Any]:
    placed = sum(count for _, count in analytics.statuses) or 1
    return {
        "statuses": [
            Labelled(
                line(word(status), most=60),
                Text(number(count)),
                charts.meter(float(Decimal(100) * count / placed)),
            )
            for status, count in analytics.statuses
        ],
        "products": [
            {
                "sku": line(product.sku),
                "name": line(product.name),
                "quantity": number(product.quantity),
                "spent": money(product.spent, view.metrics.currency),
            }
            for product in analytics.products
        ],
    }

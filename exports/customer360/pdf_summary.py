"""The first pages of the report: who, key figures, health, churn, profile, analytics.

They are laid out by CSS from templates that escape every value; what they name is not
fetched, whoever named it.
"""

from collections.abc import Sequence
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from django.template import Context, Engine
from django.utils.translation import get_language, gettext
from weasyprint import CSS, HTML

from customers.view360.shape import Analytics, PlacedOrder, View
from exports.customer360 import charts, spend
from exports.customer360.fields import HEALTH_PARTS
from exports.customer360.shown import Text, line, money, number, text
from exports.customer360.summary import (
    Labelled,
    about,
    cards,
    facts,
    groups,
    heading,
    left_out,
    verdict,
)
from exports.customer360.words import word
from exports.pipeline.renderers.pdf_document import Refusing

TEMPLATES: Final = Path(__file__).parent / "templates"
_MOST_NAMES: Final = 14
"""Tags and segments that stand beside the profile; more have the page's width."""
_ENGINE: Final = Engine(
    dirs=[str(TEMPLATES)], builtins=["django.templatetags.i18n"], autoescape=True
)


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


def _context(view: View, orders: Sequence[PlacedOrder]) -> dict[str, Any]:
    named = groups(view)
    is_long = sum(len(group["names"]) for group in named) > _MOST_NAMES
    return {
        "language": get_language() or "en",
        "title": gettext("Customer report: %s") % heading(view),
        "business": line(view.business_name),
        "name": heading(view),
        "about": about(view),
        "cards": cards(view),
        "left_out": left_out(view),
        "health": _health(view),
        "churn": _churn(view),
        "spend": spend.drawn(view, orders),
        "facts": facts(view),
        "groups": () if is_long else named,
        "long_groups": named if is_long else (),
        "analytics": view.analytics and _analytics(view, view.analytics),
        "absent": () if orders or view.notes else _absent(view),
    }


def _absent(view: View) -> list[tuple[str, str]]:
    """Headings of what was asked for, where the report ends with this part."""
    orders = (gettext("Orders"), gettext("No orders in this range."))
    notes = (gettext("Notes"), gettext("No notes in this range."))
    return [orders] * (view.orders is not None) + [notes] * (view.notes is not None)


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
    told = verdict(churn)
    words = [word(band) for band in ("low", "medium", "high")]
    return {
        "verdict": told,
        "scale": charts.scale(churn.risk, words=words, label=told),
        "advice": [text(advice, most=1000) for advice in churn.strategies],
    }


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

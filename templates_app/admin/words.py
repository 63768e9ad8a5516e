"""Words of datasets and formats, which the API says in English, for the admin."""

from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from customers.clearance import Clearance
from exports.admin import called
from exports.pipeline.columns import ColumnType
from exports.pipeline.datasets import DATASETS

KINDS: Final[dict[str, str]] = {
    ColumnType.TEXT: _("text"),
    ColumnType.UUID: _("id"),
    ColumnType.INTEGER: _("whole number"),
    ColumnType.DECIMAL: _("decimal number"),
    ColumnType.DATE: _("date"),
    ColumnType.DATETIME: _("time"),
    ColumnType.JSON: _("JSON"),
}
CLASSES: Final[dict[str, str]] = {
    Clearance.PUBLIC.label: _("public"),
    Clearance.INTERNAL.label: _("internal"),
    Clearance.PERSONAL.label: _("personal"),
    Clearance.SENSITIVE.label: _("sensitive"),
}
# As the datasets and formats have them: listed, so that makemessages finds them.
SAID: Final = (
    *(_("Verifications"), _("Analytics"), _("Reports"), _("Audit logs")),
    *(_("User data"), _("Business data")),
    _("Checks of companies: status, score, risk level, fee, times."),
    _("Verifications by day: counts, success rate, mean score, revenue."),
    _("Reports that were generated over a period, with their summaries."),
    _("What the users of the business did on the platform."),
    _("User accounts of the business with their activity."),
    _("Companies with their register entries, addresses and risk."),
    *(_("ID"), _("Company ID"), _("Business name"), _("Registration number")),
    *(_("LEI"), _("Jurisdiction"), _("Status"), _("Score"), _("Risk level")),
    *(_("Checks"), _("Reviewer"), _("Reviewer email"), _("Notes"), _("Fee")),
    *(_("Verified at"), _("Created at"), _("Updated at"), _("Date")),
    *(_("Completed"), _("Failed"), _("Success rate"), _("Avg score")),
    *(_("High risk"), _("Total revenue"), _("Title"), _("Type")),
    *(_("Period start"), _("Period end"), _("Summary"), _("Created by")),
    *(_("Timestamp"), _("User ID"), _("User email"), _("Action"), _("Resource")),
    *(_("Resource ID"), _("Outcome"), _("IP address"), _("User agent")),
    *(_("Metadata"), _("Email"), _("Name"), _("Role"), _("Last login at")),
    *(_("Logins (30 days)"), _("Actions (30 days)"), _("Business ID")),
    *(_("Legal form"), _("Address"), _("City"), _("Postal code"), _("Country")),
    *(_("Industry"), _("Industry code"), _("Incorporated on")),
    *(_("Verification status"), _("Risk score"), _("Last verified at")),
    *(_("Between two fields."), _("Sign before the decimals.")),
    _("Start with a byte order mark, as old Excel wants it."),
    _("Pattern of dates and times, as %d.%m.%Y %H:%M."),
    _("What stands for null; a text that equals it is quoted."),
    _("Neutralise cells that a spreadsheet would run as a formula."),
    *(_("Spaces a level; 0 is compact."), _("Name of the root element.")),
    _("Name of a row's element."),
)


def names() -> dict[str, str]:
    """What the API says -> the same for the reader, where that differs."""
    told = {text: gettext(text) for text in SAID}
    told |= dict(called.formats()) | _values()
    return {said: text for said, text in told.items() if said != text}


def _values() -> dict[str, str]:
    """Of columns: the word, and beside it what stands in the file."""
    columns = (each for name in DATASETS for each in DATASETS[name].columns)
    labels = {
        value: value.replace("_", " ").title()
        for each in columns
        for value in each.choices
    }
    words = {value: gettext(label) for value, label in labels.items()}
    return {
        value: f"{word} ({value})"
        for value, word in words.items()
        if word != labels[value]
    }

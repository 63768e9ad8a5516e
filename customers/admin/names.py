"""What models and their fields are called, in the language of whoever is at the admin.

The models speak English, and their migrations with them.
"""

from typing import Final

from django.apps import apps
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

APPS: Final = ("customers", "exports", "templates_app")
# As Django makes them of names in the code: listed, so that makemessages finds them.
APP_NAMES: Final = (_("Customers"), _("Exports"))
NAMES: Final = (
    *(_("API key"), _("API keys"), _("audit event"), _("audit events")),
    *(_("audit log"), _("audit logs"), _("business"), _("businesses")),
    _("business id"),
    *(_("company"), _("companies"), _("customer"), _("customers")),
    *(_("export job"), _("export jobs"), _("membership"), _("memberships")),
    *(_("order"), _("orders"), _("report"), _("reports"), _("schedule")),
    *(_("schedules"), _("template"), _("templates"), _("user account")),
    *(_("user accounts"), _("verification"), _("verifications")),
    *(_("webhook"), _("webhooks"), _("destinations"), _("worker"), _("workers")),
    *(_("account status"), _("action")),
    *(_("actor id"), _("actor kind"), _("actor label")),
    *(_("address"), _("addresses"), _("at"), _("author"), _("cancelled")),
    *(_("checks"), _("city"), _("clearance"), _("closed at"), _("columns")),
    *(_("completed at"), _("contact"), _("country"), _("created at")),
    *(_("created by"), _("currency"), _("data range"), _("description")),
    *(_("details"), _("disabled for"), _("email"), _("ended at"), _("ends at")),
    *(_("error"), _("error code"), _("error message"), _("events")),
    *(_("expires at"), _("export"), _("export type"), _("external id")),
    *(_("failures"), _("fee"), _("filters"), _("generated at")),
    *(_("incorporated on"), _("industry"), _("industry code")),
    *(_("interval minutes"), _("jurisdiction"), _("key")),
    *(_("language"), _("last login at"), _("last used at")),
    *(_("last verified at"), _("legal form")),
    *(_("loyalty level"), _("loyalty points"), _("manifest"), _("metadata")),
    *(_("missed"), _("mode"), _("name"), _("networks"), _("next at")),
    *(_("notes"), _("number"), _("object id"), _("object type"), _("options")),
    *(_("ordered at"), _("outcome"), _("owner label"), _("paused at")),
    *(_("paused reason"), _("period end"), _("period start"), _("phone")),
    *(_("postal code"), _("prefix"), _("progress"), _("reason")),
    *(_("registered at"), _("registration number"), _("request id")),
    *(_("resource"), _("resource id"), _("reviewer"), _("reviewer email")),
    *(_("revision"), _("revoked at"), _("risk level"), _("risk score")),
    *(_("role"), _("rows expected"), _("rows written"), _("scopes")),
    *(_("score"), _("seen at"), _("size"), _("sort by"), _("sort order")),
    *(_("spec"), _("succeeded at")),
    *(_("started at"), _("starts at"), _("state"), _("status"), _("summary")),
    *(_("time zone"), _("timestamp"), _("title"), _("trigger"), _("type")),
    *(_("updated at"), _("user"), _("user agent"), _("user email")),
    *(_("user id"), _("verification status"), _("verified at"), _("version")),
)
# What statuses, roles and other choices are called, as Django makes it of the code.
LABELS: Final = (
    *(_("Active"), _("Activity"), _("Admin"), _("Administration"), _("Analyst")),
    *(_("Archived"), _("Arrangement"), _("Auditor"), _("Background"), _("Bronze")),
    *(_("Cancelled"), _("Closed"), _("Command"), _("Completed"), _("Compliance")),
    *(_("Critical"), _("Deleted"), _("Delivered"), _("Denied"), _("Disabled")),
    *(_("Dissolved"), _("Draft"), _("Expired"), _("Failed"), _("Failure")),
    *(_("Final"), _("Financial"), _("Gold"), _("High"), _("Immediate")),
    *(_("In Review"), _("Inactive"), _("Inline"), _("Invited"), _("Liquidation")),
    *(_("Lost"), _("Low"), _("Manager"), _("Medium"), _("Open"), _("Operator")),
    *(_("Owner"), _("Pending"), _("Platinum"), _("Processing"), _("Receivership")),
    *(_("Risk"), _("Running"), _("S3"), _("Sftp"), _("Shipped"), _("Silver")),
    *(_("Skipped"), _("Stored"), _("Streamed"), _("Striking Off"), _("Success")),
    *(_("As Asked"), _("By Request"), _("Catch Up"), _("Changes"), _("Due")),
    *(_("Failures"), _("Manual"), _("Run Once"), _("Since Previous"), _("Skip")),
    *(_("Suspended"), _("Unknown"), _("Unverified"), _("Viewer"), _("Waiting")),
)
BETTER: Final = {
    "lei": _("LEI"),
    "ip address": _("IP address"),
    "id": _("ID"),
    "logins 30d": _("logins in 30 days"),
    "actions 30d": _("actions in 30 days"),
}
"""Where a name in the code makes no words."""


def translate() -> None:
    """A name of which nothing is known stays as it is."""
    for app in APPS:
        config = apps.get_app_config(app)
        config.verbose_name = gettext_lazy(str(config.verbose_name))
        for model in config.get_models():
            options = model._meta
            options.verbose_name = gettext_lazy(str(options.verbose_name))
            options.verbose_name_plural = gettext_lazy(str(options.verbose_name_plural))
            for field in (*options.local_fields, *options.local_many_to_many):
                # What a migration would hold is kept elsewhere, and stays.
                name = str(field.verbose_name)
                field.verbose_name = gettext_lazy(BETTER.get(name, name))
                if field.choices:
                    field.choices = [
                        (value, gettext_lazy(str(label)))
                        for value, label in field.flatchoices
                    ]


translate()

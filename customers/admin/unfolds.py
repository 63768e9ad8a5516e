"""Words of unfold's own pages that it has no German for: listed for makemessages."""

from typing import Final

from django.utils.translation import gettext_noop as _

WORDS: Final = (
    *(_("Add row"), _("All applications"), _("Apply Filters"), _("Dark")),
    *(_("Choose file to upload"), _("Click to cancel"), _("Click to download")),
    *(_("Date from"), _("Date to"), _("Expand row"), _("From"), _("General")),
    *(_("Go back"), _("Light"), _("Loading more results..."), _("More actions")),
    *(_("Next"), _("No data"), _("No results found"), _("Previous")),
    *(_("No results matching your query"), _("Reset filters"), _("System")),
    *(_("Return to site"), _("Select action"), _("Select action to run")),
    *(_("Select all rows"), _("Select record"), _("Select value"), _("Submit")),
    *(_("This item will be deleted."), _("To"), _("Toggle password visibility")),
    *(_("Type to search"), _("Welcome")),
    _("This page yielded into no results. Create a new item or reset your filters."),
    _("You have been successfully logged out from the administration"),
    _("After you've created a user, you’ll be able to edit more user options."),
)

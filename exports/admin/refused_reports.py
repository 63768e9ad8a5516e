"""What the API says of a mistake in asking for customers' reports: patterns."""

from typing import Final

from django.utils.translation import gettext_noop as _

PATTERNS: Final = (
    _("%(field)s must be a whole number from %(low)s to %(high)s, or 'all'"),
    _("%(field)s is 'all' for %(known)s alone"),
    _("%(field)s is for %(known)s alone"),
    _("%(field)s is for the format xlsx alone"),
    _("%(field)s must be 'gzip', or null"),
    _("%(field)s is given more than once"),
    _("%(field)s must be of customers of one business"),
    _("Customer not found"),
    _("PDF needs more here: apt-get install %(names)s"),
    _("The database is away: try again"),
    _("The export failed; the request id finds the reason in the log"),
    _("Too many export requests from this address: try again in %(seconds)s s"),
    _("Too many exports were begun in the admin: try again in %(seconds)s s"),
    _("this needs the permission %(name)s"),
)

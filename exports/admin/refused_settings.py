"""What the API says of templates, schedules, webhooks and destinations: patterns."""

from typing import Final

from django.utils.translation import gettext_noop as _

PATTERNS: Final = (
    _("the business has %(most)s templates, as many as it may: delete one first"),
    _("the business has %(most)s schedules, as many as it may: delete one first"),
    _("the business has %(most)s webhooks, as many as it may: delete one first"),
    _("the business has %(most)s destinations, as many as it may: delete one first"),
    _("there is no business '%(name)s'"),
    _("there is no export '%(name)s'"),
    _("there is no schedule '%(name)s'"),
    _("there is no webhook '%(name)s'"),
    _("there is no destination '%(name)s'"),
    _("this needs the scope %(scope)s"),
    _("too many exports were begun in the admin"),
    _("%(limit)s %(calls)s a minute are allowed"),
    _(
        "the file of %(export)s tells of %(why)s columns, which a key sees with the"
        " scope pii:read, and staff by their role"
    ),
    _("the link has expired: run the export again"),
    _("the stored file was lost or altered: run the export again"),
    _("the file is %(why)s: run the export again"),
    _("the stored file was altered while it was read"),
    _("a kept secret can no longer be read: give it again"),
    _("the database is away: try again"),
    _("the template '%(name)s' is built-in: it is read-only"),
    _("id is required: the name gives none"),
    _("id must be 1 to 64 of the characters a-z, 0-9, '_' and '-'"),
    _("id '%(name)s' is taken: there is such a template"),
    _("%(field)s cannot be changed: it is '%(value)s'"),
    _("%(field)s must name no time range: data_range since_previous sets it"),
    _("%(field)s is never due again"),
    _("%(field)s is never due"),
    _("%(field)s must be five fields: minute, hour, day, month, day of the week"),
    _("%(field)s is no cron expression: %(hint)s"),
    _("%(field)s must be an IANA time zone, such as Europe/Berlin"),
    _("%(field)s must be after starts_at"),
    _("%(field)s or interval_minutes must be there, and not both"),
    _("%(field)s or customer_360 must be there, and not both"),
    _("%(field)s must be as_asked for customer_360"),
    _("%(field)s says nothing where data_range is %(range)s: send only_if_not_empty"),
    _("%(field)s must be null for customer_360"),
    _("%(field)s must be left out for customer_360"),
    _("%(field)s must be left out: send password beside it"),
    _("%(field)s must be the schedule's own, which may also be left out"),
    _(
        "the %(why)s '%(name)s' that owns this schedule is gone: somebody else can"
        " take it over"
    ),
    _(
        "the %(why)s '%(name)s' that owns this schedule was revoked: somebody else can"
        " take it over"
    ),
    _(
        "the %(why)s '%(name)s' that owns this schedule has expired: somebody else can"
        " take it over"
    ),
    _(
        "the %(why)s '%(name)s' that owns this schedule is closed: somebody else can"
        " take it over"
    ),
    _("its run before has not ended: changes follow one after another"),
    _("no customer fits the filter"),
    _("nothing has changed since the last completed run"),
    _("there are no rows"),
    _("nobody looked when it was due"),
    _(
        "%(field)s is %(dataset)s, whose rows have no changes of their own to be"
        " followed"
    ),
    _("%(field)s must be left out: changes come in the order of %(key)s"),
    _(
        "%(field)s must be left out: rows would leave it without a change; send"
        " time_range"
    ),
    _("%(field)s must be left out: all that has changed is exported"),
    _("%(field)s is not one that changes are exported in: %(known)s"),
    _("%(field)s must be false: changes are applied to plain files"),
    _("%(field)s must be false: it differs with each export"),
    _("%(field)s must not be what an operation is called"),
    _("%(field)s must have %(key)s, as it is: it tells rows apart"),
    _("%(field)s must have no label '%(label)s': it names the operation"),
    _("%(field)s must be an object with email alone"),
    _("%(field)s must be a list of 1 to %(most)s addresses"),
    _("%(field)s is not possible: this installation sends no mail"),
    _("%(field)s must be an address, or an object with address and language"),
    _("%(field)s must be an email address"),
    _("%(field)s must be a list of at most %(most)s ids"),
    _("%(field)s must be the id of a destination"),
    _("%(field)s need a file that is stored"),
    _("%(field)s must be a list of 1 to %(most)s customers"),
    _("%(field)s names a customer more than once"),
    _("%(field)s matches more than %(most)s customers: narrow it"),
    _("%(field)s or filter must be there, and not both"),
    _("%(field)s must be a list of at least one event"),
    _("%(field)s may hold %(known)s"),
    _("the webhook is disabled: make it active first"),
    _("the delivery is pending: it is still on its way"),
    _("%(field)s must be a URL without spaces, of at most 2,000 characters"),
    _("%(field)s is not a well-formed URL"),
    _("%(field)s must begin with %(known)s://"),
    _("%(field)s must hold no user name and no password"),
    _("%(field)s must have a port from 1 to 65535, or none"),
    _("%(field)s must have no fragment, and only ASCII in its path"),
    _("%(field)s must have no path: it is of the server alone"),
    _("%(field)s has a host name that is none"),
    _("%(field)s has a host name that is not public"),
    _("%(field)s has an address that is not written out in full"),
    _("%(field)s has an address that is not public"),
    _("%(field)s has a host name that no address was found for"),
    _("the %(field)s has an address that is not public"),
    _("the %(field)s has a host name that no address was found for"),
    _("%(field)s cannot be changed: make another destination"),
    _("%(field)s is not taken by a destination of the kind %(kind)s"),
    _("%(field)s must be an object with %(known)s"),
    _("%(field)s is required: what ssh-keyscan prints after the host's name"),
    _("%(field)s must have {name} or {export} in what comes after its last /"),
    _("%(field)s must be of letters, digits and . _ - = between single /"),
    _("%(field)s must have no name that begins with a point"),
    _("%(field)s must begin with one of %(known)s"),
    _("%(field)s is no public key that can be read"),
    _("%(field)s is no private key that can be read with that passphrase"),
    _("no answer in time"),
    _("the connection was refused"),
    _("the connection broke: %(name)s"),
    _("TLS failed: %(name)s"),
    _("the server refused the user or the credentials"),
    _("the server did not answer in time"),
    _("the server does not let the user write there"),
    _("the server has no such folder"),
    _("the server has another host key than the one given"),
    _("the server has not stored all that it was sent"),
)

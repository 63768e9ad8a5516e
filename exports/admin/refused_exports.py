"""What the API says of a mistake in an export: patterns, to be told in other words."""

from typing import Final

from django.utils.translation import gettext_noop as _

PATTERNS: Final = (
    _("%(field)s is required"),
    _("%(field)s is required with export_type custom"),
    _("%(field)s is required with a filter"),
    _("%(field)s must be a text"),
    _("%(field)s must be a text of at most %(most)s characters"),
    _("%(field)s must be a text of at most %(most)s"),
    _("%(field)s must be a text of 1 to %(most)s characters"),
    _("%(field)s must be a text of 1 to 100 characters, not only spaces"),
    _("%(field)s must be true or false"),
    _("%(field)s must be a whole number"),
    _("%(field)s must be an object"),
    _("%(field)s must be a list"),
    _("%(field)s must be true or false or a text"),
    _("%(field)s must be from %(low)s to %(high)s"),
    _("%(field)s must be a whole number from %(low)s to %(high)s"),
    _("%(field)s must be one of %(known)s"),
    _("%(field)s must have %(low)s to %(high)s characters"),
    _("%(field)s must have %(low)s to %(high)s characters, not only spaces"),
    _("%(field)s must have at most %(most)s characters"),
    _("%(field)s must have %(most)s bytes of UTF-8 at most"),
    _("%(field)s must be at most %(most)s bytes"),
    _("%(field)s must be at most %(most)s bytes of JSON"),
    _("%(field)s must not hold control characters"),
    _("%(field)s holds characters that programs write in different ways"),
    _("%(field)s must have %(least)s different characters at least"),
    _("%(field)s is among the commonest passwords"),
    _("password is required: the job's own was forgotten when it ended"),
    _("password is not taken here: the job had none"),
    _("%(field)s holds a NUL or half of a surrogate pair: remove it"),
    _("%(field)s is nested more than %(most)s deep"),
    _("%(field)s must be the id of a business, such as business_123"),
    _("%(field)s must be an ISO 8601 time with offset, such as 2024-01-01T00:00:00Z"),
    _("%(field)s must be a date such as 2024-01-31"),
    _("%(field)s must be a UUID"),
    _("%(field)s must be a whole number of at most 63 bits"),
    _(
        "%(field)s must be a number with at most %(whole)s digits before the point and"
        " %(scale)s after it"
    ),
    _("%(field)s is null: ask with '_isnull' instead"),
    _("%(field)s cannot be compared"),
    _("%(field)s must be a list of 1 to %(most)s values"),
    _("%(field)s is not a column that can be filtered"),
    _("%(field)s is no filter of that column; known: %(known)s"),
    _("%(field)s is no filter here: %(why)s"),
    _("%(field)s must be an object with start, end, or both"),
    _("%(field)s must be after time_range.start"),
    _("%(field)s must be a list of 1 to %(most)s columns"),
    _("%(field)s has the label '%(label)s' twice: labels are unique"),
    _("%(field)s must be a column's name, or an object with name, label, transform"),
    _("%(field)s names an %(why)s"),
    _("%(field)s is an %(why)s"),
    _("%(field)s must be a text such as upper or truncate:20"),
    _("%(field)s must be a list of at most 10 columns"),
    _("%(field)s names no column that can be sorted: %(why)s"),
    _("%(field)s is not a field of an export: %(hint)s"),
    _("%(field)s is not a field of a template: %(hint)s"),
    _("%(field)s is not one that %(dataset)s takes: %(known)s"),
    _("%(field)s is allowed with export_type custom alone"),
    _("%(field)s is not taken with a custom query: write it there"),
    _(
        "%(field)s does not fit %(format)s, which is compressed inside: send true or"
        " false"
    ),
    _("%(field)s is no option of %(format)s: %(why)s"),
    _("%(field)s is no option: %(format)s takes none"),
    _("%(field)s unknown transform '%(name)s', known: %(known)s"),
    _("%(field)s '%(name)s' does not fit a column of type %(why)s"),
    _("%(field)s '%(name)s' takes no argument"),
    _("%(field)s this transform takes no argument"),
    _("%(field)s a whole number from %(low)s to %(high)s must follow"),
    _("%(field)s the number is from %(low)s to %(high)s"),
    _("%(field)s '%(name)s' is no IANA time zone"),
    _("%(field)s a JSON object of texts must follow: map:%(hint)s"),
    _("%(field)s the default is no %(why)s"),
    _(
        "%(field)s the format must start with one of %(known)s and go on with these,"
        " %z, spaces or %(more)s"
    ),
    _(
        "%(field)s must start with one of %(known)s and go on with these, %z, spaces"
        " or %(more)s"
    ),
    _("unknown %(why)s '%(name)s': did you mean '%(near)s'? known: %(known)s"),
    _("unknown %(why)s '%(name)s': known: %(known)s"),
    _(
        "columns that this caller may not see: %(names)s; leave them out, or send"
        " %(hint)s to have selected columns masked"
    ),
    _(
        "columns that this caller may not see: %(names)s; leave them out of the"
        " template"
    ),
    _("'%(name)s' may not be seen"),
    _(
        "%(expected)s rows are more than an immediate export may have (%(most)s):"
        " create a job with POST /v1/export/jobs, or set max_rows"
    ),
    _(
        "%(found)s rows were found and %(most)s is the most that is exported: narrow"
        " the filters or the time range, or set max_rows"
    ),
    _(
        "the file would be short: %(expected)s rows were counted, %(read)s read,"
        " %(written)s written"
    ),
    _(
        "the file would be short: %(written)s customers were written, %(expected)s"
        " were asked for"
    ),
    _("an inline answer may take %(most)s s: create a job"),
    _("the export broke; request id %(id)s finds the log"),
    _("the worker was lost %(times)s times"),
    _("who asked for this may no longer export these customers"),
    _("The export has %(size)s bytes and may have %(limit)s"),
    _("the job is %(why)s: cancel it first"),
    _("the job is %(why)s: it runs"),
    _("the job is %(why)s: it can no longer be cancelled"),
    _("the job is changing too fast to be cancelled: try again"),
    _("the job is %(why)s: only a finished one can be retried"),
    _("it exports changes: the next run of its schedule has them all"),
    _(
        "the business has %(most)s jobs that wait or run, as many as it may: let some"
        " end, or cancel them"
    ),
)

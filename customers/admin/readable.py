"""JSON on a page: indented, as text, in place of what unfold makes of it."""

import json
from typing import Any

import unfold.fields
from django.utils.html import format_html
from django.utils.safestring import SafeString


def readable(value: Any, encoder: type[json.JSONEncoder] | None = None) -> SafeString:
    text = json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True, cls=encoder)
    return format_html('<pre class="whitespace-pre-wrap">{}</pre>', text)


# Where pygments happens to be installed, unfold colours JSON by style attributes, which
# the pages' policy stops; where not, it writes Python's words.
unfold.fields.prettify_json = readable

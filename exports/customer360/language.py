"""Which language a report is in, and what its asker is told in."""

from typing import Any

from django.conf import settings
from django.utils import translation

from customers.authentication import is_session


def of_asker(request: Any) -> str:
    """As the browser of somebody at the admin asks; a program gets the usual one."""
    if is_session(request):
        return translation.get_language_from_request(request)
    return str(settings.LANGUAGE_CODE)

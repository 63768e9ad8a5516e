"""Which address of the service a request came to, as it is declared."""

import re
from functools import lru_cache

from django.contrib.admindocs.views import simplify_regex
from django.http import HttpRequest


def route_of(request: HttpRequest) -> str | None:
    """As in the OpenAPI document: ``/v1/export/jobs/{job_id}``; None of no address.

    What the caller has put into the address is not in it.
    """
    match = request.resolver_match
    return _template(match.route) if match else None


@lru_cache(maxsize=1000)
def _template(route: str) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", simplify_regex(route))

"""Narrowing a list of jobs by query parameters."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from customers.actors import Actor
from exports.pipeline.datasets import DATASETS, custom
from exports.pipeline.problems import Problems
from exports.pipeline.renderers import ALIASES, RENDERERS
from exports.pipeline.values import BadValue, moment
from exports.states import JobStatus
from exports.views.parameters import BUSINESS_ID
from exports.views.scope import named_business

# Query parameter -> the lookup that it is, and its choices.
_CHOSEN: Final[Mapping[str, tuple[str, Collection[str]]]] = {
    "status": ("status", JobStatus.values),
    "type": ("export_type", [*DATASETS, custom.NAME]),
    "format": ("format", [*RENDERERS, *ALIASES]),
}
_MOMENTS: Final = {
    "created_after": "created_at__gte",
    "created_before": "created_at__lt",
}
NARROWING: Final = ("business_id", *_CHOSEN, *_MOMENTS)
PARAMETERS: Final = [
    BUSINESS_ID,
    *(
        OpenApiParameter(name, str, enum=list(choices))
        for name, (_, choices) in _CHOSEN.items()
    ),
    OpenApiParameter("created_after", datetime, description="From then on"),
    OpenApiParameter("created_before", datetime, description="Before then"),
]


def narrowing(request: Request, actor: Actor, *, scope: str) -> dict[str, Any]:
    """What to filter jobs by.

    :raises Invalid: naming each parameter that is wrong.
    :raises BusinessNotFound: there is none, or it is not theirs: alike.
    """
    problems, found = Problems(), dict[str, Any]()
    for name in request.query_params:
        text = str(request.query_params[name])
        if name in _CHOSEN:
            lookup, choices = _CHOSEN[name]
            found[lookup] = ALIASES.get(text, text) if name == "format" else text
            if text not in choices:
                problems.add(name, f"must be one of {', '.join(choices)}")
        elif name in _MOMENTS:
            found[_MOMENTS[name]] = _moment(name, text, problems)
    problems.settle()
    business_id = named_business(request, actor, scope=scope)
    if business_id is not None:
        found["business_id"] = business_id
    return found


def _moment(name: str, text: str, problems: Problems) -> datetime | None:
    # In an address that was not escaped, the + of an offset has become a space.
    for each in (text, text.replace(" ", "+")):
        with suppress(BadValue):
            return moment(each)
    problems.add(name, "must be an ISO 8601 date and time with an offset")
    return None

"""How every line of the log looks, whoever writes it: one JSON object, or one line.

Whatever a line holds, no credential of this service is in it.
"""

import logging
import re
import sys
from collections.abc import Sequence
from typing import Any, Final

import structlog
from structlog.dev import ConsoleRenderer, plain_traceback
from structlog.processors import (
    ExceptionRenderer,
    JSONRenderer,
    StackInfoRenderer,
    TimeStamper,
)
from structlog.stdlib import (
    PositionalArgumentsFormatter,
    ProcessorFormatter,
    add_log_level,
    add_logger_name,
)
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, Processor, WrappedLogger

from customers.redaction import redacted_line
from kyb_export.env import env

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SHARED: Final[Sequence[Processor]] = (
    structlog.contextvars.merge_contextvars,
    add_logger_name,
    add_log_level,
    TimeStamper(fmt="iso", utc=True),
    StackInfoRenderer(),
)


def from_environment() -> dict[str, Any]:
    """Settings for ``logging``; structlog is set up for them at once.

    :raises ValueError: LOG_FORMAT is neither json nor line.
    """
    is_plain = sys.stderr.isatty() and not env.bool("PRODUCTION", default=False)
    form = env.str("LOG_FORMAT", default="line" if is_plain else "json")
    return configuration(form, level=env.str("LOG_LEVEL", default="INFO"))


def configuration(form: str, *, level: str) -> dict[str, Any]:
    """:raises ValueError: the form is neither json nor line."""
    if form not in _FORMS:
        raise ValueError(f"LOG_FORMAT must be one of {', '.join(_FORMS)}")
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            PositionalArgumentsFormatter(),
            *_SHARED,
            ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    formatter = {
        "()": ProcessorFormatter,
        "foreign_pre_chain": list(_SHARED),
        "processors": [ProcessorFormatter.remove_processors_meta, *_FORMS[form]],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"structured": formatter},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "structured"}
        },
        "loggers": {
            **{name: dict(_PASSING) for name in _WITH_HANDLERS_OF_THEIR_OWN},
            **{name: {"level": logging.ERROR} for name in _TALKATIVE},
            **{name: {"level": logging.CRITICAL} for name in _TOLD_BY_US},
            "gunicorn.access": {"handlers": [], "propagate": False},
        },
        "root": {"handlers": ["stderr"], "level": level.upper()},
    }


_PASSING: Final[dict[str, Any]] = {"handlers": [], "propagate": True}
_WITH_HANDLERS_OF_THEIR_OWN: Final = ("django", "django.server", "gunicorn.error")
_TALKATIVE: Final = ("fontTools", "pikepdf", "weasyprint", "django.request")
"""The first three tell of every step, of every file. The last tells of each 404, with
its path as it came; the line of the request says the same with its route."""
_TOLD_BY_US: Final = ("botocore", "paramiko")
"""Of each connection that breaks they tell at length, in the other side's words too;
what came of it is in the log of attempts."""


def _without_secrets(_: WrappedLogger, __: str, line: str) -> str:
    return redacted_line(line)


def _on_one_line(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """What a caller wrote must not look like a line of the log; tracebacks may."""
    return {
        name: _CONTROL.sub(_escaped, value)
        if isinstance(value, str) and name != "exception"
        else value
        for name, value in event.items()
    }


def _escaped(mark: re.Match[str]) -> str:
    return mark[0].encode("unicode_escape").decode()


def _head_first(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """A line is read from its left."""
    head = ("timestamp", "level", "logger", "event", "request_id")
    return {name: event[name] for name in head if name in event} | dict(event)


# Local variables hold keys and passwords: no traceback may show them.
_TRACEBACK: Final = ExceptionDictTransformer(show_locals=False, max_frames=30)
# The last one gets the line itself, which structlog has no type for.
_FORMS: Final[dict[str, Sequence[Any]]] = {
    "json": (
        ExceptionRenderer(_TRACEBACK),
        _head_first,
        JSONRenderer(ensure_ascii=False, default=str),
        _without_secrets,
    ),
    "line": (
        structlog.processors.format_exc_info,
        _on_one_line,
        ConsoleRenderer(colors=False, exception_formatter=plain_traceback),
        _without_secrets,
    ),
}

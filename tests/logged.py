"""The log's lines while a block runs, as the service writes them."""

import json
import logging
import logging.config
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from typing import Any

from structlog.stdlib import ProcessorFormatter

from kyb_export import logs


@dataclass(frozen=True, slots=True)
class Log:
    written: StringIO

    @property
    def text(self) -> str:
        return self.written.getvalue()

    def lines(self, *loggers: str) -> list[dict[str, Any]]:
        """Of these loggers, or of all; without the moment, which is its own."""
        found = [json.loads(line) for line in self.text.splitlines()]
        for line in found:
            line.pop("timestamp")
        return [line for line in found if not loggers or line["logger"] in loggers]

    def facts(self, logger: str) -> list[dict[str, Any]]:
        """Of one logger's lines, all but what every line has."""
        every = ("logger", "level", "request_id", "seconds")
        return [
            {name: value for name, value in line.items() if name not in every}
            for line in self.lines(logger)
        ]


@contextmanager
def logged(form: str = "json") -> Iterator[Log]:
    formatter = dict(logs.configuration(form, level="INFO")["formatters"]["structured"])
    formatter.pop("()")
    log = Log(StringIO())
    handler = logging.StreamHandler(log.written)
    handler.setFormatter(ProcessorFormatter(**formatter))
    logging.getLogger().addHandler(handler)
    try:
        yield log
    finally:
        logging.getLogger().removeHandler(handler)

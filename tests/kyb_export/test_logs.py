"""How the log's lines look, and what no line shows."""

import json
import logging
import os
import subprocess
import sys

import pytest
import structlog

from kyb_export import logs
from tests.logged import logged

KEY = f"kyb_{'a' * 12}_{'S' * 43}"


def test_line_of_any_library_is_an_object_with_the_request():
    with logged() as log, structlog.contextvars.bound_contextvars(request_id="req-1"):
        logging.getLogger("some.library").warning("%s of %d", "one", 2)
        structlog.stdlib.get_logger("kyb.own").info("told", rows=2)

    assert log.lines() == [
        {
            "level": "warning",
            "logger": "some.library",
            "event": "one of 2",
            "request_id": "req-1",
        },
        {
            "level": "info",
            "logger": "kyb.own",
            "event": "told",
            "request_id": "req-1",
            "rows": 2,
        },
    ]
    assert [list(json.loads(line))[:3] for line in log.text.splitlines()] == [
        ["timestamp", "level", "logger"]
    ] * 2


def broken(secret: str) -> None:
    del secret
    raise ValueError(f"of {KEY}")


@pytest.mark.parametrize("form", ["json", "line"])
def test_traceback_shows_no_variables_and_no_credential(form):
    variable = "canary-" + "in-a-variable"

    with logged(form) as log:
        try:
            broken(variable)
        except ValueError:
            logging.getLogger("library").exception("broke")
            structlog.stdlib.get_logger("own").exception("broke")

    assert log.text.count("of kyb_aaaaaaaaaaaa_***") == 2
    assert log.text.count("broken") >= 2
    assert ("SSSS" in log.text, variable in log.text) == (False, False)


def test_traceback_is_structured():
    with logged() as log:
        try:
            broken("")
        except ValueError:
            logging.getLogger("library").exception("broke")

    [line] = log.lines()
    [trace] = line["exception"]
    assert (trace["exc_type"], trace["exc_value"]) == (
        "ValueError",
        "of kyb_aaaaaaaaaaaa_***",
    )
    assert [frame["name"] for frame in trace["frames"]][-1] == "broken"
    assert [frame for frame in trace["frames"] if frame.get("locals")] == []


def test_plain_line_is_one_line_whatever_a_caller_wrote():
    with logged("line") as log:
        structlog.stdlib.get_logger("own").info("a\nb", field="c\r\x1bd\u2028e")
        logging.getLogger("library").warning("f\ng")

    assert len(log.text.splitlines()) == 2
    assert "a\\nb" in log.text
    assert "field=c\\r\\x1bd\\u2028e" in log.text
    assert "f\\ng" in log.text


@pytest.mark.parametrize("form", ["json", "line"])
def test_no_line_shows_a_credential(form):
    with logged(form) as log:
        structlog.stdlib.get_logger("own").info("told", field=[KEY], path=f"/{KEY}")
        logging.getLogger("library").warning("GET /x?signature=%s", "canary")

    assert log.text.count("kyb_aaaaaaaaaaaa_***") == 2
    assert log.text.count("signature=***") == 1
    assert ("SSSS" in log.text, "canary" in log.text) == (False, False)


def test_libraries_with_handlers_of_their_own_have_none():
    settings = logs.configuration("json", level="info")

    own = {name for name, of in settings["loggers"].items() if "handlers" in of}
    assert own == {"django", "django.server", "gunicorn.access", "gunicorn.error"}
    assert all(settings["loggers"][name]["handlers"] == [] for name in own)
    assert settings["root"] == {"handlers": ["stderr"], "level": "INFO"}


def test_unknown_form_is_refused():
    with pytest.raises(ValueError, match="LOG_FORMAT must be one of json, line"):
        logs.configuration("xml", level="INFO")


@pytest.mark.parametrize(
    ("given", "first"),
    [({}, "{"), ({"LOG_FORMAT": "line"}, "2"), ({"PRODUCTION": "1"}, "{")],
)
def test_form_is_json_unless_a_person_reads_it_or_asks_for_lines(given, first):
    code = (
        "import logging.config as c; from kyb_export import logs;"
        "c.dictConfig(logs.from_environment()); c.logging.error('told')"
    )
    kept = {name: value for name, value in os.environ.items() if name != "LOG_FORMAT"}

    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**kept, **given},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stderr[0] == first


def test_level_is_that_of_the_environment(monkeypatch):
    monkeypatch.setenv("LOG_LEVEL", "warning")

    assert logs.from_environment()["root"]["level"] == "WARNING"


def test_terminal_gets_lines_unless_in_production(monkeypatch):
    monkeypatch.delenv("LOG_FORMAT", raising=False)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)

    plain = logs.from_environment()["formatters"]["structured"]["processors"]
    monkeypatch.setenv("PRODUCTION", "true")
    production = logs.from_environment()["formatters"]["structured"]["processors"]

    names = [type(each).__name__ for each in (*plain, *production)]
    assert ("ConsoleRenderer" in names, names.count("JSONRenderer")) == (True, 1)

"""More web servers of an installation that runs: with other limits, or to be killed."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import requests

from tests.journeys import stacks
from tests.journeys.programs import Program, eventually
from tests.journeys.stacks import Stack
from tests.services.processes import free_port

_KEYS = """
import json
from django.utils import timezone
from customers import keys
from customers.actors import system
from customers.models import Business

asked = json.loads('{asked}')
owner = [Business.objects.get(pk=asked["business"])]
for _ in range(asked["count"]):
    _, text = keys.issue(
        "journey", businesses=owner, scopes=asked["scopes"], actor=system("tests"),
        now=timezone.now(),
    )
    print(text)
"""


@contextmanager
def another_web(
    stack: Stack,
    *options: str,
    application: str = "kyb_export.wsgi",
    knobs: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """Its address.

    :param knobs: ``EXPORT_<NAME>``, by their names in lower case.
    """
    port = free_port()
    own = {f"EXPORT_{name.upper()}": value for name, value in (knobs or {}).items()}
    bind = ("--bind", f"127.0.0.1:{port}")
    server, _, *usual = stacks.WEB
    web = Program(
        [str(stacks.BIN / server), application, *usual, *options, *bind],
        env={**stack.env, **own},
        log=stack.var / f"web-{port}.log",
    )
    url = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        try:
            return requests.get(f"{url}/readyz", timeout=5).status_code == 200
        except (requests.ConnectionError, requests.Timeout):
            return False

    web.start()
    try:
        eventually(answers, seconds=60, what="another web server answers")
        yield url
    finally:
        web.stop()


def keys_of(
    stack: Stack,
    business_id: str,
    count: int = 1,
    scopes: tuple[str, ...] = ("exports:write", "exports:read", "templates:write"),
) -> list[str]:
    """New keys of a business, made in one go."""
    asked = {"business": business_id, "count": count, "scopes": scopes}
    script = _KEYS.replace("{asked}", json.dumps(asked))
    return stack.manage("shell", "--no-imports", "--command", script)[-count:]

"""Figures of a whole installation: of all processes, the dead ones too."""

import os
import signal

import pytest
import requests

from tests.exports.metrics.reading import Figures, figures, of
from tests.journeys.programs import eventually

pytestmark = [pytest.mark.journey, pytest.mark.one_stack]
EXPORTS = {"type": "verifications", "format": "csv", "mode": "background"}
TYPES = {"method": "GET", "route": "/v1/export/types", "status": "2xx"}


def scraped(stack) -> Figures:
    answer = requests.get(f"{stack.url}/metrics", timeout=30)
    assert answer.status_code == 200, answer.text
    return figures(answer.content)


def counted(found: Figures) -> tuple[float, float, float]:
    """Answers, downloads, exports: the first two by web, the last by a worker."""
    name = "kyb_exports_total"
    return (
        of(found, "kyb_http_requests_total", **TYPES) or 0,
        of(found, "kyb_downloads_total", format="csv", outcome="served") or 0,
        of(found, name, **EXPORTS, outcome="completed", error_code="") or 0,
    )


def act(client) -> None:
    export_id = client.run({"format": "csv", "max_rows": 5})["export_id"]
    assert client.file(export_id).status_code == 200
    assert client.call("GET", "/v1/export/types").status_code == 200


def test_figures_outlive_the_processes_that_counted(stack, client):
    answers, downloads, exports = counted(scraped(stack))
    act(client)
    assert counted(scraped(stack)) == (answers + 1, downloads + 1, exports + 1)

    for pid in stack.web.children():
        os.kill(pid, signal.SIGKILL)
    eventually(stack.web.children, seconds=60, what="the web server has a child again")
    stack.wait_for_web()

    assert counted(scraped(stack)) == (answers + 1, downloads + 1, exports + 1)
    act(client)
    assert counted(scraped(stack)) == (answers + 2, downloads + 2, exports + 2)

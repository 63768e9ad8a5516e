"""The React sample: its types, and its page as a browser's user finds it."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.journeys.programs import ROOT, Program, eventually
from tests.services.processes import free_port

pytestmark = [pytest.mark.journey, pytest.mark.one_stack]

SAMPLE = ROOT / "samples" / "typescript-react"
PAGE = Path(__file__).with_name("page.mjs")
CREATE, FILE = "POST /v1/export/jobs", r"GET /v1/export/files/\w+"


def node(folder: Path, *command: str) -> str:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Path:
    """The sample with its locked packages, checked and bundled."""
    folder = tmp_path_factory.mktemp("react") / "sample"
    shutil.copytree(SAMPLE, folder, ignore=shutil.ignore_patterns("node_modules"))
    shutil.copy(PAGE, folder)
    node(folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    node(folder, "npm", "run", "check")
    node(folder, "npm", "run", "build")
    return folder


@pytest.fixture
def open_page(built, client, tmp_path):
    @contextmanager
    def serving(base: str, business: str = client.business_id) -> Iterator[str]:
        port = free_port()
        env = {
            "PATH": os.environ["PATH"],
            "PORT": str(port),
            "KYB_BASE": base,
            "KYB_API_KEY": client.key,
            "KYB_BUSINESS": business,
        }
        command = ["node", str(built / "server.mjs")]
        server = Program(command, env=env, log=tmp_path / "server.log")
        url = f"http://127.0.0.1:{port}"
        server.start()
        try:
            eventually(lambda: answers(url), seconds=60, what="the page's server")
            yield url
        finally:
            server.stop()

    return serving


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.ConnectionError:
        return False


def test_page_shows_progress_and_offers_the_verified_file(
    built, open_page, client, troubles
):
    troubles.plan(CREATE, "busy")

    with open_page(troubles.url) as url:
        seen = json.loads(node(built, "node", "page.mjs", url))

    [job, *_] = client.call("GET", "/v1/export/jobs").json()["jobs"]
    assert troubles.statuses(CREATE) == [429, 202]
    assert seen["shown"][0] == "Asking for the export"
    assert seen["shown"][-1] == "1200 rows, complete, verified"
    assert seen["name"].startswith("verifications-business_123-")
    assert seen["sha256"] == job["result"]["sha256"]


def test_page_cancels_the_job(built, open_page, client, stack):
    stack.worker.stop()
    try:
        with open_page(stack.url) as url:
            seen = json.loads(node(built, "node", "page.mjs", url, "cancel"))
    finally:
        stack.worker.start()

    [job, *_] = client.call("GET", "/v1/export/jobs").json()["jobs"]
    assert (seen["shown"][-1], seen["sha256"]) == ("Cancelled", None)
    assert job["status"] == "cancelled"


def test_page_offers_no_file_that_was_altered(built, open_page, troubles):
    troubles.plan(FILE, "altered")

    with open_page(troubles.url) as url:
        seen = json.loads(node(built, "node", "page.mjs", url))

    last = "The file is not the one that was made: its sha256 differs"
    assert (seen["shown"][-1], seen["sha256"]) == (last, None)


def test_page_tells_why_it_was_refused(built, open_page, stack):
    with open_page(stack.url, "charlie") as url:
        seen = json.loads(node(built, "node", "page.mjs", url))

    assert (seen["shown"][-1], seen["sha256"]) == (
        "there is no business 'charlie'",
        None,
    )


def test_server_of_the_page_gives_its_key_to_nobody_else(built, open_page, stack):
    with open_page(stack.url) as url:
        foreign = {"Origin": "https://elsewhere.example"}
        jobs = f"{url}/v1/export/jobs"
        statuses = [
            requests.post(jobs, json={}, headers=foreign, timeout=30).status_code,
            requests.get(jobs, timeout=30).status_code,
            requests.get(f"{url}/v1/export/audit", timeout=30).status_code,
        ]

    assert statuses == [403, 404, 404]

"""The samples that run in a shell: against a live server and worker, in trouble too."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.journeys import expected, readers
from tests.journeys.expected import COLUMNS
from tests.journeys.programs import ROOT

pytestmark = [pytest.mark.journey, pytest.mark.one_stack]

SAMPLES = ROOT / "samples"
PROGRAMS = {
    "python": [sys.executable, str(SAMPLES / "python" / "export.py")],
    "javascript": ["node", str(SAMPLES / "javascript" / "export.mjs")],
    "curl": [str(SAMPLES / "curl" / "export.sh")],
}
NAMES = ("--base", "--business", "--type", "--format", "--out")
CREATE, FILE = "POST /v1/export/jobs", r"GET /v1/export/files/\w+"


@dataclass(frozen=True, slots=True)
class Sample:
    """:ivar folder: where it runs; its file, if any, is out.csv."""

    name: str
    key: str
    folder: Path

    def __call__(self, base: str, business: str) -> subprocess.CompletedProcess[str]:
        with self.started(base, business) as program:
            output, errors = program.communicate(timeout=90)
        code = program.returncode
        return subprocess.CompletedProcess(program.args, code, output, errors)

    def started(self, base: str, business: str) -> subprocess.Popen[str]:
        words = [base, business, "verifications", "csv", str(self.folder / "out.csv")]
        if self.name == "python":
            words = [part for pair in zip(NAMES, words, strict=True) for part in pair]
        return subprocess.Popen(
            PROGRAMS[self.name] + words,
            env={"PATH": os.environ["PATH"], "KYB_API_KEY": self.key},
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


@pytest.fixture(params=PROGRAMS)
def run(request, client, tmp_path) -> Sample:
    return Sample(request.param, client.key, tmp_path)


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def count(client) -> int:
    return int(client.call("GET", "/v1/export/jobs").json()["total_count"])


def test_sample_saves_the_whole_file_of_one_job_through_trouble(
    run, client, stack, troubles, tmp_path
):
    before = count(client)
    troubles.plan(CREATE, "busy", "lost")
    troubles.plan(r"GET /v1/export/jobs/\w+", "away")
    troubles.plan(FILE, "cut")

    done = run(troubles.url, client.business_id)

    assert done.returncode == 0, done.stderr
    assert left(tmp_path) == ["out.csv"]
    written = readers.read("csv", (tmp_path / "out.csv").read_bytes(), COLUMNS)
    rows = expected.verifications(stack.database, client.business_id, ["id"])
    assert [row[0] for row in written] == [str(row[0]) for row in rows]
    assert "1200 rows, complete" in done.stdout
    assert troubles.statuses(CREATE) == [429, 0, 202]
    assert count(client) == before + 1
    assert client.key not in done.stdout + done.stderr


@pytest.mark.parametrize("run", ["python", "curl"], indirect=True)
def test_sample_goes_on_with_a_broken_download_where_it_broke(
    run, client, troubles, tmp_path
):
    troubles.plan(FILE, "cut")

    done = run(troubles.url, client.business_id)

    assert done.returncode == 0, done.stderr
    first, second = [each for each in troubles.seen if "files" in each.path]
    assert (first.range, first.status, second.status) == ("", 200, 206)
    have = int(second.range.removeprefix("bytes=").removesuffix("-"))
    assert 0 < have <= (tmp_path / "out.csv").stat().st_size // 2


def test_sample_keeps_no_file_that_was_altered(run, client, troubles, tmp_path):
    troubles.plan(FILE, "altered")

    done = run(troubles.url, client.business_id)

    assert done.returncode == 1
    assert "sha256 differs" in done.stderr
    assert left(tmp_path) == []


def test_sample_tells_why_it_was_refused(run, stack, troubles, tmp_path):
    done = run(troubles.url, "charlie")

    assert done.returncode == 1
    assert "BUSINESS_NOT_FOUND: there is no business 'charlie' (request " in done.stderr
    assert troubles.statuses(CREATE) == [404]
    assert left(tmp_path) == []


@pytest.fixture
def _heard() -> Iterator[None]:
    """Who was started in the background ignores Ctrl-C, and so would its programs."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_heard")
def test_sample_that_is_interrupted_cancels_its_job(run, client, stack, tmp_path):
    stack.worker.stop()
    try:
        with run.started(stack.url, client.business_id) as program:
            asked, progress = program.stdout.readline(), program.stdout.readline()
            program.send_signal(signal.SIGINT)
            program.communicate(timeout=60)
    finally:
        stack.worker.start()

    job = client.job(asked.partition(" ")[0])
    assert progress.strip() == "0% Initializing export job"
    assert (job["status"], program.returncode) == ("cancelled", 130)
    assert left(tmp_path) == []

"""Workers killed in the middle of a job: it completes, and with the same bytes."""

import logging
import os
import signal
import time
from hashlib import sha256

import pytest

from tests.crash.watching import first_new, parts, watching, writer_of

pytestmark = pytest.mark.journey

RECOVERS_WITHIN = 60
logger = logging.getLogger(__name__)


def kill_child(stack, part):
    pid = writer_of(part, stack.worker.children())
    assert pid, "no child has the file open"
    os.kill(pid, signal.SIGKILL)


def kill_parent(stack, part):
    """Its children stay: one of them may well end the job."""
    os.kill(stack.worker.pid, signal.SIGKILL)


def kill_group(stack, part):
    stack.worker.kill_groups()


@pytest.mark.parametrize(
    ("kill", "spec", "attempts"),
    [
        pytest.param(kill_child, {"format": "csv"}, {2}, id="child-csv"),
        pytest.param(kill_parent, {"format": "excel"}, {1, 2}, id="parent-excel"),
        pytest.param(kill_group, {"format": "yaml"}, {2}, id="group-yaml"),
        pytest.param(
            kill_group,
            {"format": "xml", "compression": "gzip"},
            {2},
            id="group-xml-gzip",
        ),
    ],
)
def test_job_completes_with_the_same_bytes(stack, client, kill, spec, attempts):
    undisturbed = client.run(spec)

    with watching(stack.storage) as watch:
        before = parts(stack.storage)
        job = client.post(spec)
        part = first_new(stack.storage, than=before)
        kill(stack, part)
        killed = time.monotonic()
        written = part.stat().st_size if part.exists() else 0
        ended = client.ended(job["job_id"], seconds=RECOVERS_WITHIN)
        logger.info("recovered in %.1f s", time.monotonic() - killed)

    assert ended["status"] == "completed", ended
    assert written < undisturbed["file_size"]
    assert ended["attempt"] in attempts
    assert ended["progress"] == 1.0
    result = ended["result"]
    assert result["sha256"] == undisturbed["sha256"]
    content = client.file(result["export_id"]).content
    assert sha256(content).hexdigest() == undisturbed["sha256"]
    mine = [shas for key, shas in watch.seen.items() if part.parent.name in key]
    assert mine == [{undisturbed["sha256"]}]
    assert all(len(shas) == 1 for shas in watch.seen.values())


def test_job_runs_after_the_children_that_waited_were_killed(stack, client):
    for child in stack.worker.children():
        os.kill(child, signal.SIGKILL)

    ended = client.run({"format": "csv", "max_rows": 500})

    assert ended["row_count"] == 500

"""The supervisor of 'make serve', with the leases of every day: kill -9 of anything."""

import logging
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.crash.watching import first_new, parts, watching, writer_of
from tests.journeys import stacks
from tests.journeys.clients import Client
from tests.journeys.programs import Program, eventually

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(600)]

SPEC = {"format": "ndjson"}
RECOVERS_WITHIN = 60
logger = logging.getLogger(__name__)
# Process groups that lost a member: nobody looks after what is left of them.
hit = []


@pytest.fixture(scope="module", params=stacks.wanted())
def stack(request):
    with stacks.installed(request.param) as installed:
        installed.manage("create_business", "business_123")
        arguments = ["--companies", "20", "--verifications", "200000"]
        installed.manage("demo_data", "--business", "business_123", *arguments)
        (installed.var / "log").mkdir()
        supervisor = Program(
            [str(stacks.BIN / "supervisord"), "-n", "-c", "deploy/supervisord.conf"],
            env=installed.env,
            log=installed.var / "supervisor.log",
        )
        supervisor.start()
        try:
            installed.wait_for_web()
            yield installed
        finally:
            supervisor.end()
            for group in hit:
                with suppress(ProcessLookupError):
                    os.killpg(group, signal.SIGKILL)


@pytest.fixture(scope="module")
def client(stack):
    return Client(stack.url, stack.key("business_123"), "business_123")


@pytest.mark.parametrize("victim", ["child", "parent", "group"])
def test_job_completes_within_a_minute(stack, client, victim):
    undisturbed = client.run(SPEC, seconds=120)

    with watching(stack.storage) as watch:
        before = parts(stack.storage)
        job = client.post(SPEC)
        part = first_new(stack.storage, than=before)
        kill(victim, part)
        killed = time.monotonic()
        ended = client.ended(job["job_id"], seconds=RECOVERS_WITHIN)
        logger.info("recovered in %.1f s", time.monotonic() - killed)

    assert ended["status"] == "completed", ended
    assert ended["result"]["sha256"] == undisturbed["sha256"]
    mine = [shas for key, shas in watch.seen.items() if part.parent.name in key]
    assert mine == [{undisturbed["sha256"]}]


def kill(victim, part):
    child = eventually(
        lambda: writer_of(part, processes()), seconds=60, what="the writer is found"
    )
    parent = parent_of(child)
    hit.append(os.getpgid(parent))
    if victim == "group":
        os.killpg(hit[-1], signal.SIGKILL)
    else:
        os.kill({"child": child, "parent": parent}[victim], signal.SIGKILL)


def processes():
    return [int(path.name) for path in Path("/proc").glob("[0-9]*")]


def parent_of(pid):
    status = Path(f"/proc/{pid}/stat").read_text()
    return int(status.rpartition(")")[2].split()[1])

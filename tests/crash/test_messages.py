"""Messages are hints: lost, doubled, or not sent at all, the jobs run, each once."""

import pytest

from tests.crash.watching import parts
from tests.journeys import stacks
from tests.journeys.programs import eventually

pytestmark = pytest.mark.journey

SPEC = {"format": "csv", "max_rows": 500}


def test_job_whose_message_is_lost_runs(stack, client):
    stack.worker.stop()
    job = client.post(SPEC)
    stack.broker.lose()

    stack.worker.start()

    ended = client.ended(job["job_id"])
    assert (ended["status"], ended["attempt"]) == ("completed", 1)


def test_job_runs_after_the_broker_forgot_everything(stack, client):
    """Under running programs, which still believe that it knows their queues."""
    stack.broker.lose()

    ended = client.ended(client.post(SPEC)["job_id"])

    assert (ended["status"], ended["attempt"]) == ("completed", 1)


def test_job_whose_message_is_doubled_runs_once(stack, client):
    stack.worker.stop()
    unfinished = parts(stack.storage)
    job = client.post(SPEC)
    stack.broker.double()
    assert stack.broker.waiting() >= 2

    stack.worker.start()

    ended = client.ended(job["job_id"])
    assert (ended["status"], ended["attempt"]) == ("completed", 1)
    eventually(
        lambda: not stack.broker.waiting(), seconds=60, what="no message is left"
    )
    assert client.job(job["job_id"]) == ended
    assert parts(stack.storage) == unfinished


def on(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("stack", [name], indirect=True)


# A test of a stack that this run is not for is not there: an empty set of parameters
# would count as a skipped one.
if stacks.EMBEDDED in stacks.wanted():

    @on(stacks.EMBEDDED)
    def test_message_and_table_that_a_killed_writer_left_empty_do_no_harm(
        stack, client
    ):
        broker = stack.var / "broker"
        worker = stack.worker.pid
        (broker / "control" / "interactive.exchange").write_text("")
        (broker / "messages" / "1_torn.interactive.msg").write_text("")

        ended = client.ended(client.post(SPEC)["job_id"])

        assert (ended["status"], ended["attempt"]) == ("completed", 1)
        assert stack.worker.pid == worker
        assert stack.broker.waiting() == 0


if stacks.SERVERS in stacks.wanted():

    @on(stacks.SERVERS)
    def test_job_posted_while_redis_is_down_runs_once_it_is_back(stack, client):
        stack.broker.stop()
        job = client.post(SPEC)
        assert job["status"] == "pending"

        stack.broker.start()

        ended = client.ended(job["job_id"])
        assert (ended["status"], ended["attempt"]) == ("completed", 1)

import pytest
from kombu.exceptions import OperationalError

from exports import dispatch


class Broker:
    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.sent = error, []

    def send_task(self, name, *, kwargs, queue):
        if self.error:
            raise self.error
        self.sent.append((name, kwargs, queue))


def test_message_says_only_that_there_is_work(monkeypatch):
    broker = Broker()
    monkeypatch.setattr(dispatch, "current_app", broker)

    sent = dispatch.wake("bulk")

    assert sent
    assert broker.sent == [("exports.work", {"queue": "bulk"}, "bulk")]


@pytest.mark.parametrize("error", [OperationalError("away"), OSError("full")])
def test_broker_that_is_away_is_no_error(monkeypatch, caplog, error):
    monkeypatch.setattr(dispatch, "current_app", Broker(error))

    sent = dispatch.wake("bulk")

    assert not sent
    assert "no message could be sent to queue bulk" in caplog.text

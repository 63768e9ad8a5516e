"""What tests of deliveries share: loopback may be called, and messages go nowhere."""

from dataclasses import dataclass
from typing import Any

import pytest

from exports import dispatch
from tests.exports.delivery.mailing import MailServer
from tests.exports.delivery.receiving import LOCAL


@pytest.fixture
def development(settings):
    """As an installation for development has it."""
    settings.EXPORTS = settings.EXPORTS | {
        "WEBHOOK_NETWORKS": LOCAL,
        "WEBHOOK_ALLOW_HTTP": True,
        "WEBHOOK_TIMEOUT_SECONDS": 10,
    }


@pytest.fixture
def woken(monkeypatch) -> list[str]:
    """The queues that workers were told of."""
    told: list[str] = []
    monkeypatch.setattr(dispatch, "current_app", _Broker(told))
    return told


@dataclass
class _Broker:
    told: list[str]

    def send_task(self, *_: Any, queue: str, **__: Any) -> None:
        self.told.append(queue)


@pytest.fixture
def mail_server(settings):
    """A real one, which this installation is told to use."""
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server

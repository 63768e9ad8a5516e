"""Workers that take jobs, for tests of who gets which."""

from typing import Any

import pytest
from django.utils import timezone

from exports import claims
from exports.models import ExportJob

QUEUE = "interactive"


def claim(queue: str = QUEUE, **values: Any) -> ExportJob | None:
    values = {"worker": "w1", "now": timezone.now()} | values
    return claims.claim(queue, **values)


@pytest.fixture(autouse=True)
def told(monkeypatch) -> list[str]:
    return listened(monkeypatch)


def listened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Queues of which a message tells from now on."""
    queues: list[str] = []

    def wake(queue: str) -> bool:
        queues.append(queue)
        return True

    monkeypatch.setattr("exports.dispatch.wake", wake)
    return queues

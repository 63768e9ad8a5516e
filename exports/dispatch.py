"""The only caller of Celery: says that there is work in a queue, and nothing more."""

import logging
from typing import Any, Final

from celery import current_app

DELIVERIES: Final = "deliveries"
logger = logging.getLogger(__name__)


def wake(queue: str) -> bool:
    """Whether a message was sent.

    A broker that is away costs time, not the job: the reaper sends again.
    """
    return _send("exports.work", queue, {"queue": queue})


def deliver() -> bool:
    """Whether a message was sent; without one, the reaper sends it."""
    return _send("exports.deliver", DELIVERIES, {})


def _send(task: str, queue: str, arguments: dict[str, Any]) -> bool:
    try:
        current_app.send_task(task, kwargs=arguments, queue=queue)
    except Exception:
        # Whatever a broker's client raises: the job is in the table.
        logger.exception("no message could be sent to queue %s", queue)
        return False
    return True

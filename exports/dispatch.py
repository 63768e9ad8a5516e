"""The only caller of Celery: says that there is work in a queue, and nothing more."""

import logging

from celery import current_app
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def wake(queue: str) -> None:
    """A broker that is away costs time, not the job: the reaper sends again."""
    try:
        current_app.send_task("exports.work", kwargs={"queue": queue}, queue=queue)
    except (OperationalError, OSError):
        logger.exception("no message could be sent to queue %s", queue)

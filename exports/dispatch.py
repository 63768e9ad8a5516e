"""The only caller of Celery: says that there is work in a queue, and nothing more."""

import logging

from celery import current_app

logger = logging.getLogger(__name__)


def wake(queue: str) -> bool:
    """Whether a message was sent.

    A broker that is away costs time, not the job: the reaper sends again.
    """
    try:
        current_app.send_task("exports.work", kwargs={"queue": queue}, queue=queue)
    except Exception:
        # Whatever a broker's client raises: the job is in the table.
        logger.exception("no message could be sent to queue %s", queue)
        return False
    return True

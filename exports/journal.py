"""The one line of the log about each export that is over, however it ended."""

from typing import Final

import structlog
from django.db import transaction

from exports.models import ExportJob

_logger: Final = structlog.stdlib.get_logger("kyb.export")


def tell_at_commit(job: ExportJob) -> None:
    """Once the end counts: what is rolled back has not ended."""
    transaction.on_commit(lambda: _tell(job), robust=True)


def _tell(job: ExportJob) -> None:
    file = getattr(job, "file", None)
    seconds = job.seconds
    _logger.info(
        "export",
        request_id=job.request_id,
        export_id=job.export_id,
        business=job.business_id,
        type=job.export_type,
        format=job.format,
        mode=job.mode,
        rows=job.rows_written,
        bytes=file.size if file else None,
        seconds=None if seconds is None else round(seconds, 4),
        outcome=job.status,
        error_code=job.error_code or None,
    )

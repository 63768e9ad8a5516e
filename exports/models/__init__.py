"""The tables of jobs and of the files they gave."""

from exports.models.batches import BatchQuerySet, ExportBatch
from exports.models.files import ExportFile
from exports.models.idempotency import IdempotencyRecord
from exports.models.jobs import ExportJob, JobQuerySet, Mode
from exports.models.workers import Worker

__all__ = [
    "BatchQuerySet",
    "ExportBatch",
    "ExportFile",
    "ExportJob",
    "IdempotencyRecord",
    "JobQuerySet",
    "Mode",
    "Worker",
]

"""The tables of jobs, of the files they gave, and of who is told."""

from exports.models.batches import BatchQuerySet, ExportBatch
from exports.models.destinations import Destination
from exports.models.files import ExportFile
from exports.models.idempotency import IdempotencyRecord
from exports.models.jobs import ExportJob, JobQuerySet, Mode
from exports.models.outbox import Attempt, Delivery
from exports.models.webhooks import Webhook
from exports.models.workers import Worker

__all__ = [
    "Attempt",
    "BatchQuerySet",
    "Delivery",
    "Destination",
    "ExportBatch",
    "ExportFile",
    "ExportJob",
    "IdempotencyRecord",
    "JobQuerySet",
    "Mode",
    "Webhook",
    "Worker",
]

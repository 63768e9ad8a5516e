"""The ways in which somebody is told: a file each."""

from typing import Final

from exports.delivery.base import Channel
from exports.pipeline.registry import Table

CHANNELS: Final[Table[type[Channel]]] = Table(
    "channel",
    {
        "webhook": "exports.delivery.webhook.WebhookChannel",
        "email": "exports.delivery.email.EmailChannel",
        "s3": "exports.delivery.s3.S3Channel",
        "sftp": "exports.delivery.sftp.SftpChannel",
    },
)

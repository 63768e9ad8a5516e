"""What was answered to a request that carried an Idempotency-Key."""

from typing import ClassVar

from django.db import models

from customers import ids
from customers.models import Business


class IdempotencyRecord(models.Model):
    """:ivar actor: kind and id of who asked; a key means nothing to anybody else.

    :ivar key_hash: SHA-256 of the caller's key, which itself is not kept.
    :ivar request_hash: HMAC of method, path and raw body, by a key of the server.
    :ivar made: the primary key of what the request made, or a template's slug; known
        from the very commit that made it.
    :ivar status: of the answer; None while the first request runs.
    :ivar token: of the run that may settle the record.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    actor = models.CharField(max_length=120)
    key_hash = models.CharField(max_length=64)
    request_hash = models.CharField(max_length=64)
    business = models.ForeignKey(Business, on_delete=models.CASCADE, null=True)
    token = models.UUIDField(default=ids.new_id)
    lease_until = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    made = models.CharField(max_length=80, null=True)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.JSONField(null=True)

    objects: ClassVar = models.Manager["IdempotencyRecord"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["actor", "key_hash"], name="exports_idempotency_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

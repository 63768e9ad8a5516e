"""Which workers live: each one's parent writes down that it does."""

from datetime import timedelta
from typing import ClassVar, Final, Self

from django.db import models
from django.db.models.functions import Now

# Well above the pause between two beats, so that one that is late is not missed.
SEEN_LATELY: Final = timedelta(seconds=60)
_KEPT: Final = timedelta(days=1)


class WorkerQuerySet(models.QuerySet["Worker"]):
    def seen_lately(self) -> Self:
        return self.filter(seen_at__gt=Now() - SEEN_LATELY)

    def note(self, name: str) -> None:
        """A worker lives; those that have been silent for a day are forgotten."""
        self.bulk_create(
            [Worker(name=name[:200], seen_at=Now())],
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=["seen_at"],
        )
        self.filter(seen_at__lt=Now() - _KEPT).delete()


class Worker(models.Model):
    """:ivar seen_at: by the database's clock."""

    name = models.CharField(max_length=200, primary_key=True)
    seen_at = models.DateTimeField()

    objects: ClassVar = WorkerQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

"""Kept secrets under the newest of the keys, so that an old key can be dropped."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exports import secrets
from exports.errors import ExportError

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """:ivar kept: secrets in all.

    :ivar renewed: those that an older key had wrapped.
    :ivar lost: the rows of those that no key opens.
    """

    kept: int
    renewed: int
    lost: tuple[str, ...]


def rewrap(rows: "QuerySet[Any]", column: str) -> Rewrapped:
    """Every secret in this column of these rows; an empty one is none.

    What somebody else changes meanwhile is theirs: it is under the newest key already.
    """
    kept = renewed = 0
    lost = []
    held = rows.exclude(**{column: ""}).order_by("pk").values_list("pk", column)
    for pk, wrapped in list(held):
        kept += 1
        try:
            anew = secrets.rewrapped(wrapped)
        except ExportError:
            lost.append(str(pk))
            continue
        if anew is not None:
            same = rows.model.objects.filter(pk=pk, **{column: wrapped})
            renewed += same.update(**{column: anew})
    return Rewrapped(kept, renewed, tuple(lost))

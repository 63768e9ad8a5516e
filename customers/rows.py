"""The one row that a unique key names."""

from contextlib import suppress
from typing import TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet

_Model = TypeVar("_Model", bound=Model)
_Row = TypeVar("_Row")


def sole(rows: QuerySet[_Model, _Row]) -> _Row | None:
    """What is left of rows that were filtered by such a key.

    ``first`` would put it in order, which takes a wide model as long as its question.
    """
    with suppress(ObjectDoesNotExist):
        return rows.get()
    return None

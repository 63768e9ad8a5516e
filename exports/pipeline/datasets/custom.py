"""What a custom query gives, as a dataset: its columns are the query's own."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from exports.pipeline.datasets.base import Column, Dataset

NAME: Final = "custom"


class CustomQuery(Dataset):
    name = NAME
    title = "Custom query"
    description = "The rows of one SELECT over the datasets of the business."
    time_column = ""


@lru_cache(maxsize=64)
def of(columns: tuple[Column, ...]) -> Dataset:
    kind: type[Dataset] = type("Custom", (CustomQuery,), {"columns": columns})
    return kind()


def defaults(known: Mapping[str, Any], dataset: Dataset) -> dict[str, Any]:
    """Of a request: all columns, and the order that the query gives.

    None is left out unsaid because it may not be seen.
    """
    names = [column.name for column in dataset.columns]
    columns = names if known["columns"] is None else known["columns"]
    return {"columns": columns, "sort_by": []}

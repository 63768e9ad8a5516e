"""What cannot be followed, or put together again, is refused by its name."""

import pytest

from exports.errors import Invalid
from exports.pipeline import changes
from exports.pipeline.datasets import DATASETS
from tests import make
from tests.exports.pipeline.engine import parse

pytestmark = pytest.mark.django_db


def settled(*, sort_named=False, **fields):
    spec = parse(**({"format": "csv"} | fields))
    return changes.settled(spec, sort_named=sort_named)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"type": "analytics"}, "export_type"),
        ({"type": "custom", "custom_query": "SELECT id FROM reports"}, "export_type"),
        ({"format": "parquet"}, "format"),
        ({"compression": True}, "compression"),
        ({"include_metadata": True}, "include_metadata"),
        ({"max_rows": 5}, "max_rows"),
        ({"filters": {"date_range": "today"}}, "filters.date_range"),
        ({"columns": ["status"]}, "columns"),
        ({"columns": [{"name": "id", "transform": "hash"}]}, "columns"),
        ({"columns": ["id", {"name": "status", "label": "_op"}]}, "columns"),
        ({"options": {"null": "delete"}}, "options.null"),
        ({"sort_by": ["created_at"], "sort_named": True}, "sort_by"),
        ({"sort_by": ["-id"], "sort_named": True}, "sort_by"),
    ],
)
def test_what_cannot_be_made_right_is_refused_by_name(fields, named):
    make.business("ours")

    with pytest.raises(Invalid) as refused:
        settled(**fields)

    assert [each["field"] for each in refused.value.details] == [named]


@pytest.mark.parametrize(
    "fields", [{}, {"sort_by": ["created_at"]}, {"sort_by": ["id"], "sort_named": True}]
)
def test_rows_come_in_the_order_of_their_keys(fields):
    assert settled(**fields).as_json()["sort_by"] == ["+id"]


@pytest.mark.parametrize("name", list(DATASETS))
def test_rows_are_followed_into_every_table_that_is_read(name):
    dataset = DATASETS[name]
    own = dataset.rows(make.business()).model

    followed = [
        own._meta.get_field(path[:-2]).related_model if path else own
        for path in dataset.follows
    ]

    assert followed == ([] if name == "analytics" else list(dataset.reads))

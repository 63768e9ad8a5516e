"""The views hold what the datasets' QuerySets hold, column by column."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from exports.pipeline.datasets import DATASETS
from tests import make
from tests.exports.pipeline.engine import engine, rows_of
from tests.exports.pipeline.query.asking import query_role, rows

pytestmark = [engine, pytest.mark.usefixtures("query_role")]
__all__ = ["query_role"]


@pytest.fixture
def ours() -> Any:
    """A business with rows in each dataset, nulls among them; and another one."""
    for name in ("ours", "theirs"):
        business = make.business(name, time_zone="America/New_York")
        company = make.company(business, lei=None, city="", risk_score=None)
        for number in range(5):
            moment = make.NOW + timedelta(hours=5 * number, microseconds=number)
            make.verification(company, created_at=moment, fee=Decimal(number) / 8)
        make.verification(
            company, status="pending", score=None, risk_level=None, created_at=make.NOW
        )
        make.report(business)
        make.audit_log(business)
        make.user_account(business)
    return make.business("ours")


@pytest.mark.parametrize("name", list(DATASETS))
def test_view_holds_what_the_dataset_holds(name: str, ours: Any):
    columns = [column.name for column in DATASETS[name].columns]

    found = rows(f"SELECT {', '.join(columns)} FROM {name}", ours)

    expected = [
        tuple(_text(row[column]) for column in columns) for row in rows_of(ours, name)
    ]
    assert sorted(found, key=repr) == sorted(expected, key=repr)


def _text(value: Any) -> str | None:
    if isinstance(value, dict | list):
        return _json(value)
    return None if value is None else str(value)


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


@pytest.mark.parametrize("name", list(DATASETS))
def test_view_has_the_columns_of_the_dataset_and_the_business(name: str):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM dataset_{name}")
        found = {column[0] for column in cursor.description}

    assert found == {column.name for column in DATASETS[name].columns} | {"business_id"}

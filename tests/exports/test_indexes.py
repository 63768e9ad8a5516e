"""Lists and figures of one business do not read those of the others."""

from datetime import UTC, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from customers.models import AuditEvent
from exports import analytics
from exports.models import ExportJob
from exports.states import JobStatus
from tests import make
from tests.exports.jobs_made import ended, job

pytestmark = pytest.mark.django_db

many_rows = pytest.mark.parametrize(
    "many", [20_000, pytest.param(100_000, marks=pytest.mark.slow)]
)
_POSTGRES = """
INSERT INTO {table} ({columns})
SELECT {values} FROM {table}, generate_series(1, {many}) AS series (n)
"""
_SQLITE = """
WITH RECURSIVE series (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series LIMIT {many})
INSERT INTO {table} ({columns}) SELECT {values} FROM {table}, series
"""
_NEW = {
    "postgresql": {
        "id": "gen_random_uuid()",
        "business_id": "'business_' || (n % 50)",
        "created_at": "created_at - n * interval '1 minute'",
        "at": "\"at\" - n * interval '1 minute'",
    },
    "sqlite": {
        "id": "lower(hex(randomblob(16)))",
        "business_id": "'business_' || (n % 50)",
        "created_at": "datetime(created_at, '-' || n || ' minutes')",
        "at": "datetime(at, '-' || n || ' minutes')",
    },
}


def multiply(model, many, **values):
    """So many rows like the one that is there: of fifty businesses, one a minute.

    :param values: column -> SQL, of the rows' numbers ``n``.
    """
    new = _NEW[connection.vendor] | values
    columns = [field.column for field in model._meta.concrete_fields]
    template = _POSTGRES if connection.vendor == "postgresql" else _SQLITE
    statement = template.format(
        table=model._meta.db_table,
        columns=", ".join(f'"{column}"' for column in columns),
        values=", ".join(new.get(name, f'"{name}"') for name in columns),
        many=many,
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute(f"ANALYZE {model._meta.db_table}")


@pytest.fixture
def businesses():
    return [make.business(f"business_{number}") for number in range(50)]


@many_rows
def test_jobs_of_one_business_are_read_by_index(businesses, many):
    job(businesses[0])
    multiply(ExportJob, many)
    mine = frozenset({"business_7"})
    last = timezone.now().astimezone(UTC).date() - timedelta(days=5)

    figures = analytics.rows_of(mine, last - timedelta(days=6), last)
    page = ExportJob.objects.for_businesses(mine).background().newest_first()[:50]

    assert "exports_job_asked" in figures.explain()
    assert figures.count() in {201, 202}  # of 7 days and 50 businesses, one a minute
    assert "exports_job_newest" in page.explain()


@many_rows
def test_jobs_that_wait_or_run_are_not_sought_among_all_that_have_ended(
    businesses, many
):
    ended(job(businesses[0]), JobStatus.COMPLETED)
    multiply(ExportJob, many)
    waiting = job(businesses[7])

    found = ExportJob.objects.for_business("business_7").background().active()

    assert "exports_job_active" in found.explain()
    assert list(found) == [waiting]


@many_rows
def test_audit_events_of_one_business_are_read_by_index(businesses, many):
    make.api_key(businesses[0])
    multiply(AuditEvent, many)
    mine = AuditEvent.objects.filter(business_id__in=["business_7"])
    until = make.NOW - timedelta(days=5)

    page = mine.order_by("-at", "-id")[:50]
    some = mine.filter(at__gte=until - timedelta(days=7), at__lt=until)

    assert "customers_auditevent_at" in page.explain()
    assert "customers_auditevent_at" in some.explain()
    assert some.count() in {201, 202}

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from exports.models import ExportJob
from exports.states import JobStatus
from tests import make
from tests.exports.jobs_made import ended, file_of, in_state, job
from tests.exports.views.asking import client, error

pytestmark = pytest.mark.django_db

ADDRESS = "/v1/export/analytics"
DAY = datetime(2025, 1, 15, tzinfo=UTC)


def done(business, seconds=1.0, *, at=DAY, rows=0, **spec) -> ExportJob:
    made = ended(job(business, **spec), JobStatus.COMPLETED)
    end = at + timedelta(seconds=seconds)
    ExportJob.objects.filter(pk=made.pk).update(
        created_at=at, started_at=at, completed_at=end
    )
    file_of(made, at=end, rows=rows, seconds=seconds)
    return made


def figures(answer):
    assert answer.status_code == 200, answer.content
    return answer.json()["figures"]


def test_exports_are_counted_by_day_type_format_and_outcome(mine):
    done(mine, 1, rows=2)
    done(mine, 3, rows=5)
    done(mine, 1, rows=1, format="json")
    done(mine, 1, rows=1, at=DAY - timedelta(microseconds=1))
    done(make.business("business_other"), 9, rows=9)

    answer = client(mine).get(f"{ADDRESS}?from=2025-01-10&to=2025-01-15")

    told = figures(answer)
    assert {name: answer.json()[name] for name in ("from", "to", "time_zone")} == {
        "from": "2025-01-10",
        "to": "2025-01-15",
        "time_zone": "UTC",
    }
    assert [(each["date"], each["format"], each["exports"]) for each in told] == [
        ("2025-01-14", "csv", 1),
        ("2025-01-15", "csv", 2),
        ("2025-01-15", "json", 1),
    ]
    assert told[1] == {
        "date": "2025-01-15",
        "type": "verifications",
        "format": "csv",
        "outcome": "completed",
        "exports": 2,
        "rows": 7,
        "bytes": 70,
        "p50_seconds": 1.0,
        "p95_seconds": 3.0,
        "cache_hits": None,
    }


def test_percentiles_are_of_the_nearest_rank(mine):
    for number in range(40, 0, -1):
        done(mine, number / 8)

    [told] = figures(client(mine).get(f"{ADDRESS}?from=2025-01-15&to=2025-01-15"))

    assert (told["p50_seconds"], told["p95_seconds"]) == (20 / 8, 38 / 8)


def test_what_has_not_ended_has_no_seconds(mine):
    in_state(JobStatus.PENDING)
    made = job(mine)

    [told] = figures(client(mine).get(ADDRESS))

    assert (told["outcome"], told["exports"], told["rows"]) == ("pending", 1, 0)
    assert told["p50_seconds"] is told["p95_seconds"] is None
    assert told["date"] == made.created_at.date().isoformat()


def test_last_thirty_days_without_dates(mine):
    told = client(mine).get(ADDRESS).json()

    today = timezone.now().date()
    assert told["to"] == today.isoformat()
    assert told["from"] == (today - timedelta(days=29)).isoformat()


def test_one_of_several_businesses(mine):
    second = make.business("business_second")
    done(mine, rows=1)
    done(second, rows=2)
    address = f"{ADDRESS}?from=2025-01-15&to=2025-01-15"

    caller = client(mine, second)
    [both] = figures(caller.get(address))
    [one] = figures(caller.get(f"{address}&business_id=business_second"))

    assert (both["rows"], one["rows"]) == (3, 2)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("from=yesterday", "from"),
        ("to=20250131", "to"),
        ("to=2025-02-30", "to"),
        ("from=0001-01-01&to=0001-01-02", "from"),
        ("from=2025-01-02&to=2025-01-01", "from"),
        ("from=2025-01-01&to=2025-04-03", "from"),
        ("format=csv", "format"),
    ],
)
def test_wrong_parameter_is_named(mine, query, name):
    status, code, fields = error(client(mine).get(f"{ADDRESS}?{query}"))

    assert (status, code, fields[0]) == (400, "VALIDATION_ERROR", name)


def test_ninety_two_days_are_answered(mine):
    answer = client(mine).get(f"{ADDRESS}?from=2025-01-01&to=2025-04-02")

    assert figures(answer) == []


def test_key_that_may_not_read_is_forbidden(mine):
    caller = client(mine, scopes=["exports:write"])

    assert error(caller.get(ADDRESS)) == (403, "FORBIDDEN", [])

"""The name that a file has at a destination."""

from datetime import UTC, datetime

import pytest

from customers.models import Business
from exports.delivery.naming import DEFAULT, for_a_test, name_of, problem
from exports.models import ExportFile, ExportJob


def file(zone: str = "UTC") -> ExportFile:
    business = Business(id="business_123", name="One", time_zone=zone)
    job = ExportJob(business=business, export_type="verifications", format="csv")
    return ExportFile(
        business=business,
        job=job,
        name="verifications-business_123-20250101-003000.csv.gz",
        generated_at=datetime(2025, 1, 1, 0, 30, tzinfo=UTC),
    )


def test_name_has_the_exports_id_before_its_endings():
    made = file()

    assert name_of(made, DEFAULT) == (
        "business_123/2025/01/01/verifications-business_123-20250101-003000-"
        f"{made.job.export_id}.csv.gz"
    )


def test_days_are_those_of_the_business():
    made = file("America/New_York")

    name = name_of(made, "{type}/{format}/{year}/{month}/{day}T{hour}/{export}")

    assert name == f"verifications/csv/2024/12/31T19/{made.job.export_id}"


@pytest.mark.parametrize(
    "pattern",
    [
        *(DEFAULT, "{name}", "a/{export}.csv", "a-b_c.d=e/{year}{month}/x-{name}"),
        "/srv/in/{name}",
    ],
)
def test_pattern_that_is_good(pattern):
    assert problem(pattern, is_absolute_allowed=True) == ""


@pytest.mark.parametrize(
    "pattern",
    [
        *("", "x" * 301, "a/b", "{name}/", "{name}/x", "{nme}", "{name", "{name!r}"),
        *("../{name}", "a/../{name}", "a//{name}", "./{name}", ".a/{name}", "//{name}"),
        *(
            "a b/{name}",
            "a\n{name}",
            "ä/{name}",
            "a\\{name}",
            "{name}\x00",
            "{0}{name}",
        ),
        *("{name.__class__}", "/{name}"),
    ],
)
def test_pattern_that_is_refused(pattern):
    assert problem(pattern, is_absolute_allowed=False) != ""


def test_test_has_a_name_of_its_own_in_todays_folder():
    now = datetime(2025, 1, 1, 0, 30, tzinfo=UTC)

    name = for_a_test(
        DEFAULT, business_id="business_123", zone="America/New_York", now=now
    )

    assert name == "business_123/2024/12/31/kyb-export-test-20250101003000000000.txt"

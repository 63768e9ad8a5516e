"""Runs that are not wanted: nothing has changed, or there is nothing."""

import re

import pytest

from customers.authentication import actor_for_user
from customers.models import Verification
from exports.pipeline.datasets import DATASETS
from exports.states import JobStatus
from templates_app import schedule_changes
from tests import make
from tests.exports.views.asking import BOTH
from tests.templates_app.schedules_made import (
    HOUR,
    MINUTE,
    NOON,
    beat,
    body,
    end_jobs,
    fired,
    run_of,
    schedule,
)

# What a transaction itself has changed, a mark that it takes has not seen.
pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)


@pytest.fixture(autouse=True)
def _others():
    make.verification(make.business("business_other"))


@pytest.mark.parametrize("name", list(DATASETS))
def test_changes_are_looked_for_in_every_table_that_is_read(name, mine):
    dataset = DATASETS[name]
    sources = {
        source
        for column in dataset.columns
        for source in (column.inputs or (column.path,))
    }
    rows = dataset.in_range(dataset.rows(mine), mine).values(*sources)

    read = set(re.findall(r'"(customers_\w+)"\.', str(rows.query)))

    assert read == {model._meta.db_table for model in dataset.reads}


def runs(of, *, changes=()):
    """What comes of one run after the other, with a change before each."""
    for hour, change in enumerate([lambda: None, *changes], 1):
        change()
        beat(NOON + hour * HOUR)
        end_jobs()
        beat(NOON + hour * HOUR + MINUTE)
    return [status for _, status in fired(of)]


def test_what_has_not_changed_is_not_exported_again(mine):
    row = make.verification(mine)
    of = schedule(mine, only_if_changed=True)

    found = runs(
        of,
        changes=[
            lambda: None,
            lambda: Verification.objects.filter(pk=row.pk).update(notes="seen"),
            lambda: make.verification(make.business("business_other")),
            lambda: make.report(mine),
            row.delete,
            lambda: None,
        ],
    )

    assert found == [
        *("completed", "skipped", "completed", "skipped"),
        *("skipped", "completed", "skipped"),
    ]
    assert run_of(of).reason_code == "unchanged"


def test_company_of_a_verification_is_part_of_it(mine):
    row = make.verification(mine)
    of = schedule(mine, only_if_changed=True)

    def rename():
        row.company.name = "Renamed"
        row.company.save()

    assert runs(of, changes=[rename]) == ["completed", "completed"]


def test_other_days_are_a_change(mine):
    asked = {"export_type": "verifications", "format": "csv"}
    asked["filters"] = {"date_range": "today"}
    of = schedule(mine, only_if_changed=True, export=asked, cron="0 0,12 * * *")

    for half_days in (1, 2, 3):
        beat(NOON + half_days * 12 * HOUR)
        end_jobs()
        beat(NOON + half_days * 12 * HOUR + MINUTE)

    assert [status for _, status in fired(of)] == ["completed", "skipped", "completed"]


def test_failed_run_leaves_the_change_to_the_next(mine):
    of = schedule(mine, only_if_changed=True)

    beat(NOON + HOUR)
    end_jobs(JobStatus.FAILED)
    beat(NOON + 2 * HOUR)

    assert [status for _, status in fired(of)] == ["failed", "running"]


def test_nothing_is_not_exported(mine):
    of = schedule(mine, only_if_not_empty=True)

    found = runs(of, changes=[lambda: make.verification(mine)])

    assert found == ["skipped", "completed"]
    assert of.runs.earliest("fire_at").reason_code == "empty"


def test_rows_outside_the_range_do_not_fill_it(mine):
    of = schedule(mine, only_if_not_empty=True, data_range="since_previous")
    make.verification(mine, created_at=NOON - HOUR)

    found = runs(
        of,
        changes=[lambda: make.verification(mine, created_at=NOON + HOUR + MINUTE)],
    )

    assert found == ["skipped", "completed"]


def of_customers(business, **values):
    user = make.staff("operator", business)
    user.memberships.update(role="manager")
    asked = {"filter": {"accountStatus": "active"}, "format": "csv"}
    sent = body(business, export=None, customer_360=asked, **values)
    return schedule_changes.create(sent, actor=actor_for_user(user), now=NOON)


def test_customers_are_exported_by_the_account_that_owns_it(mine):
    customer = make.customer(mine)
    make.customer(make.business("business_other"))
    of = of_customers(mine)

    beat(NOON + HOUR)

    job = run_of(of).job
    assert (job.export_type, job.spec["customer_ids"]) == (
        "customer_360",
        [str(customer.pk)],
    )
    assert (job.created_at, job.actor_kind) == (NOON + HOUR, "staff")


def test_customers_are_found_anew_at_each_run(mine):
    customer = make.customer(mine)
    of = of_customers(mine, only_if_changed=True, only_if_not_empty=True)

    found = runs(
        of,
        changes=[
            lambda: None,
            lambda: make.order(customer),
            lambda: customer.__class__.objects.update(account_status="closed"),
        ],
    )

    assert found == ["completed", "skipped", "completed", "skipped"]
    assert run_of(of).reason_code == "empty"

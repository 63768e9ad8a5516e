import csv
import io
import json
import zlib
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connections
from django.utils import timezone

from customers.clearance import Clearance
from customers.models import Customer, Membership
from exports import claims, runs
from exports.customer360.bulk import BulkRun
from exports.errors import Cancelled, SizeExceeded
from exports.models import ExportFile, ExportJob
from exports.pipeline.run import Unwatched
from tests import make
from tests.exports.customer360.bulk_made import (
    content,
    manager,
    members,
    people,
    waiting,
    worked,
)
from tests.exports.jobs_made import deeds_of
from tests.exports.stored import stored
from tests.exports.views.asking import BOTH

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=BOTH),
    pytest.mark.usefixtures("root"),
]
__all__ = ["manager"]


def names_in(file: bytes) -> list[str]:
    head, row = list(csv.reader(io.StringIO(file.decode())))[:2]
    return [row[head.index("Name")]]


def test_archive_holds_a_file_of_each_customer(manager):
    made = people(3)

    waiting(made, manager)
    done = worked()

    found = members()
    assert (done.status, done.error_message) == ("completed", "")
    assert [names_in(file) for file in found.values()] == [
        ["Person 0"],
        ["Person 1"],
        ["Person 2"],
    ]
    assert (done.rows_written, done.rows_expected, done.progress) == (3, 3, 1.0)
    assert deeds_of(done) == [
        "export.requested",
        "export.processing",
        "export.completed",
    ]


def test_names_are_short_where_that_tells_customers_apart(manager):
    mine = make.business("business_mine")
    made = [
        make.customer(mine, id=UUID(text))
        for text in (
            "0190a5d0-ac96-774b-bcce-b302099a8057",
            "0190a5d1-ac96-774b-bcce-b302099a8057",
            "0190a5d1-ac96-774b-bcce-b302099a8058",
        )
    ]

    waiting(made, manager)
    worked()

    assert list(members()) == [
        "customer-0190a5d0.csv",
        "customer-0190a5d1-ac96-774b-bcce-b302099a8057.csv",
        "customer-0190a5d1-ac96-774b-bcce-b302099a8058.csv",
    ]


def test_two_runs_give_the_same_bytes(manager):
    job = waiting(people(3), manager, format="json")
    claims.claim("bulk", worker="w1", now=timezone.now())
    job.refresh_from_db()

    first, second = (b"".join(BulkRun(job).chunks()) for _ in range(2))

    assert first == second


def test_compressed_files_lie_in_the_archive(manager):
    waiting(people(1), manager, format="csv", compression="gzip")
    worked()

    ((name, packed),) = members().items()
    assert name.endswith(".csv.gz")
    assert names_in(zlib.decompress(packed, wbits=31)) == ["Person 0"]


def test_json_names_who_asked_and_when(manager):
    (customer,) = people(1)
    job = waiting([customer], manager, format="json")
    worked()

    (file,) = members().values()
    told = json.loads(file)
    assert told["exportMetadata"]["exportedBy"] == {
        "id": str(manager.pk),
        "name": manager.username,
    }
    assert told["exportMetadata"]["customerId"] == str(customer.pk)
    assert told["exportMetadata"]["options"] == job.spec["options"]
    assert told["customerData"]["profile"]["name"] == "Person 0"


def test_file_is_described_as_every_file(manager):
    made = people(2)
    waiting(made, manager, orderLimit=1)
    done = worked()

    file = ExportFile.objects.get()
    told = file.manifest
    assert (file.content_type, file.size) == ("application/zip", len(content()))
    assert (file.row_count, file.completeness, file.columns) == (2, "complete", [])
    assert file.name.startswith("customer_360-business_mine-")
    assert file.key == f"business_mine/{done.pk}/1.zip"
    assert told["dataset"] == {"name": "customer_360", "version": 1}
    assert told["spec"]["customer_ids"] == [str(each.pk) for each in made]
    assert (told["row_count"], told["rows_found"]) == (2, 2)
    assert sorted(told["signature"]) == ["algorithm", "key_id", "value"]
    treatments = {each["name"]: each["treatment"] for each in told["columns"]}
    assert (treatments["notes.body"], treatments["profile.id"]) == ("clear", "clear")


def test_orders_beyond_the_limit_make_it_limited(manager):
    made = people(2)
    make.order(made[1])

    waiting(made, manager, orderLimit=1)
    worked()

    assert ExportFile.objects.get().completeness == "limited"


def test_operator_gets_no_sensitive_text():
    made = people(1)
    operator = make.staff(Membership.Role.OPERATOR, make.business("business_mine"))

    waiting(made, operator, format="json")
    worked()

    (file,) = members().values()
    told = json.loads(file)["customerData"]
    manifest = ExportFile.objects.get().manifest
    hidden = [x["name"] for x in manifest["columns"] if x["treatment"] == "withheld"]
    assert (hidden, told["withheld"]) == (["notes.body"], ["notes.body"])
    assert b"Note 0" not in file


def test_clearance_is_the_one_at_the_request(manager):
    waiting(people(1), manager, format="json")
    ExportJob.objects.update(clearance=Clearance.PERSONAL)

    worked()

    assert b"Note 0" not in next(iter(members().values()))


def test_customer_that_is_gone_fails_the_whole(manager):
    made = people(3)
    job = waiting(made, manager)
    Customer.objects.filter(pk=made[1].pk).delete()

    done = worked()

    assert (done.status, done.error_code) == ("failed", "CUSTOMER_NOT_FOUND")
    assert str(made[1].pk) not in done.error_message
    assert (stored(), ExportFile.objects.count()) == ([], 0)
    assert deeds_of(job)[-1] == "export.failed"


@pytest.mark.parametrize("loss", ["membership", "role", "view", "account"])
def test_permission_is_asked_for_again_when_it_runs(manager, loss):
    waiting(people(1), manager)
    if loss == "membership":
        manager.memberships.all().delete()
    elif loss == "role":
        manager.memberships.update(role=Membership.Role.VIEWER)
    elif loss == "view":  # they may still export customers, without their notes
        manager.memberships.update(role=Membership.Role.OPERATOR)
    else:
        manager.is_active = False
        manager.save()

    done = worked()

    assert (done.status, done.error_code) == ("failed", "FORBIDDEN")
    assert stored() == []


def test_file_beyond_the_limit_of_its_format_fails(manager, settings):
    settings.EXPORTS = {**settings.EXPORTS, "JOB_MAX_SIZE_CSV": 200}
    waiting(people(2), manager)

    done = worked()

    assert (done.status, done.error_code) == ("failed", "EXPORT_SIZE_EXCEEDED")
    assert stored() == []


def test_run_that_was_broken_off_closes_its_snapshot_at_once(manager, settings):
    settings.EXPORTS = {**settings.EXPORTS, "JOB_MAX_SIZE_CSV": 5}
    waiting(people(2), manager)
    job = claims.claim("bulk", worker="w1", now=timezone.now())

    with pytest.raises(SizeExceeded):
        runs.run_job(job)

    assert not connections["snapshot"].in_atomic_block


class Stopping(Unwatched):
    """A watch that hears of a cancel when so many customers are written."""

    def __init__(self, after: int) -> None:
        self.after = after
        self.seen: list[int] = []

    def wrote(self, rows: int) -> None:
        self.seen.append(rows)
        if rows >= self.after:
            raise Cancelled("enough")


@pytest.mark.parametrize("workbook", [False, True])
def test_cancel_is_heard_within_one_customer(manager, workbook):
    form = "xlsx" if workbook else "csv"
    job = waiting(people(3), manager, workbook=workbook, format=form)
    run = BulkRun(job)
    run.watch = watch = Stopping(after=1)

    with pytest.raises(Cancelled):
        b"".join(run.chunks())

    assert watch.seen[-1] == 1
    assert not connections["snapshot"].in_atomic_block


def test_figures_are_of_the_day_of_the_request(manager):
    (customer,) = people(1)
    job = waiting([customer], manager, format="json")
    later = job.created_at - timedelta(days=30)
    ExportJob.objects.update(created_at=later)

    worked()

    (file,) = members().values()
    days = json.loads(file)["customerData"]["metrics"]["daysSinceLastPurchase"]
    assert days == (later.date() - (make.NOW - timedelta(days=10)).date()).days

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from customers.authentication import actor_for_user
from customers.clearance import Clearance
from customers.models import AuditEvent, Customer, Membership
from exports.customer360.bulk_asking import Asker, request_bulk
from exports.errors import Conflict, CustomerNotFound, Forbidden, Invalid
from exports.models import ExportJob
from tests import make
from tests.exports.claiming import listened

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 3, 10, 23, 30, tzinfo=UTC)


@pytest.fixture
def mine():
    return make.business("business_mine", time_zone="Pacific/Auckland")


@pytest.fixture
def theirs():
    return make.customer(make.business("business_other"), loyalty_level="gold")


def ask(user, **payload) -> ExportJob:
    by = Asker(user, actor_for_user(user, request_id="req-1"), "en")
    return request_bulk(payload, by=by, now=NOW)


def ids(*customers) -> list[str]:
    return [str(customer.pk) for customer in customers]


def test_job_keeps_what_was_asked_for(mine, theirs, monkeypatch):
    told = listened(monkeypatch)
    manager = make.staff(of=mine)
    made = [make.customer(mine) for _ in range(2)]

    job = ask(manager, customerIds=ids(*made), format="csv", dateRange="30d")

    job.refresh_from_db()
    assert (job.business_id, job.export_type, job.format) == (
        *("business_mine", "customer_360", "csv"),
    )
    assert (job.queue, job.mode, job.status) == ("bulk", "background", "pending")
    assert (job.actor_kind, job.actor_id) == ("staff", str(manager.pk))
    assert (job.clearance, job.request_id) == (Clearance.SENSITIVE, "req-1")
    assert job.spec["customer_ids"] == ids(*made)
    assert job.spec["options"]["dateRange"] == "30d"
    # It is 11 March 12:30 there, and 9 February began at 11:00 UTC the day before.
    assert job.spec["since"] == "2025-02-08T11:00:00+00:00"
    assert told == []


def test_asking_is_audited_with_how_many(mine, theirs):
    job = ask(make.staff(of=mine), customerIds=ids(make.customer(mine)))

    event = AuditEvent.objects.get(object_id=job.export_id)
    assert (event.action, event.business_id) == ("export.requested", "business_mine")
    assert event.details["customers"] == 1
    assert event.details["export_type"] == "customer_360"


@pytest.mark.parametrize("role", [Membership.Role.VIEWER, Membership.Role.AUDITOR])
def test_role_without_the_permission_is_forbidden(mine, role):
    customer = make.customer(mine)

    with pytest.raises(Forbidden, match="needs the permission"):
        ask(make.staff(role, mine), customerIds=ids(customer))
    with pytest.raises(Forbidden):
        ask(make.staff(role, mine), businessId="business_mine", filter={})

    assert ExportJob.objects.count() == 0


def test_customer_that_is_not_theirs_is_not_there(mine, theirs):
    manager, own = make.staff(of=mine), make.customer(mine)
    refusals = []
    for other in (theirs.pk, uuid4()):
        with pytest.raises(CustomerNotFound) as held:
            ask(manager, customerIds=[*ids(own), str(other)])
        refusals.append((held.value.message, held.value.details))

    assert refusals == [("Customer not found", [])] * 2
    assert ExportJob.objects.count() == 0


@pytest.mark.parametrize("name", ["business_other", "business_absent", "BUSINESS_MINE"])
def test_business_that_is_not_theirs_has_no_customers(mine, theirs, name):
    manager, own = make.staff(of=mine), make.customer(mine)

    for asked in ({"filter": {}}, {"customerIds": ids(own)}):
        with pytest.raises(CustomerNotFound, match=r"^Customer not found$"):
            ask(manager, businessId=name, **asked)


def test_customers_of_two_businesses_are_refused(mine, theirs):
    manager = make.staff(everywhere=True)

    with pytest.raises(Invalid, match="of one business"):
        ask(manager, customerIds=ids(make.customer(mine), theirs))


def test_filter_finds_those_of_the_business_alone(mine, theirs):
    manager = make.staff(of=mine)
    gold = [make.customer(mine, loyalty_level="gold") for _ in range(2)]
    make.customer(mine, loyalty_level="silver")

    job = ask(manager, businessId="business_mine", filter={"loyaltyLevel": "gold"})

    assert job.spec["customer_ids"] == sorted(ids(*gold))
    assert job.spec["filters"] == {"loyaltyLevel": "gold"}


@pytest.mark.parametrize(
    "wanted",
    [
        {"accountStatus": ["suspended", "closed"]},
        {"tag": ["vip", "new"]},
        {"segment": "regulars"},
        {"registeredAfter": "2024-06-01T00:00:00Z"},
        {"registeredBefore": "2024-12-01T00:00:00Z", "tag": "vip"},
    ],
)
def test_each_filter_finds_its_customers_once(mine, theirs, wanted):
    registered = datetime(2024, 7, 1, tzinfo=UTC)
    status = Customer.AccountStatus.SUSPENDED
    found = make.customer(mine, account_status=status, registered_at=registered)
    make.tag(found, "vip")
    make.tag(found, "new")
    make.segment(found)
    make.customer(mine, registered_at=registered - timedelta(days=100))

    job = ask(make.staff(of=mine), businessId="business_mine", filter=wanted)

    assert job.spec["customer_ids"] == ids(found)


def test_filter_that_finds_nobody_is_not_found(mine, theirs):
    with pytest.raises(CustomerNotFound):
        ask(make.staff(of=mine), businessId="business_mine", filter={})


def test_filter_that_finds_too_many_is_refused(mine):
    Customer.objects.bulk_create(
        Customer(business=mine, external_id=str(number), name="N")
        for number in range(1001)
    )
    manager = make.staff(of=mine)

    with pytest.raises(Invalid, match="more than 1000 customers"):
        ask(manager, businessId="business_mine", filter={})
    Customer.objects.filter(external_id="0").delete()

    job = ask(manager, businessId="business_mine", filter={})
    assert len(job.spec["customer_ids"]) == 1000


def test_business_has_no_more_jobs_than_it_may(mine, settings):
    settings.EXPORTS = {**settings.EXPORTS, "MAX_ACTIVE_JOBS_PER_BUSINESS": 0}

    with pytest.raises(Conflict):
        ask(make.staff(of=mine), customerIds=ids(make.customer(mine)))

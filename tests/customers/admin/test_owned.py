"""No page of the admin shows one business what is another's: by construction."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import reverse

from customers import audit
from customers.admin.owned import OwnedAdmin
from customers.models import (
    ApiKey,
    AuditEvent,
    AuditLog,
    Business,
    Company,
    Customer,
    Order,
    Report,
    User,
    UserAccount,
    Verification,
)
from customers.tenancy import TenantOwned
from exports.models import Destination, ExportJob, Webhook, Worker
from templates_app.models import ExportTemplate, Schedule
from tests import make
from tests.customers.admin.asking import at_admin, listed, page
from tests.exports.destinations_made import bucket_body, destination
from tests.exports.jobs_made import job
from tests.exports.webhooks_made import webhook
from tests.templates_app.schedules_made import schedule

pytestmark = [pytest.mark.django_db, pytest.mark.pages]
ROLES = ("viewer", "operator", "manager", "auditor")
MARK = "zyxmark"


def template(of: Business, **values) -> ExportTemplate:
    row = {"slug": "s", "name": "n", "export_type": "reports", "format": "csv"}
    return ExportTemplate.objects.create(business=of, **(row | values))


def event(of: Business) -> AuditEvent:
    made = audit.record("export.requested", actor=make.SYSTEM, business_id=of.id)
    return AuditEvent.objects.get(pk=made.pk)


# Model -> a row of this business, with a text that its search would find.
MADE = {
    Business: lambda of: of,
    Company: lambda of: make.company(of, name=f"{MARK} {of.id}"),
    Verification: lambda of: make.verification(make.company(of, name=MARK)),
    Report: lambda of: make.report(of, title=MARK),
    AuditLog: lambda of: make.audit_log(of, user_id=MARK),
    UserAccount: lambda of: make.user_account(of, email=f"{MARK}@example.com"),
    Customer: lambda of: make.customer(of, name=MARK),
    Order: lambda of: make.order(make.customer(of, name=MARK)),
    ApiKey: lambda of: make.api_key(of, name=MARK)[0],
    AuditEvent: event,
    ExportJob: lambda of: job(of, metadata={"text": MARK}),
    ExportTemplate: lambda of: template(of, name=MARK),
    Schedule: lambda of: schedule(of, name=MARK),
    Webhook: lambda of: webhook(of, description=MARK)[0],
    Destination: lambda of: destination(bucket_body(of, name=MARK)),
}
OF_NOBODY = {User, Group, Worker}


def test_every_list_of_what_belongs_to_businesses_is_owned():
    registered = {
        model: type(admin.site.get_model_admin(model))
        for model in apps.get_models()
        if admin.site.is_registered(model)
    }
    owned = {model for model in registered if issubclass(model, TenantOwned)}

    assert set(registered) - OF_NOBODY == set(MADE)
    assert owned - set(MADE) == set()
    assert [m for m in MADE if not issubclass(registered[m], OwnedAdmin)] == []


@pytest.mark.parametrize("model", MADE, ids=lambda model: model.__name__)
def test_manager_sees_the_own_rows_alone(model, mine, theirs):
    own, foreign = MADE[model](mine), MADE[model](theirs)
    client = at_admin("manager", mine)

    seen = listed(client, model)
    searched = listed(client, model, q=MARK)
    filtered = {
        term: client.get(page(model, "changelist"), {term: theirs.id})
        for term in ("business", "business__id", "business_id")
    }

    assert own.pk in seen
    assert foreign.pk not in seen | searched
    for answer in filtered.values():
        rows = answer.context["cl"].result_list if answer.context else ()
        assert foreign.pk not in {row.pk for row in rows}


@pytest.mark.parametrize("model", MADE, ids=lambda model: model.__name__)
def test_choices_of_filters_name_no_other_business(model, mine, theirs):
    MADE[model](mine)
    MADE[model](theirs)

    answer = at_admin("manager", mine).get(page(model, "changelist"))

    assert "Theirs" not in answer.content.decode()
    assert theirs.id not in answer.content.decode()


@pytest.mark.parametrize("name", ["change", "history", "delete"])
@pytest.mark.parametrize("model", MADE, ids=lambda model: model.__name__)
def test_page_of_a_foreign_row_is_as_if_it_were_not_there(model, name, mine, theirs):
    foreign = MADE[model](theirs)
    client = at_admin("manager", mine)
    address = page(model, name, foreign.pk)

    before = client.get(address)
    if model is not AuditEvent:
        type(foreign).objects.filter(pk=foreign.pk).delete()
    after = client.get(address)

    assert before.status_code == after.status_code
    assert before.status_code in {302, 403}
    assert before.headers.get("Location") == after.headers.get("Location")


@pytest.mark.parametrize("model", MADE, ids=lambda model: model.__name__)
def test_action_reaches_no_foreign_row(model, mine, theirs):
    MADE[model](mine)
    foreign = MADE[model](theirs)
    sent = {"action": "delete_selected", "_selected_action": [str(foreign.pk)]}

    client = at_admin("manager", mine)
    client.post(page(model, "changelist"), sent | {"post": "yes"})
    client.post(page(model, "changelist"), sent | {"post": "yes", "select_across": "1"})

    assert type(foreign).objects.filter(pk=foreign.pk).exists()


def test_autocomplete_finds_no_foreign_row(mine, theirs):
    sent = {"app_label": "customers", "model_name": "verification"}

    answer = at_admin("manager", mine).get(
        reverse("admin:autocomplete"), sent | {"field_name": "business", "term": "The"}
    )

    assert [each["id"] for each in answer.json()["results"]] == []


def test_key_of_two_businesses_is_shown_to_who_has_both(mine, theirs):
    both, _ = make.api_key(mine, theirs)
    own, _ = make.api_key(mine)
    person = make.staff("manager", mine)
    person.memberships.create(business=theirs, role="manager")

    assert listed(at_admin("manager", mine), ApiKey) == {own.pk}
    assert listed(at_admin("manager", everywhere=True), ApiKey) == {own.pk, both.pk}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("model", MADE, ids=lambda model: model.__name__)
def test_role_sees_the_lists_that_are_its_own(model, role, mine):
    MADE[model](mine)
    persons = {UserAccount, Customer, Order}
    only = {
        **{person: {"operator", "manager"} for person in persons},
        AuditEvent: {"auditor", "manager"},
        ApiKey: {"manager"},
    }

    answer = at_admin(role, mine).get(page(model, "changelist"))

    may = role in only.get(model, set(ROLES))
    assert answer.status_code == (200 if may else 403)


def test_field_above_the_role_is_neither_shown_nor_asked_about(mine):
    row = make.verification(
        make.company(mine), notes="the secret", reviewer_email="rosa@example.com"
    )
    operator, viewer = at_admin("operator", mine), at_admin("viewer", mine)
    address = page(Verification, "change", row.pk)

    as_operator = operator.get(address).content.decode()
    as_viewer = viewer.get(address).content.decode()
    asked = viewer.get(
        page(Verification, "changelist"), {"reviewer_email__startswith": "rosa"}
    )

    assert "rosa@example.com" in as_operator
    assert "rosa@example.com" not in as_viewer
    assert "the secret" not in as_operator + as_viewer
    assert asked.status_code in {302, 400}


def test_membership_everywhere_yields_to_the_own_one(mine, theirs):
    person = make.staff("manager", everywhere=True)
    person.memberships.create(business=theirs, role="viewer")
    own, foreign = make.customer(mine), make.customer(theirs)

    client = at_admin("viewer", mine)
    client.force_login(person)

    assert listed(client, Customer) == {own.pk}
    assert foreign.pk not in listed(client, Customer)

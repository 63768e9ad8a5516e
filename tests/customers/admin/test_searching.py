"""Searches of long lists find what looking at each row would, and no other."""

import pytest
from django.contrib import admin
from django.db import connection

from customers import audit
from customers.admin import searching
from customers.models import AuditEvent, AuditLog, Company, Verification
from tests import make
from tests.customers.admin.asking import at_admin, listed, page

pytestmark = pytest.mark.django_db
LISTS = (Company, Verification, AuditLog, AuditEvent)
WORDS = (
    *("limited", "LIMITED acme", "rosa limited", "meier acme rosa limited"),
    *('"acme trading"', "'rosa acme'", "100%", "acme_", "ade in", "o’shea", "acme\\"),
    *("łukasz", "export", "req-ab", "nothing of the kind", "R-1 acme"),
)


@pytest.fixture
def mine():
    return filled(make.business("business_mine"))


@pytest.fixture
def theirs():
    return filled(make.business("business_theirs"))


def filled(of):
    """Words that stand in one field, in another, in several, and in none."""
    names = (
        "Acme Trading Limited",
        "Rosa & Co 100% Limited",
        "a_b GmbH",
        "Trading acme",
    )
    for number, name in enumerate(names):
        company = make.company(of, name=name, registration_number=f"R-{number}")
        for reviewer in ("Rosa Meier", "Dara O’Shea", "Łukasz Wójcik of Acme", "a_b"):
            make.verification(company, reviewer=reviewer)
    for user, action in (("limited-1", "export.rosa"), ("acme", "in.trade")):
        make.audit_log(of, user_id=user, action=action, resource_id="100%")
        audit.record(
            action,
            actor=make.SYSTEM,
            business_id=of.id,
            object_type="export",
            object_id=f"exp_{user}_acme",
        )
    return of


def looked_through(client, model):
    """Words -> what Django's own search finds: row by row."""
    lists = admin.site.get_model_admin(model)
    request = client.get(page(model, "changelist")).wsgi_request

    def look(text):
        rows = lists.get_queryset(request)
        found, _ = admin.ModelAdmin.get_search_results(lists, request, rows, text)
        return set(found.values_list("pk", flat=True))

    return {text: look(text) for text in WORDS}


def searched(client, model):
    """Words -> what the list of the admin finds."""
    return {text: listed(client, model, q=text) for text in WORDS}


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model.__name__)
def test_search_finds_what_looking_at_each_row_would(mine, theirs, model):
    both = at_admin("manager", mine), at_admin(is_superuser=True)

    found = [searched(client, model) for client in both]

    assert found == [looked_through(client, model) for client in both]
    assert any(found[0].values())


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model.__name__)
def test_search_of_many_rows_finds_the_same(mine, theirs, model, monkeypatch):
    client = at_admin("manager", mine)
    few = searched(client, model)

    monkeypatch.setattr(searching, "MOST", 1)

    assert searched(client, model) == few


def test_many_found_rows_are_not_counted_where_the_database_estimates(
    mine, monkeypatch
):
    monkeypatch.setattr(searching, "MOST", 3)
    client = at_admin("viewer", mine)

    few = client.get(page(Company, "changelist"), {"q": "100%"}).context["cl"]
    many = client.get(page(Company, "changelist"), {"q": "r-"}).context["cl"]

    can = connection.vendor == "postgresql"
    assert (few.paginator.is_estimated, few.result_count) == (False, 1)
    assert (many.paginator.is_estimated, many.result_count) == (can, 4)


def test_search_keeps_the_lists_filters_and_order(mine, theirs):
    client = at_admin(is_superuser=True)
    query = {"business": mine.id, "q": "acme", "o": "1"}

    shown = client.get(page(Company, "changelist"), query).context["cl"].result_list

    assert [row.name for row in shown] == ["Acme Trading Limited", "Trading acme"]


def test_reviewer_is_searched_for_those_alone_who_see_him(mine):
    viewer, manager = at_admin("viewer", mine), at_admin("manager", mine)

    found = [listed(each, Verification, q="meier") for each in (viewer, manager)]

    of_meier = Verification.objects.filter(reviewer="Rosa Meier")
    assert found == [set(), set(of_meier.values_list("pk", flat=True))]
    assert len(listed(viewer, Verification, q="acme limited")) == 4


def test_short_words_alone_are_what_an_own_field_begins_with(mine):
    client = at_admin("manager", mine)
    logs = AuditLog.objects.filter(user_id="acme")

    found = [
        listed(client, AuditLog, q=text) for text in ("AC", "me", "ac in", "cm acme")
    ]

    assert [len(keys) for keys in found] == [1, 0, 1, 1]
    assert found[0] == set(logs.values_list("pk", flat=True))


def test_short_words_are_anywhere_in_the_name_of_a_company(mine):
    client = at_admin("manager", mine)

    found = listed(client, Verification, q="co")

    of_it = Verification.objects.filter(company__name__contains="Co 100")
    assert found == set(of_it.values_list("pk", flat=True))


def test_no_words_narrow_nothing(mine):
    assert len(listed(at_admin("viewer", mine), Company, q="  ")) == 4

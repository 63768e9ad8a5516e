"""What is chosen in a list is what the file holds: never more, never of others."""

import pytest
from django.contrib import admin
from django.urls import reverse

from customers.admin.owned import OwnedAdmin
from customers.models import (
    AuditLog,
    Company,
    Report,
    UserAccount,
    Verification,
)
from customers.models.rows import ExportableRow
from exports.pipeline.datasets import DATASETS
from templates_app.admin import chosen as choosing
from templates_app.admin.chosen import LISTS
from tests import make
from tests.customers.admin.asking import at_admin, page
from tests.exports.stored import storage
from tests.exports.views.asking import BOTH, deeds
from tests.templates_app.admin.choosing import begun, chosen, exported, told

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)
MARK = "zyxmark"
# Model -> a row of this business in one of two states, found by its mark or not.
MADE = {
    Company: lambda of, state, mark: make.company(
        of, name=f"Firm {mark}", status=("active", "dissolved")[state]
    ),
    Verification: lambda of, state, mark: make.verification(
        make.company(of, name=f"Firm {mark}"), status=("pending", "expired")[state]
    ),
    Report: lambda of, state, mark: make.report(
        of, title=f"Report {mark}", status=("draft", "final")[state]
    ),
    AuditLog: lambda of, state, mark: make.audit_log(
        of, action=f"act {mark}", outcome=("success", "denied")[state]
    ),
    UserAccount: lambda of, state, mark: make.user_account(
        of, name=f"Person {mark}", status=("active", "invited")[state]
    ),
}
STATE = {AuditLog: "outcome"}
VALUES = {
    Company: ("active", "dissolved"),
    Verification: ("pending", "expired"),
    Report: ("draft", "final"),
    AuditLog: ("success", "denied"),
    UserAccount: ("active", "invited"),
}
each_list = pytest.mark.parametrize("model", LISTS, ids=lambda each: each.__name__)


@pytest.fixture
def mine(settings, tmp_path):
    storage(settings, tmp_path)
    return make.business("business_mine", name="Mine")


def filled(model, *businesses) -> list:
    """Four rows of each: two of either state, one of each state with the mark."""
    rows = []
    for business in businesses:
        for state, mark in ((0, MARK), (0, ""), (1, MARK), (1, "")):
            rows.append(MADE[model](business, state, mark))
    return rows[:4]


def newest(rows) -> list[str]:
    """Keys, as the lists are ordered."""
    return sorted((str(row.pk) for row in rows), reverse=True)


def keys(client, answer) -> list[str]:
    return [row["key"] for row in exported(client, begun(answer))]


def test_every_list_with_a_dataset_exports():
    listed = {
        model
        for model in admin.site._registry  # noqa: SLF001 -- all of them, whatever comes
        if issubclass(model, ExportableRow)
        and any(dataset.reads[:1] == (model,) for dataset in _datasets())
    }

    assert listed == set(LISTS)
    for model in LISTS:
        assert isinstance(admin.site.get_model_admin(model), OwnedAdmin)


def _datasets():
    return [DATASETS[name] for name in DATASETS if name != "analytics"]


@each_list
def test_selected_rows_are_the_rows_of_the_file(model, mine, theirs):
    own = filled(model, mine, theirs)
    client = at_admin("operator", mine)

    answer = chosen(client, model, own[0], own[3])

    assert keys(client, answer) == newest([own[0], own[3]])
    assert "the 2 rows that were chosen" in answer.content.decode()
    assert "export.requested" in deeds(mine)
    assert deeds(theirs) == []


@each_list
def test_rows_of_a_filter_are_carried_as_the_filter(model, mine, theirs):
    own = filled(model, mine, theirs)
    client, name = at_admin("operator", mine), STATE.get(model, "status")
    value = VALUES[model][1]

    answer = chosen(client, model, **{f"{name}__exact": value})
    both = chosen(client, model, **{f"{name}__exact": list(VALUES[model])})

    assert begun(answer)["filters"] == {name: value}
    assert keys(client, answer) == newest(own[2:])
    assert begun(both)["filters"] == {name: list(VALUES[model])}
    assert keys(client, both) == newest(own)


@each_list
def test_all_rows_need_no_filter(model, mine, theirs):
    own = filled(model, mine, theirs)
    client = at_admin("manager", mine)

    answer = chosen(client, model)

    assert begun(answer)["filters"] == {}
    assert keys(client, answer) == newest(own)
    assert "all rows that match its filters" in answer.content.decode()


@each_list
def test_rows_of_a_search_are_named_one_by_one(model, mine, theirs):
    own = filled(model, mine, theirs)
    client, name = at_admin("operator", mine), STATE.get(model, "status")

    found = chosen(client, model, q=MARK.upper())
    narrowed = chosen(client, model, q=MARK, **{f"{name}__exact": VALUES[model][0]})

    assert keys(client, found) == newest([own[0], own[2]])
    assert keys(client, narrowed) == [str(own[0].pk)]


@pytest.mark.parametrize(
    "query",
    [
        {"score__gte": "0.5"},
        {"status__exact": "pending", "status__in": "pending,expired"},
        {"status__exact": "pending", "score__isnull": "False"},
        {"risk_level__isnull": "False", "score__gte": "0.5"},
    ],
)
def test_what_filters_cannot_say_is_named_row_by_row(query, mine):
    company = make.company(mine)
    low = make.verification(company, status="pending", score="0.1", risk_level="low")
    high = make.verification(company, status="pending", score="0.9", risk_level="low")
    client = at_admin("manager", mine)
    wanted = [high] if "score__gte" in query else [low, high]

    answer = chosen(client, Verification, **query)

    assert set(begun(answer)["filters"]) == {"id_in"}
    assert keys(client, answer) == newest(wanted)


def test_more_rows_than_can_be_named_are_refused(mine, monkeypatch):
    filled(Company, mine)
    monkeypatch.setattr(choosing, "MAX_LIST", 1)
    client = at_admin("operator", mine)

    answer = chosen(client, Company, q=MARK)

    assert answer.status_code == 302
    assert told(answer) == [
        (
            "A search, or rows one by one, are exported up to 1 rows, and these are"
            " more: narrow the search, or use filters alone."
        )
    ]


def test_rows_of_several_businesses_are_refused(mine, theirs):
    own = filled(Company, mine, theirs)
    client = at_admin("operator", everywhere=True)

    several = chosen(client, Company)
    one = chosen(client, Company, business="business_mine")

    assert several.status_code == 302
    assert told(several) == [
        (
            "The rows are of several businesses, and an export is of one: choose a"
            " business in the filter first."
        )
    ]
    assert begun(one)["business_id"] == "business_mine"
    assert keys(client, one) == newest(own)


def test_row_of_another_business_is_no_row(mine, theirs):
    foreign = make.company(theirs)
    make.company(mine)

    answer = chosen(at_admin("operator", mine), Company, foreign)

    assert told(answer) == ["There are no such rows any more."]


@pytest.mark.parametrize("role", ["viewer", "auditor"])
@pytest.mark.parametrize("model", [Company, Verification])
def test_role_that_does_not_export_has_no_action(model, role, mine):
    own = filled(model, mine)
    client = at_admin(role, mine)

    shown = client.get(page(model, "changelist")).content.decode()
    answer = chosen(client, model, *own)

    assert "export_rows" not in shown
    assert b"kyb-facts" not in answer.content


def test_operator_of_one_business_exports_no_rows_of_another(mine, theirs):
    person = make.staff("operator", mine)
    person.memberships.create(business=theirs, role="viewer")
    own, seen = make.company(mine), make.company(theirs)
    client = at_admin("viewer", mine)
    client.force_login(person)

    refused = chosen(client, Company, seen)
    answer = chosen(client, Company, own)

    assert told(refused) == ["Your role in business_theirs does not export."]
    assert keys(client, answer) == [str(own.pk)]


def test_columns_and_order_are_those_of_the_list(mine):
    company = make.company(mine, name="Firm")
    for status, score in (("pending", "0.2"), ("expired", "0.4"), ("pending", "0.9")):
        make.verification(company, status=status, score=score)
    client = at_admin("operator", mine)

    answer = chosen(client, Verification, o="4.-6")

    begin = begun(answer)
    assert begin["columns"] == [
        *("id", "business_name", "status", "risk_level", "score"),
        *("reviewer", "created_at"),
    ]
    assert begin["sort_by"] == ["status", "-score", "-id"]
    assert [(row["status"], row["score"]) for row in exported(client, begin)] == [
        ("expired", 0.4),
        ("pending", 0.9),
        ("pending", 0.2),
    ]


def test_column_that_is_hidden_somewhere_is_not_carried(mine, theirs):
    person = make.staff("operator", mine)
    person.memberships.create(business=theirs, role="viewer")
    row = make.verification(make.company(mine))
    client = at_admin("viewer", mine)
    client.force_login(person)

    answer = chosen(client, Verification, row)

    assert "reviewer" not in begun(answer)["columns"]


def test_new_export_still_opens_by_its_address(mine):
    answer = at_admin("operator", mine).get(
        reverse("admin:new_export"), {"business": mine.id}
    )

    assert begun(answer) == {"business_id": mine.id}
    assert b'id="carried"' not in answer.content

"""The page that puts an export together: for whom it opens, and with what."""

import json
import re

import pytest
from django.urls import reverse

from exports.models import ExportFile
from exports.pipeline.datasets import DATASETS
from exports.pipeline.renderers import RENDERERS
from templates_app.models import ExportTemplate
from tests import make
from tests.customers.admin.asking import at_admin
from tests.exports.views.asking import BOTH, export, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.pages]
running = pytest.mark.django_db(transaction=True, databases=BOTH)


@pytest.fixture
def mine():
    make.business("business_theirs", name="Theirs")
    return make.business("business_mine", name="Mine")


def opened(client, **query):
    return client.get(reverse("admin:new_export"), query)


def facts(answer) -> dict:
    [text] = re.findall(
        r'<script id="kyb-facts" type="application/json">(.*?)</script>',
        answer.content.decode(),
    )
    return json.loads(text)


@pytest.mark.parametrize(
    ("role", "status"),
    [("viewer", 403), ("auditor", 403), ("operator", 200), ("manager", 200)],
)
def test_page_opens_for_who_may_export(mine, role, status):
    client = at_admin(role, mine)

    answer = opened(client)
    index = client.get("/admin/").content.decode()

    assert answer.status_code == status
    assert (reverse("admin:new_export") in index) == (status == 200)


@pytest.mark.parametrize(
    ("role", "clearance"), [("operator", "personal"), ("manager", "sensitive")]
)
def test_page_knows_the_own_businesses_alone(mine, role, clearance):
    answer = opened(at_admin(role, mine), business="business_theirs")

    assert facts(answer)["businesses"] == {"business_mine": clearance}
    assert facts(answer)["begin"] == {"business_id": None}
    assert "theirs" not in answer.content.decode().lower()


def test_page_says_what_each_dataset_holds(mine):
    shown = opened(at_admin("operator", mine)).content.decode()

    for name in DATASETS:
        assert f'name="export_type" value="{name}"' in shown
        assert DATASETS[name].description in shown


def test_page_opens_with_a_template(mine):
    row = {"export_type": "reports", "format": "xml", "columns": ["id"]}
    for owner in (mine, make.business("business_theirs")):
        ExportTemplate.objects.create(business=owner, slug="own", name="Own", **row)
    client = at_admin("operator", mine)

    own = facts(opened(client, business="business_mine", template="own"))["begin"]
    foreign = facts(opened(client, business="business_theirs", template="own"))["begin"]
    built_in = facts(opened(client, template="verifications_csv"))["begin"]

    assert (own["export_type"], own["columns"]) == ("reports", ["id"])
    assert own["business_id"] == "business_mine"
    assert foreign == {"business_id": None}
    assert (built_in["export_type"], built_in["sort_order"]) == (
        "verifications",
        "desc",
    )


@pytest.mark.parametrize(
    ("asked", "begun"),
    [
        ("reports", {"business_id": None, "export_type": "reports"}),
        ("<script>", {"business_id": None}),
    ],
)
def test_page_opens_with_a_type(mine, asked, begun):
    answer = opened(at_admin("operator", mine), type=asked)

    assert facts(answer)["begin"] == begun


@pytest.mark.parametrize(
    ("role", "queries", "begun"),
    [
        ("operator", [], {"business_id": None}),
        ("manager", ["business_mine"], {"business_id": None, "export_type": "custom"}),
    ],
)
def test_query_is_offered_to_who_may_ask_one(mine, role, queries, begun):
    answer = opened(at_admin(role, mine), type="custom")

    assert facts(answer)["queries"] == queries
    assert facts(answer)["begin"] == begun
    assert ('id="custom_query"' in answer.content.decode()) == bool(queries)
    assert ('value="custom"><span>' in answer.content.decode()) == bool(queries)


def test_query_is_offered_where_the_person_may_ask_one(mine):
    person = make.staff("operator", mine)
    person.memberships.create(business=make.business("business_b"), role="manager")
    client = at_admin("viewer", mine)
    client.force_login(person)

    assert facts(opened(client))["queries"] == ["business_b"]


def test_page_knows_a_usual_speed_of_every_format(mine):
    answer = opened(at_admin("operator", mine))

    assert set(facts(answer)["usual"]) >= set(RENDERERS)


def test_names_that_hold_markup_are_text():
    business = make.business("business_mine", name="</script><b>Mine</b>")

    shown = opened(at_admin("operator", business)).content.decode()

    assert "<b>Mine" not in shown
    assert "&lt;b&gt;Mine" in shown


@running
def test_page_knows_how_fast_files_were_made_lately(mine):
    make.verification(make.company(mine))
    export(signed_in(make.staff("operator", mine)), mine)
    few = facts(opened(at_admin("operator", mine)))["rates"]

    ExportFile.objects.for_business(mine.id).update(
        row_count=2000, rows_expected=2000, seconds=0.5
    )
    many = facts(opened(at_admin("operator", mine)))["rates"]

    assert (few, many) == ({}, {"csv": 4000.0})

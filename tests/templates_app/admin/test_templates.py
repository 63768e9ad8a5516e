"""Templates in the admin: the checks and the trail of the API."""

import json

import pytest
from django.contrib import admin
from django.urls import path, reverse

from customers.models import AuditEvent
from templates_app.models import ExportTemplate
from tests import make

urlpatterns = [path("admin/", admin.site.urls)]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__), pytest.mark.pages]


@pytest.fixture
def signed_in(client, mine):
    client.force_login(make.staff(is_superuser=True))
    return client


def form(**values):
    basic = {
        "business": "business_mine",
        "slug": "good_ones",
        "name": "Good ones",
        "description": "",
        "export_type": "verifications",
        "format": "csv",
        "columns": json.dumps(["id", "score"]),
        "filters": "{}",
        "sort_by": "null",
        "sort_order": "asc",
        "options": "{}",
    }
    return basic | values


def address(name, *args):
    return reverse(f"admin:templates_app_exporttemplate_{name}", args=args)


def test_template_is_made_changed_and_deleted(signed_in):
    made = signed_in.post(address("add"), form())
    row = ExportTemplate.objects.get()
    shown = signed_in.get(address("change", row.pk))
    changed = signed_in.post(address("change", row.pk), form(name="Best"))
    row.refresh_from_db()
    listed = signed_in.get(address("changelist"))
    gone = signed_in.post(address("delete", row.pk), {"post": "yes"})

    assert [each.status_code for each in (made, changed, gone)] == [302] * 3
    assert (shown.status_code, listed.status_code) == (200, 200)
    assert (row.name, row.columns, row.version) == ("Best", ["id", "score"], 2)
    assert ExportTemplate.objects.count() == 0
    events = AuditEvent.objects.filter(object_type="template").order_by("at", "id")
    assert [(event.action, event.actor_kind) for event in events] == [
        ("template.created", "staff"),
        ("template.changed", "staff"),
        ("template.deleted", "staff"),
    ]


def test_several_are_deleted_and_each_is_recorded(signed_in):
    for slug in ("a", "b"):
        signed_in.post(address("add"), form(slug=slug))
    keys = [str(row.pk) for row in ExportTemplate.objects.all()]

    sent = {"action": "delete_selected", "_selected_action": keys, "post": "yes"}
    signed_in.post(address("changelist"), sent)

    assert ExportTemplate.objects.count() == 0
    assert AuditEvent.objects.filter(action="template.deleted").count() == 2


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"columns": '["scor"]'}, "did you mean &#x27;score&#x27;?"),
        ({"columns": '["id", "\\u0000"]'}, "holds a NUL"),
        ({"export_type": "custom"}, "type is an unknown type &#x27;custom&#x27;"),
        ({"filters": '{"colour": 1}'}, "filters.colour is no filter here"),
        ({"slug": "audit_logs_json"}, "is taken"),
        ({"business": "nonesuch"}, "Select a valid choice"),
    ],
)
def test_form_says_what_is_wrong(signed_in, values, told):
    answer = signed_in.post(address("add"), form(**values))

    assert answer.status_code == 200
    assert told in answer.content.decode()
    assert ExportTemplate.objects.count() == 0


def test_change_says_what_is_wrong(signed_in):
    signed_in.post(address("add"), form())
    row = ExportTemplate.objects.get()

    answer = signed_in.post(address("change", row.pk), form(format="cvs"))

    row.refresh_from_db()
    assert "unknown format &#x27;cvs&#x27;" in answer.content.decode()
    assert (row.format, row.version) == ("csv", 1)


def test_template_that_is_no_longer_good_opens(signed_in):
    signed_in.post(address("add"), form())
    ExportTemplate.objects.update(columns=["colour"])

    page = signed_in.get(address("changelist"))

    assert page.status_code == 200
    assert "no: what it names is gone" in page.content.decode()


@pytest.mark.parametrize(
    ("role", "is_offered"), [("operator", True), ("viewer", False)]
)
def test_template_leads_to_new_export_for_who_may_export(
    signed_in, client, mine, role, is_offered
):
    signed_in.post(address("add"), form(name='<b>"Good"</b>'))
    row = ExportTemplate.objects.get()
    client.force_login(make.staff(role, mine))

    pages = [client.get(address("changelist")), client.get(address("change", row.pk))]

    link = (
        f"{reverse('admin:new_export')}?business=business_mine&amp;template=good_ones"
    )
    for page in pages:
        assert (f'href="{link}"' in page.content.decode()) == is_offered
        assert "<b>" not in page.content.decode()

"""The form of a webhook in the admin, and the queries of its page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.models import AuditEvent
from exports.models import Webhook
from exports.states import LISTENED_TO
from tests import make
from tests.customers.admin.asking import act, at_admin, page
from tests.exports.webhooks_made import webhook

pytestmark = [pytest.mark.django_db, pytest.mark.pages]


def form(**values):
    basic = {
        "business": "business_mine",
        "url": "https://hooks.example.com/kyb",
        "events": ["export.completed", "export.failed"],
        "description": "the CRM",
        "contact": "",
    }
    return basic | values


def test_webhook_is_changed_and_deleted(mine):
    row, _secret = webhook(mine, description="old", contact="ops@example.com")
    client = at_admin("manager", mine)
    sent = form(description="new", url=row.url, events=list(LISTENED_TO))

    changed = client.post(reverse("admin:exports_webhook_edit", args=[row.pk]), sent)
    row.refresh_from_db()
    gone = client.post(act(row, "delete"))

    assert changed.headers["Location"] == page(Webhook, "change", row.pk)
    assert (row.description, row.contact) == ("new", "")
    assert gone.headers["Location"] == page(Webhook, "changelist")
    assert Webhook.objects.count() == 0
    events = AuditEvent.objects.filter(object_id=row.webhook_id).order_by("at", "id")
    assert list(events.values_list("action", flat=True)) == [
        *("webhook.created", "webhook.changed", "webhook.deleted"),
    ]


@pytest.mark.parametrize(
    ("values", "name", "told"),
    [
        ({"url": ""}, "url", "This field is required."),
        ({"url": "https://127.1/hook"}, "url", "url "),
        ({"url": "ftp://example.com"}, "url", "url "),
        ({"events": []}, "events", "This field is required."),
        ({"events": ["nonesuch"]}, "events", "Select a valid choice"),
        ({"contact": "nobody"}, "contact", "contact must be an email address"),
        ({"description": "x" * 201}, "description", "at most 200 characters"),
        ({"business": "business_other"}, "business", "Select a valid choice"),
    ],
)
def test_each_field_says_what_is_wrong_with_it(mine, values, name, told):
    make.business("business_other")

    answer = at_admin("manager", mine).post(page(Webhook, "add"), form(**values))

    errors = answer.context["form"].errors
    assert list(errors) == [name]
    assert told in str(errors[name][0])
    assert Webhook.objects.count() == 0


def test_one_too_many_is_refused_in_words(mine, settings):
    settings.EXPORTS = settings.EXPORTS | {"MAX_WEBHOOKS_PER_BUSINESS": 1}
    webhook(mine)

    answer = at_admin("manager", mine).post(page(Webhook, "add"), form())

    assert "as many as it may" in answer.content.decode()


def test_page_asks_no_more_with_more_deliveries(mine, django_assert_num_queries):
    row, _secret = webhook(mine)
    client = at_admin("manager", mine)
    address = page(Webhook, "change", row.pk)
    client.post(act(row, "test"))
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    before = len(one)
    for _ in range(3):
        client.post(act(row, "test"))
    client.get(address)

    with django_assert_num_queries(before):
        client.get(address)

"""Destinations in the admin: the API's checks and trail; secrets stay unseen."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from customers.models import AuditEvent
from exports.credentials import of
from exports.models import Destination
from tests import make
from tests.customers.admin.asking import at_admin, listed, page
from tests.exports.delivery.conftest import development
from tests.exports.destinations_made import (
    SECRET,
    bucket_body,
    destination,
    server_body,
)

__all__ = ["development"]
pytestmark = [pytest.mark.django_db, pytest.mark.pages]


@pytest.fixture(autouse=True)
def theirs():
    return destination(bucket_body(make.business("business_theirs")))


def form(**values):
    body = bucket_body(make.business("business_mine"), path="{export}")
    secret = body.pop("credentials")
    body["business"] = body.pop("business_id")
    return {**body, **secret, "region": "eu-central-1"} | values


def deeds() -> list[tuple[str, str]]:
    events = AuditEvent.objects.filter(
        object_type="destination", business_id="business_mine"
    )
    return list(events.order_by("at", "id").values_list("action", "actor_kind"))


def test_destination_is_made_changed_and_deleted(mine):
    client = at_admin("manager", mine)

    made = client.post(page(Destination, "add"), form())
    row = Destination.objects.get(business=mine)
    shown = client.get(page(Destination, "change", row.pk))
    change = {"name": "New", "path": "in/{export}", "secret_access_key": "other"}
    change["access_key_id"] = "AKIAOTHER"
    changed = client.post(page(Destination, "change", row.pk), change)
    row.refresh_from_db()
    gone = client.post(page(Destination, "delete", row.pk), {"post": "yes"})

    assert [each.status_code for each in (made, changed, gone)] == [302] * 3
    assert shown.status_code == 200
    assert (row.name, row.path, row.address["region"]) == (
        "New",
        "in/{export}",
        "eu-central-1",
    )
    assert of(row) == {"access_key_id": "AKIAOTHER", "secret_access_key": "other"}
    assert Destination.objects.filter(business=mine).count() == 0
    assert deeds() == [
        ("destination.created", "staff"),
        ("destination.changed", "staff"),
        ("destination.deleted", "staff"),
    ]


def test_credentials_that_are_left_empty_stay(mine):
    row = destination(server_body(mine))
    sent = {"name": "New", "path": "{export}", "host_key": row.address["host_key"]}

    at_admin("manager", mine).post(page(Destination, "change", row.pk), sent)

    row.refresh_from_db()
    assert (row.name, of(row)) == ("New", {"password": SECRET})


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"bucket": "X"}, "bucket must be the name of a bucket"),
        ({"endpoint": "https://127.0.0.1"}, "endpoint has an address that is not"),
        ({"secret_access_key": ""}, "credentials must be an object with"),
        ({"kind": "sftp", "private_key": SECRET}, "host is required"),
        ({"business": "business_theirs"}, "Select a valid choice"),
    ],
)
def test_form_says_what_is_wrong_and_shows_no_secret(mine, values, told):
    answer = at_admin("manager", mine).post(page(Destination, "add"), form(**values))

    text = answer.content.decode()
    assert (answer.status_code, told in text, SECRET in text) == (200, True, False)
    assert Destination.objects.filter(business=mine).count() == 0


@pytest.mark.parametrize("role", ["viewer", "operator", "auditor"])
def test_others_than_managers_look_and_no_more(mine, role):
    row, client = destination(bucket_body(mine)), at_admin(role, mine)

    shown = client.get(page(Destination, "change", row.pk))
    answers = [
        client.get(page(Destination, "add")),
        client.post(page(Destination, "change", row.pk), form()),
        client.post(page(Destination, "delete", row.pk), {"post": "yes"}),
        client.post(try_out(row)),
    ]

    assert (shown.status_code, SECRET in shown.content.decode()) == (200, False)
    assert [answer.status_code for answer in answers] == [403] * 4
    assert listed(client, Destination) == {row.pk}


def try_out(row: Destination) -> str:
    return reverse("admin:exports_destination_try_out", args=[row.pk])


def test_test_asks_first_and_says_how_it_went(mine, development):
    body = bucket_body(mine, endpoint="http://127.0.0.1:9")
    row, client = destination(body), at_admin("manager", mine)

    asked = client.get(try_out(row))
    before = deeds()
    done = client.post(try_out(row))

    told = [str(each) for each in get_messages(done.wsgi_request)]
    assert "Bring a small file there" in asked.content.decode()
    assert (before, deeds()[-1]) == (
        [("destination.created", "system")],
        ("destination.tested", "staff"),
    )
    assert told == [
        "It did not arrive: the bucket could not be reached: EndpointConnectionError."
    ]


def test_one_of_another_business_is_as_if_it_were_not_there(mine, theirs):
    client = at_admin("manager", mine)

    answers = [
        client.get(page(Destination, "change", theirs.pk)),
        client.get(try_out(theirs)),
    ]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert listed(client, Destination) == set()

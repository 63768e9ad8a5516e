"""API keys at the admin: made, shown once, revoked; and their text kept nowhere."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers import ids
from customers.models import ApiKey, AuditEvent
from tests import make
from tests.customers.admin.asking import at_admin, page
from tests.logged import logged

pytestmark = [pytest.mark.django_db, pytest.mark.pages]
ADD = "/admin/customers/apikey/add/"
TEXT = re.compile(r"kyb_[a-z0-9]{12}_[\w-]{43}")


def sent(*businesses, **values):
    row = {"key_id": str(ids.new_id()), "name": "billing"}
    row |= {"businesses": [each.pk for each in businesses], "scopes": ["exports:read"]}
    return row | {"expires_at": "", "networks": ""} | values


def made(client, *businesses, **values) -> str:
    """The text of the new key."""
    answer = client.post(ADD, sent(*businesses, **values))
    return TEXT.search(answer.content.decode()).group()


def works(text: str, **extra) -> int:
    headers = {"Authorization": f"Bearer {text}"}
    return Client().get("/v1/export/types", headers=headers, **extra).status_code


def test_key_is_shown_once_and_works(mine):
    client = at_admin("manager", mine)

    answer = client.post(ADD, sent(mine))
    text = TEXT.search(answer.content.decode()).group()
    key = ApiKey.objects.get()
    after = [
        client.get(page(ApiKey, "change", key.pk)),
        client.get(page(ApiKey, "changelist")),
        client.get(page(ApiKey, "history", key.pk)),
    ]

    assert {"private", "no-store"} <= set(answer.headers["Cache-Control"].split(", "))
    assert works(text) == 200
    assert [text in each.content.decode() for each in after] == [False] * 3
    assert (key.name, key.scopes) == ("billing", ["exports:read"])
    assert list(key.businesses.all()) == [mine]


def test_form_that_is_sent_again_makes_no_other_key(mine):
    client, form = at_admin("manager", mine), sent(mine)
    client.post(ADD, form)

    again = client.post(ADD, form)

    assert (again.status_code, ApiKey.objects.count()) == (302, 1)
    assert not TEXT.search(again.content.decode())
    assert [str(each) for each in get_messages(again.wsgi_request)] == [
        "This key has been made. Its text is not kept."
    ]


def test_text_of_a_key_is_kept_nowhere(mine):
    client = at_admin("manager", mine)

    with logged() as log:
        text = made(client, mine)
        client.get("/admin/")

    secret = text.split("_", 2)[2]  # it may have such a sign itself
    kept = [
        *Session.objects.values_list("session_data", flat=True),
        *(str(dict(Session().get_decoded())),),
        *map(str, LogEntry.objects.values_list("object_repr", "change_message")),
        *map(str, AuditEvent.objects.values()),
        *map(str, ApiKey.objects.values()),
        *(each.value for each in client.cookies.values()),
        log.text,
    ]
    assert [each for each in kept if secret in each] == []


def test_making_and_revoking_is_in_the_trail(mine):
    client = at_admin("manager", mine)
    made(client, mine)
    key = ApiKey.objects.get()
    address = reverse("admin:revoke_key", args=[key.pk])

    client.post(address)
    client.post(address)

    events = AuditEvent.objects.filter(object_id=ids.show("key", key.pk))
    assert list(events.order_by("at", "id").values_list("action", "business_id")) == [
        ("api_key.issue", mine.id),
        ("api_key.revoke", mine.id),
    ]
    assert {each.actor_kind for each in events} == {"staff"}


def test_revoke_asks_first_and_then_revokes(mine):
    client = at_admin("manager", mine)
    text = made(client, mine)
    key = ApiKey.objects.get()
    address = reverse("admin:revoke_key", args=[key.pk])

    asked = client.get(address)
    before = works(text)
    client.post(address)

    assert "Revoke this key?" in asked.content.decode()
    assert (before, works(text)) == (200, 401)
    shown = client.get(page(ApiKey, "change", key.pk)).content.decode()
    assert address not in shown
    assert "revoked" in shown


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"networks": "10.0.0.0/33"}, "“10.0.0.0/33” is neither an address nor"),
        (
            {"networks": "192.0.2.0/24\n10.1.2.3/8"},
            "“10.1.2.3/8” is an address in a network: did you mean 10.0.0.0/8?",
        ),
        ({"networks": "\n".join(f"10.0.0.{n}" for n in range(101))}, "100 networks"),
        ({"expires_at": "2020-01-01T00:00"}, "This moment has passed."),
        ({"expires_at": "soon"}, "Enter a valid date/time."),
        ({"scopes": []}, "This field is required."),
        ({"scopes": ["everything"]}, "everything is not one of the available choices"),
        ({"name": ""}, "This field is required."),
        ({"businesses": []}, "This field is required."),
    ],
    ids=str,
)
def test_what_is_wrong_is_named(mine, wrong, told):
    answer = at_admin("manager", mine).post(ADD, sent(mine, **wrong))

    assert told in answer.content.decode()
    assert (answer.status_code, ApiKey.objects.count()) == (200, 0)


def test_limits_of_a_key_hold(mine):
    client = at_admin("manager", mine)
    until = (timezone.now() + timedelta(days=2)).replace(second=0, microsecond=0)

    text = made(
        client,
        mine,
        networks="192.0.2.0/24, 2001:db8::/32\n192.0.2.0/24",
        expires_at=f"{until:%Y-%m-%dT%H:%M}",
    )

    key = ApiKey.objects.get()
    assert key.networks == ["192.0.2.0/24", "2001:db8::/32"]
    assert key.expires_at == until
    assert [works(text, REMOTE_ADDR=each) for each in ("192.0.2.7", "192.0.3.7")] == [
        200,
        401,
    ]


def test_key_opens_no_business_of_others(mine):
    theirs = make.business("business_theirs", name="Theirs")
    person = make.staff("manager", mine)
    person.memberships.create(business=theirs, role="operator")
    client = at_admin()
    client.force_login(person)

    form = client.get(ADD).content.decode()
    answer = client.post(ADD, sent(mine, theirs))

    assert (theirs.id in form, mine.id in form) == (False, True)
    assert "business_theirs is not one of the available choices" in (
        answer.content.decode()
    )
    assert ApiKey.objects.count() == 0


@pytest.mark.parametrize("role", ["viewer", "operator", "auditor"])
def test_keys_are_for_managers(mine, role):
    key, text = make.api_key(mine)
    client = at_admin(role, mine)
    address = reverse("admin:revoke_key", args=[key.pk])

    answers = [client.get(ADD), client.post(ADD, sent(mine))]
    client.post(address)

    assert [answer.status_code for answer in answers] == [403, 403]
    assert (ApiKey.objects.count(), works(text)) == (1, 200)


def test_key_of_another_business_is_not_revoked(mine):
    key, text = make.api_key(make.business("business_theirs"))
    client = at_admin("manager", mine)

    answer = client.post(reverse("admin:revoke_key", args=[key.pk]))
    unknown = client.post(reverse("admin:revoke_key", args=[ids.new_id()]))

    assert works(text) == 200
    assert answer.headers["Location"] == unknown.headers["Location"]


def test_keys_are_not_made_at_leisure(mine):
    client = at_admin("manager", mine)

    answers = [client.post(ADD, sent(mine)) for _ in range(21)]

    # The count begins anew with each minute of the clock, at most once in between.
    statuses = [answer.status_code for answer in answers]
    assert 429 in statuses
    assert "Too many keys were asked for" in (
        next(each for each in answers if each.status_code == 429).content.decode()
    )
    assert ApiKey.objects.count() == statuses.count(200)

"""Signing in to the admin: who fails is told of, without what they typed."""

import pytest
import time_machine
from django.test import Client

from customers.models import AuditEvent
from tests import make
from tests.customers.admin.asking import at_admin
from tests.logged import logged

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse"


def sign_in(name: str, password: str):
    return Client().post("/admin/login/", {"username": name, "password": password})


@pytest.fixture
def user():
    made = make.staff(is_superuser=True)
    made.set_password(PASSWORD)
    made.save()
    return made


def test_good_sign_in_is_not_told_of(user):
    with logged() as log:
        answer = sign_in(user.get_username(), PASSWORD)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/")
    assert log.lines("kyb.security") == []


@pytest.mark.parametrize(
    ("wanted", "leads"),
    [
        ("/admin/exports/exportjob/", "/admin/exports/exportjob/"),
        ("https://evil.example/admin/", "/admin/"),
        ("//evil.example/", "/admin/"),
        ("/\\evil.example/", "/admin/"),
        ("javascript:alert(1)", "/admin/"),
        ("http:///evil.example/", "/admin/"),
    ],
)
def test_sign_in_leads_to_pages_of_this_service_alone(user, wanted, leads):
    sent = {"username": user.get_username(), "password": PASSWORD, "next": wanted}

    answer = Client().post("/admin/login/", sent)

    assert (answer.status_code, answer.headers["Location"]) == (302, leads)


def test_failed_sign_in_is_told_without_name_and_password(user):
    with logged() as log:
        answers = [
            sign_in(user.get_username(), "canary-1"),
            sign_in("canary-2", "canary-3"),
            sign_in("", "canary-4"),
        ]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert (
        log.facts("kyb.security")
        == [
            {
                "event": "sign_in_refused",
                "reason": "not let in",
                "ip_address": "127.0.0.1",
            }
        ]
        * 2
    )
    assert "canary" not in log.text


def test_user_who_is_not_staff_is_told_of(user):
    user.is_staff = False
    user.save()

    with logged() as log:
        sign_in(user.get_username(), PASSWORD)

    assert [each["reason"] for each in log.facts("kyb.security")] == ["not let in"]


def trail() -> list[tuple[str, str, str, str | None]]:
    """What was done, by whom, from where, in which business."""
    events = AuditEvent.objects.order_by("at", "id")
    fields = ("action", "actor_label", "ip_address", "business_id")
    return list(events.values_list(*fields))


def test_signing_in_and_out_is_in_the_trail(user):
    client, name = Client(), user.get_username()
    sent = {"username": name, "password": PASSWORD}

    client.get("/admin/login/")
    client.post("/admin/login/", sent | {"password": "wrong"})
    client.post("/admin/login/", sent)
    client.post("/admin/logout/")
    client.post("/admin/logout/")

    here = (name, "127.0.0.1", None)
    assert trail() == [("staff.signed_in", *here), ("staff.signed_out", *here)]


def test_new_password_is_in_the_trail_and_a_refused_one_is_not():
    client = at_admin("viewer", make.business())
    new = {"old_password": "correct horse battery"}

    for one, two in (("ten plain steps", "others"), ("ten plain steps",) * 2):
        sent = new | {"new_password1": one, "new_password2": two}
        client.post("/admin/password_change/", sent)

    assert [action for action, *_ in trail()] == ["staff.password_changed"]


@pytest.mark.parametrize("name", ["password_change", "logout"])
def test_strangers_are_led_to_the_sign_in(name):
    answer = Client().post(f"/admin/{name}/", {})

    assert (answer.status_code, trail()) == (302, [])


@time_machine.travel(make.NOW, tick=False)
def test_too_many_tries_are_told_of(user):
    for _ in range(10):
        sign_in(user.get_username(), "wrong")

    with logged() as log:
        answer = sign_in(user.get_username(), PASSWORD)

    assert answer.status_code == 429
    assert [each["reason"] for each in log.facts("kyb.security")] == ["too many tries"]

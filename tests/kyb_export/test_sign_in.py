"""Signing in to the admin: who fails is told of, without what they typed."""

import pytest
import time_machine
from django.test import Client

from tests import make
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


@time_machine.travel(make.NOW, tick=False)
def test_too_many_tries_are_told_of(user):
    for _ in range(10):
        sign_in(user.get_username(), "wrong")

    with logged() as log:
        answer = sign_in(user.get_username(), PASSWORD)

    assert answer.status_code == 429
    assert [each["reason"] for each in log.facts("kyb.security")] == ["too many tries"]

"""Sessions work, and their cookies are not in the database."""

from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def store():
    return import_module(settings.SESSION_ENGINE).SessionStore


def test_session_is_found_by_its_cookie_alone(store):
    made, other = store(), store()
    for number, each in enumerate((made, other)):
        each["number"] = number
        each.save()
    kept = set(Session.objects.values_list("session_key", flat=True))

    found = store(made.session_key)

    assert (found["number"], store(other.session_key)["number"]) == (0, 1)
    assert len(kept) == 2
    assert made.session_key not in kept
    assert [store(key).load() for key in kept] == [{}, {}]


def test_changed_session_stays_one(store):
    made = store()
    made.save()

    again = store(made.session_key)
    again["more"] = 1
    again.save()

    assert (Session.objects.count(), store(made.session_key)["more"]) == (1, 1)


def test_key_is_changed_and_session_ended(store):
    made = store()
    made["kept"] = 1
    made.save()
    old = made.session_key

    made.cycle_key()
    changed = (made.exists(old), made.exists(made.session_key), made["kept"])
    made.flush()

    assert changed == (False, True, 1)
    assert (Session.objects.count(), store(old).load()) == (0, {})
    made.delete()


def test_staff_stay_signed_in_until_they_leave():
    make.staff(is_superuser=True)
    user = make.staff(is_superuser=True)
    caller = Client()
    caller.force_login(user)

    inside = caller.get("/admin/")
    cookie = caller.cookies["sessionid"].value
    caller.post("/admin/logout/")
    after = Client()
    after.cookies["sessionid"] = cookie

    assert inside.status_code == 200
    assert after.get("/admin/").status_code == 302

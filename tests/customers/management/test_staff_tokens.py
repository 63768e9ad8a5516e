"""Staff tokens from the command line: made, shown once, revoked, in the trail."""

from datetime import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from customers import keys
from customers.models import AuditEvent, StaffToken
from tests import make

pytestmark = pytest.mark.django_db


def run(name: str, *arguments: str) -> list[str]:
    out = StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_create_prints_the_token_alone_on_the_last_line():
    user = make.staff(username="rosa")
    make.staff(username="other")

    out = run("create_staff_token", "rosa", "--name=reporting")

    token = keys.find_token(out[-1], now=timezone.now())
    assert token is not None
    assert (token.user, token.name, token.expires_at) == (user, "reporting", None)
    assert out[:-1] == ["reporting: rosa"]


def test_create_says_so_in_the_trail_without_the_token():
    user = make.staff(username="rosa")

    out = run("create_staff_token", "rosa")

    [event] = AuditEvent.objects.all()
    token = StaffToken.objects.get()
    assert (event.action, event.object_id) == ("staff_token.issue", str(token.pk))
    assert event.details == {
        "name": "command line",
        "prefix": token.prefix,
        "user": user.pk,
    }
    secret = out[-1].split("_", maxsplit=2)[2]
    assert secret not in f"{event.details} {token.secret_hash}"


def test_create_gives_it_an_end():
    make.staff(username="rosa")
    end = "2999-12-31T23:59:59+01:00"

    run("create_staff_token", "rosa", "--expires", end)

    assert StaffToken.objects.get().expires_at == datetime.fromisoformat(end)


@pytest.mark.parametrize(
    "end", ["tomorrow", "2999-12-31", "2999-12-31T23:59:59", "2020-01-01T00:00:00Z"]
)
def test_create_refuses_an_end_that_is_none(end):
    make.staff(username="rosa")

    with pytest.raises(CommandError):
        run("create_staff_token", "rosa", "--expires", end)

    assert not StaffToken.objects.exists()


@pytest.mark.parametrize("values", [{"is_staff": False}, {"is_active": False}])
def test_create_refuses_whom_a_token_would_not_serve(values):
    make.staff(username="rosa", **values)

    for name in ("rosa", "nobody"):
        with pytest.raises(CommandError, match=f"no active member of staff '{name}'"):
            run("create_staff_token", name)

    assert not StaffToken.objects.exists()


def test_revoke_ends_the_token_and_no_other():
    token, text = make.staff_token(make.staff())
    other, other_text = make.staff_token(make.staff())

    out = run("revoke_staff_token", token.prefix)

    now = timezone.now()
    assert out == [f"test token ({token.prefix}) is revoked"]
    assert keys.find_token(text, now=now) is None
    assert keys.find_token(other_text, now=now) == other
    assert AuditEvent.objects.filter(action="staff_token.revoke").count() == 1


def test_revoke_says_when_there_is_no_such_token():
    with pytest.raises(CommandError, match="no staff token with prefix nothing"):
        run("revoke_staff_token", "nothing")

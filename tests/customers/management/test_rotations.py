"""Keys and tokens get another text from the command line; the old one is void."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from customers import keys
from customers.models import ApiKey, AuditEvent, StaffToken
from tests import make

pytestmark = pytest.mark.django_db
LOCAL = "127.0.0.1"


def run(name: str, prefix: str) -> list[str]:
    out = StringIO()
    call_command(name, prefix, stdout=out)
    return out.getvalue().splitlines()


def test_rotated_key_is_the_same_under_the_text_on_the_last_line():
    key, old = make.api_key(scopes=["exports:read"], networks=["127.0.0.0/8"])
    other, other_text = make.api_key()

    *told, new = run("rotate_api_key", key.prefix)

    now = timezone.now()
    found = [keys.find(each, now=now, ip_address=LOCAL) for each in (old, new)]
    assert found == [None, key]
    assert (found[1].scopes, found[1].networks) == (["exports:read"], ["127.0.0.0/8"])
    assert keys.find(other_text, now=now, ip_address=LOCAL) == other
    assert told == [f"test key: the text with {key.prefix} is void"]
    event = AuditEvent.objects.get(action="api_key.rotate")
    assert new.rpartition("_")[2] not in str(event.details)


def test_rotated_token_is_the_same_under_the_text_on_the_last_line():
    token, old = make.staff_token(make.staff())
    other, other_text = make.staff_token(make.staff())

    *told, new = run("rotate_staff_token", token.prefix)

    now = timezone.now()
    found = [keys.find_token(each, now=now) for each in (old, new, other_text)]
    assert found == [None, token, other]
    assert told == [f"test token: the text with {token.prefix} is void"]


@pytest.mark.parametrize(
    ("name", "kind", "make_one"),
    [
        ("rotate_api_key", ApiKey, make.api_key),
        ("rotate_staff_token", StaffToken, lambda: make.staff_token(make.staff())),
    ],
)
@pytest.mark.parametrize("ended", ["revoked_at", "expires_at", None])
def test_what_has_ended_gets_no_other_text(name, kind, make_one, ended):
    row, _ = make_one()
    if ended is not None:
        kind.objects.update(**{ended: timezone.now()})

    with pytest.raises(CommandError, match="there is no live"):
        run(name, row.prefix if ended else "nothing")

    row.refresh_from_db()
    assert kind.objects.get().secret_hash == row.secret_hash
    assert not AuditEvent.objects.filter(action__endswith=".rotate").exists()

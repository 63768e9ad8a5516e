"""API keys and staff tokens: who gets in, who does not, and what is kept of it."""

from datetime import timedelta

import pytest

from customers import ids, keys
from customers.models import ApiKey, AuditEvent
from tests import make

pytestmark = pytest.mark.django_db

NOW = make.NOW


def find(text: str, *, now=NOW, ip_address: str = "203.0.113.5") -> ApiKey | None:
    return keys.find(text, now=now, ip_address=ip_address)


def test_issue_gives_a_text_that_finds_the_key():
    key, text = make.api_key()
    make.api_key()

    head, prefix, secret = text.split("_", 2)

    assert (head, prefix, len(prefix), len(secret)) == ("kyb", key.prefix, 12, 43)
    assert find(text) == key


def test_issue_keeps_no_secret():
    key, text = make.api_key()
    secret = text.split("_", 2)[2]

    kept = [str(value) for value in ApiKey.objects.values_list().get(pk=key.pk)]
    kept += [str(event) for event in AuditEvent.objects.values_list()]

    assert [value for value in kept if secret in value] == []


def test_issue_is_in_the_trail_of_every_business():
    first, second = make.business("business_a"), make.business("business_b")
    make.business("business_c")

    key, _ = make.api_key(first, second, name="crm")

    events = AuditEvent.objects.order_by("business_id").values_list(
        "business_id", "action", "object_id", "actor_label", "at"
    )
    shown = ids.show("key", key.pk)
    assert list(events) == [
        ("business_a", "api_key.issue", shown, "tests", NOW),
        ("business_b", "api_key.issue", shown, "tests", NOW),
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"scopes": ["exports:read", "root"]}, "unknown scope root"),
        ({"networks": ["10.0.0.0/99"]}, "10.0.0.0/99"),
    ],
)
def test_issue_refuses_what_it_does_not_know(options, message):
    with pytest.raises(ValueError, match=message):
        make.api_key(**options)

    assert ApiKey.objects.count() == 0


def test_issue_refuses_a_key_of_no_business():
    with pytest.raises(ValueError, match="at least one business"):
        keys.issue("none", businesses=[], scopes=[], actor=make.SYSTEM, now=NOW)

    assert ApiKey.objects.count() == 0


def test_wrong_text_finds_nothing():
    key, text = make.api_key()
    wrong = [
        "",
        "kyb",
        text[:-1],
        text + "x",
        text[:-1] + ("a" if text[-1] != "a" else "b"),
        text.replace("kyb_", "kybstaff_"),
        f"kyb_{'0' * 12}_{text[-43:]}",
        f"kyb_{key.prefix}_{key.secret_hash[:43]}",
        text + "\n",
        text.upper(),
        "kyb_" + "\N{SNOWMAN}" * 12 + "_" + "a" * 43,
    ]

    assert [presented for presented in wrong if find(presented)] == []


@pytest.mark.parametrize("kind", ["known", "unknown", "malformed"])
def test_find_does_the_same_work_for_any_text(
    kind, django_assert_num_queries, monkeypatch
):
    key, text = make.api_key()
    wrong = {
        "known": f"kyb_{key.prefix}_{'a' * 43}",
        "unknown": f"kyb_{'0' * 12}_{text[-43:]}",
        "malformed": "nonsense",
    }[kind]
    compared = []
    compare = keys.hmac.compare_digest

    def watched(left, right):
        compared.append((len(left), len(right)))
        return compare(left, right)

    monkeypatch.setattr(keys.hmac, "compare_digest", watched)

    with django_assert_num_queries(1):
        found = find(wrong)

    assert (found, compared) == (None, [(64, 64)])


def test_expired_key_finds_nothing_from_that_moment():
    key, text = make.api_key(expires_at=NOW + timedelta(hours=1))

    before = find(text, now=NOW + timedelta(minutes=59))
    after = find(text, now=NOW + timedelta(hours=1))

    assert (before, after) == (key, None)


def test_revoked_key_finds_nothing_at_once():
    key, text = make.api_key()
    _, other = make.api_key()

    keys.revoke(key, actor=make.SYSTEM, now=NOW)

    assert (find(text), key.revoked_at) == (None, NOW)
    assert find(other) is not None


def test_revoking_twice_is_one_deed():
    key, _ = make.api_key()
    keys.revoke(key, actor=make.SYSTEM, now=NOW)

    keys.revoke(key, actor=make.SYSTEM, now=NOW + timedelta(days=1))

    assert key.revoked_at == NOW
    assert AuditEvent.objects.filter(action="api_key.revoke").count() == 1


def test_rotated_key_is_found_by_the_new_text_only():
    key, old = make.api_key()

    new = keys.rotate(key, actor=make.SYSTEM, now=NOW)

    assert (find(old), find(new)) == (None, key)
    assert AuditEvent.objects.filter(action="api_key.rotate").count() == 1


@pytest.mark.parametrize(
    ("address", "is_found"),
    [
        ("198.51.100.7", True),
        ("::ffff:198.51.100.7", True),
        ("2001:db8::1", True),
        ("198.51.101.7", False),
        ("", False),
        ("nowhere", False),
    ],
)
def test_key_of_networks_is_found_from_there_only(address, is_found):
    _, text = make.api_key(networks=["198.51.100.0/24", "2001:db8::/32"])

    found = find(text, ip_address=address)

    assert (found is not None) == is_found


def test_use_is_written_once_a_minute():
    key, text = make.api_key()
    moments = [NOW, NOW + timedelta(seconds=59), NOW + timedelta(seconds=60)]
    used = []

    for moment in moments:
        find(text, now=moment)
        key.refresh_from_db()
        used.append(key.last_used_at)

    assert used == [NOW, NOW, NOW + timedelta(seconds=60)]


def test_live_leaves_out_the_revoked_and_the_expired():
    live, _ = make.api_key(expires_at=NOW + timedelta(seconds=1))
    make.api_key(expires_at=NOW)
    revoked, _ = make.api_key()
    keys.revoke(revoked, actor=make.SYSTEM, now=NOW)

    assert list(ApiKey.objects.live(NOW)) == [live]


def test_token_finds_its_user_until_it_is_revoked():
    user = make.staff()
    make.staff_token(make.staff())
    token, text = make.staff_token(user)

    found = keys.find_token(text, now=NOW)
    keys.revoke(token, actor=make.SYSTEM, now=NOW)

    assert found is not None
    assert found.user == user
    assert (keys.find_token(text, now=NOW), token.revoked_at) == (None, NOW)


def test_rotated_token_is_found_by_the_new_text_only():
    token, old = make.staff_token(make.staff())

    new = keys.rotate(token, actor=make.SYSTEM, now=NOW)

    assert keys.find_token(old, now=NOW) is None
    assert keys.find_token(new, now=NOW) == token


def test_token_of_somebody_who_has_left_finds_nothing():
    user = make.staff()
    _, text = make.staff_token(user)
    user.is_active = False
    user.save()

    assert keys.find_token(text, now=NOW) is None


def test_token_and_key_do_not_stand_for_each_other():
    _, token = make.staff_token(make.staff())
    _, key = make.api_key()

    assert (find(token), keys.find_token(key, now=NOW)) == (None, None)


def test_token_deeds_are_in_the_trail():
    token, _ = make.staff_token(make.staff())
    keys.rotate(token, actor=make.SYSTEM, now=NOW)
    keys.revoke(token, actor=make.SYSTEM, now=NOW)
    keys.revoke(token, actor=make.SYSTEM, now=NOW)

    events = AuditEvent.objects.order_by("id").values_list("action", "object_id")

    assert list(events) == [
        ("staff_token.issue", str(token.pk)),
        ("staff_token.rotate", str(token.pk)),
        ("staff_token.revoke", str(token.pk)),
    ]

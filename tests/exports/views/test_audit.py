from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers import audit, ids
from customers.models import AuditEvent, User
from tests import make
from tests.exports.views.asking import client, error, signed_in

pytestmark = pytest.mark.django_db

ADDRESS = "/v1/export/audit"


def event(business, action="export.requested", *, minutes=0, **values):
    basic = {"actor": make.SYSTEM, "object_type": "export", "object_id": "exp_1"}
    at = make.NOW + timedelta(minutes=minutes)
    return audit.record(
        action,
        business_id=business.id if business else None,
        now=at,
        **(basic | values),
    )


def shown(*events):
    return [ids.show("evt", each.pk) for each in events]


def listed(answer):
    assert answer.status_code == 200, answer.content
    return [each["event_id"] for each in answer.json()["events"]]


@pytest.fixture
def caller(mine):
    caller = client(mine)
    event(make.business("business_other"))
    event(None, "installation.changed")
    return caller


# The key's own issue is an event too, long before those of a test.
def test_events_of_your_businesses_are_listed_newest_first(mine, caller):
    first, second = event(mine), event(mine, minutes=1, details={"rows": 7})

    answer = caller.get(f"{ADDRESS}?object_id=exp_1")

    assert listed(answer) == shown(second, first)
    assert answer.json()["events"][0] == {
        "event_id": shown(second)[0],
        "at": "2025-01-15T12:01:00.000000+00:00",
        "business_id": "business_mine",
        "actor_kind": "system",
        "actor_id": "system",
        "actor_label": "tests",
        "action": "export.requested",
        "object_type": "export",
        "object_id": "exp_1",
        "outcome": "ok",
        "ip_address": "",
        "request_id": "",
        "details": {"rows": 7},
    }


def test_pages_follow_each_other(mine, caller):
    made = [event(mine, minutes=number) for number in range(5)][::-1]
    address = f"{ADDRESS}?action=export.requested&limit=2"

    pages = [caller.get(f"{address}&offset={offset}") for offset in (0, 2, 4)]

    assert [listed(page) for page in pages] == [
        shown(*made[:2]),
        shown(*made[2:4]),
        shown(*made[4:]),
    ]
    assert [page.json()["total_count"] for page in pages] == [5, 5, 5]
    assert [page.headers["Link"].count("rel=") for page in pages] == [1, 2, 1]
    assert 'offset=2>; rel="next"' in pages[0].headers["Link"]


@pytest.mark.parametrize(
    ("name", "value", "other"),
    [
        ("action", "file.lost", {"action": "file.expired"}),
        ("actor_id", "key_1", {}),
        ("object_id", "exp_2", {}),
        ("outcome", "failed", {}),
    ],
)
def test_filter_is_exact(mine, caller, name, value, other):
    values = {"action": "file.lost", "object_id": "exp_2", "outcome": "failed"}
    actor = make.SYSTEM.__class__(kind="key", id="key_1", label="k")
    wanted = event(mine, **values, actor=actor)
    event(mine, **({"action": "export.requested"} | other))

    assert listed(caller.get(ADDRESS, {name: value})) == shown(wanted)
    assert listed(caller.get(ADDRESS, {name: value[:-1]})) == []


def test_times_narrow_start_in_end_out(mine, caller):
    made = [event(mine, minutes=number) for number in range(3)]

    answer = caller.get(
        ADDRESS,
        {
            "created_after": "2025-01-15T12:01:00Z",
            "created_before": "2025-01-15T12:02:00Z",
        },
    )

    assert listed(answer) == shown(made[1])


def test_one_of_several_businesses(mine):
    second = make.business("business_second")
    caller = client(mine, second)
    made = [event(mine), event(second, minutes=1)]

    both = listed(caller.get(f"{ADDRESS}?object_id=exp_1"))
    one = listed(caller.get(f"{ADDRESS}?object_id=exp_1&business_id={second.id}"))

    assert (both, one) == (shown(*made[::-1]), shown(made[1]))


def test_superuser_sees_all_businesses_but_not_the_installation(mine, caller):
    user = User.objects.create_superuser("root", "root@example.com", "correct horse")
    wanted = event(mine, "file.lost")

    found = signed_in(user).get(f"{ADDRESS}?limit=100").json()["events"]

    assert shown(wanted)[0] in [each["event_id"] for each in found]
    assert "installation.changed" not in [each["action"] for each in found]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("kind=x", "kind"),
        ("status=pending", "status"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("offset=-1", "offset"),
        ("created_after=yesterday", "created_after"),
        ("action=a&action=b", "action"),
        ("outcome=%00", "outcome"),
    ],
)
def test_wrong_parameter_is_named(caller, query, name):
    assert error(caller.get(f"{ADDRESS}?{query}")) == (400, "VALIDATION_ERROR", [name])


def test_key_that_may_not_read_is_forbidden(mine):
    caller = client(mine, scopes=["exports:write"])

    assert error(caller.get(ADDRESS)) == (403, "FORBIDDEN", [])
    assert error(caller.get(f"{ADDRESS}?business_id={mine.id}"))[0] == 403


def test_reading_adds_no_event(caller):
    before = AuditEvent.objects.count()

    caller.get(ADDRESS)

    assert AuditEvent.objects.count() == before


def test_number_of_queries_does_not_grow(mine, caller):
    counts = []
    for number in (1, 3):
        for _ in range(number):
            event(mine)
        caller.get(ADDRESS)
        with CaptureQueriesContext(connection) as queries:
            caller.get(ADDRESS)
        counts.append(len(queries))

    assert counts[0] == counts[1]

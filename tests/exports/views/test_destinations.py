"""Destinations over the API: credentials never come back, every act is audited."""

import json

import pytest

from customers.models import AuditEvent
from exports.credentials import of
from exports.models import Destination, IdempotencyRecord
from tests import make
from tests.exports.destinations_made import (
    HOST_KEY,
    SECRET,
    bucket_body,
    caller,
    destination,
    mine,
    server_body,
)
from tests.exports.views.asking import BOTH, client, error
from tests.services.sftp import key_pair

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)
__all__ = ["caller", "mine"]
URL = "/v1/export/destinations"


@pytest.fixture(autouse=True)
def theirs():
    """What nobody else sees."""
    return destination(bucket_body(make.business("business_theirs")))


def create(caller, body, **headers):
    return caller.post(URL, body, format="json", **headers)


def deeds() -> list[str]:
    events = AuditEvent.objects.filter(
        business_id="business_mine", object_type="destination"
    )
    return list(events.order_by("at", "id").values_list("action", flat=True))


def test_bucket_is_made_and_its_credentials_are_not_shown(caller, mine):
    answer = create(caller, bucket_body(mine, region="eu-central-1"))

    made = Destination.objects.get(business_id="business_mine")
    assert (answer.status_code, answer["Location"]) == (
        201,
        f"{URL}/{made.destination_id}",
    )
    assert answer.json() == {
        "destination_id": made.destination_id,
        "business_id": "business_mine",
        "name": "Archive",
        "kind": "s3",
        "endpoint": "https://s3.eu-central-1.amazonaws.com",
        "region": "eu-central-1",
        "bucket": "archive",
        **dict.fromkeys(("host", "port", "user", "host_key")),
        "path": "{business}/{year}/{month}/{day}/{name}",
        "succeeded_at": None,
        "created_at": made.created_at.isoformat(timespec="microseconds"),
        "updated_at": made.created_at.isoformat(timespec="microseconds"),
    }
    assert of(made) == {"access_key_id": "AKIATEST", "secret_access_key": SECRET}
    assert caller.get(answer["Location"]).json() == answer.json()
    assert deeds() == ["destination.created"]


def test_server_is_made(caller, mine):
    shown = create(caller, server_body(mine, path="/in/{name}")).json()

    assert [shown[name] for name in ("kind", "host", "port", "user", "host_key")] == [
        *("sftp", "sftp.example.com", 22, "drop", HOST_KEY)
    ]
    assert (shown["path"], shown["endpoint"]) == ("/in/{name}", None)


BAD_OF_BUCKETS = [
    ({"kind": None}, ["kind"]),
    ({"kind": "ftp"}, ["kind"]),
    ({"name": None}, ["name"]),
    ({"name": "  "}, ["name"]),
    ({"bucket": None}, ["bucket"]),
    ({"bucket": "../x"}, ["bucket"]),
    ({"region": "x y"}, ["region"]),
    ({"endpoint": "http://s3.example.com"}, ["endpoint"]),
    ({"endpoint": "https://127.0.0.1"}, ["endpoint"]),
    ({"endpoint": "https://[::ffff:10.0.0.1]/"}, ["endpoint"]),
    ({"endpoint": "https://u:p@s3.example.com"}, ["endpoint"]),
    ({"endpoint": "https://s3.example.com/a"}, ["endpoint"]),
    ({"endpoint": 7}, ["endpoint"]),
    ({"path": "archive"}, ["path"]),
    ({"path": "/{name}"}, ["path"]),
    ({"path": 7}, ["path"]),
    ({"credentials": None}, ["credentials"]),
    ({"credentials": {"password": "x"}}, ["credentials"]),
    ({"credentials": {"access_key_id": "x"}}, ["credentials"]),
    (
        {"credentials": {"access_key_id": "x", "secret_access_key": ""}},
        ["credentials.secret_access_key"],
    ),
    ({"host": "sftp.example.com"}, ["host"]),
    ({"acl": "public"}, ["acl"]),
    ({"business_id": None}, ["business_id"]),
    ({"name": 7, "bucket": 7}, ["name", "bucket"]),
]
BAD_OF_SERVERS = [
    ({"host": None}, ["host"]),
    ({"host": "10.1.2.3"}, ["host"]),
    ({"host": "localhost"}, ["host"]),
    ({"host": "0x7f.1"}, ["host"]),
    ({"host": "fe80::1"}, ["host"]),
    ({"host": "sftp.example.com/x"}, ["host"]),
    ({"port": 0}, ["port"]),
    ({"port": True}, ["port"]),
    ({"user": "a b"}, ["user"]),
    ({"user": None}, ["user"]),
    ({"host_key": None}, ["host_key"]),
    ({"host_key": "ssh-ed25519 AAAA"}, ["host_key"]),
    ({"credentials": {"private_key": "x"}}, ["credentials.private_key"]),
    ({"credentials": {"passphrase": "x"}}, ["credentials"]),
    ({"bucket": "archive"}, ["bucket"]),
]


@pytest.mark.parametrize(("wrong", "fields"), BAD_OF_BUCKETS)
def test_what_is_wrong_with_a_bucket_is_named(caller, mine, wrong, fields):
    answer = create(caller, bucket_body(mine) | wrong)

    assert error(answer) == (400, "VALIDATION_ERROR", fields)
    assert SECRET not in answer.content.decode()


@pytest.mark.parametrize(("wrong", "fields"), BAD_OF_SERVERS)
def test_what_is_wrong_with_a_server_is_named(caller, mine, wrong, fields):
    answer = create(caller, server_body(mine) | wrong)

    assert error(answer) == (400, "VALIDATION_ERROR", fields)
    assert Destination.objects.filter(business_id="business_mine").count() == 0


def test_what_may_change_changes(caller, mine, tmp_path):
    address = create(caller, server_body(mine))["Location"]
    private, public = key_pair(tmp_path / "key")
    change = {"name": "Inbox", "path": "{export}", "host_key": public}
    change["credentials"] = {"private_key": private}

    answer = caller.patch(address, change, format="json")

    made = Destination.objects.get(business_id="business_mine")
    del change["credentials"]
    assert change.items() <= answer.json().items()
    assert of(made) == {"private_key": private}
    assert deeds() == ["destination.created", "destination.changed"]
    details = AuditEvent.objects.get(action="destination.changed").details
    assert details == {"changed": ["credentials", "host_key", "name", "path"]}


@pytest.mark.parametrize("name", ["host", "port", "user", "kind", "business_id"])
def test_destination_never_leads_elsewhere(caller, mine, name):
    """Else what is kept for one server would be shown to another."""
    address = create(caller, server_body(mine))["Location"]

    answer = caller.patch(address, {name: "evil.example.com"}, format="json")

    assert error(answer) == (400, "VALIDATION_ERROR", [name])


def test_list_is_of_the_callers_businesses_newest_first(caller, mine):
    made = [create(caller, bucket_body(mine)).json() for _ in range(3)]

    answer = caller.get(f"{URL}?limit=2")

    listed = answer.json()
    assert listed["destinations"] == made[:0:-1]
    assert (listed["total_count"], listed["limit"], listed["offset"]) == (3, 2, 0)
    assert answer["Link"] == f'<{URL}?limit=2&offset=2>; rel="next"'


def test_business_may_have_so_many_and_no_more(caller, mine, settings):
    settings.EXPORTS = settings.EXPORTS | {"MAX_DESTINATIONS_PER_BUSINESS": 1}
    create(caller, bucket_body(mine))

    assert create(caller, bucket_body(mine)).status_code == 409


def test_key_without_the_scope_may_not_see_or_change(mine):
    made = destination(bucket_body(mine))
    caller = client(mine, scopes=["exports:read", "exports:write"])
    address = f"{URL}/{made.destination_id}"

    answers = [
        caller.get(URL),
        create(caller, bucket_body(mine)),
        caller.get(address),
        caller.patch(address, {}, format="json"),
        caller.delete(address),
        caller.post(f"{address}/test"),
        caller.get(f"{address}/deliveries"),
    ]

    assert {answer.status_code for answer in answers} == {403}


def test_same_key_gives_the_same_destination(caller, mine):
    answers = [
        create(caller, bucket_body(mine), HTTP_IDEMPOTENCY_KEY="one") for _ in range(2)
    ]
    # As if the process had been killed between its commit and its answer.
    IdempotencyRecord.objects.update(status=None, body=None, headers={})
    answers.append(create(caller, bucket_body(mine), HTTP_IDEMPOTENCY_KEY="one"))

    assert [answer.json() for answer in answers[1:]] == [answers[0].json()] * 2
    assert Destination.objects.filter(business_id="business_mine").count() == 1


def test_secret_is_nowhere_in_the_clear(caller, mine, caplog):
    caplog.set_level("DEBUG")
    options = {"HTTP_IDEMPOTENCY_KEY": "one"}
    address = create(caller, bucket_body(mine), **options)["Location"]
    answers = [caller.get(address), caller.get(URL), caller.post(f"{address}/test")]
    answers += [caller.patch(address, {"name": "New"}, format="json")]

    rows = [*Destination.objects.values(), *AuditEvent.objects.values()]
    rows += [*IdempotencyRecord.objects.values()]
    texts = [json.dumps(row, default=str) for row in rows]
    texts += [answer.content.decode() for answer in answers]
    assert [text for text in texts if SECRET in text or "AKIATEST" in text] == []
    assert SECRET not in caplog.text

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from customers.models import AuditEvent
from exports.models import ExportFile
from tests import make
from tests.exports.stored import mine_and_another, storage
from tests.exports.views.asking import (
    BOTH,
    UNKNOWN_EXPORT,
    client,
    deeds,
    error,
    export,
    signed_in,
    spec,
)

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)


@pytest.fixture
def mine(settings, tmp_path):
    storage(settings, tmp_path)
    return mine_and_another()


@pytest.fixture
def caller(mine):
    return client(mine)


@pytest.fixture
def link(mine, caller):
    told = export(caller, mine, columns=["business_name"])
    return told["file_url"].removeprefix("http://127.0.0.1:8000")


@pytest.fixture
def anybody(caller):
    caller.credentials()
    return caller


@pytest.mark.parametrize("suffix", ["", "/manifest"])
def test_link_serves_anybody(link, anybody, suffix):
    path, _, query = link.partition("?")

    answer = anybody.get(f"{path}{suffix}?{query}")

    assert answer.status_code == 200
    answer.close()


def test_download_by_link_is_recorded(link, anybody, mine):
    anybody.get(link).close()

    assert deeds(mine)[-1] == "export.downloaded"


@pytest.mark.parametrize("suffix", ["", "/manifest"])
@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        (r"signature=.", "signature=!"),
        (r"signature=.*", "signature="),
        (r"signature=.*", "signature=%C3%A9"),
        (r"expires=\d", "expires=9"),
        (r"expires=\d+", "expires="),
        (r"expires=\d+", "expires=%D9%A3"),
        (r"expires=\d+&", ""),
        (r"exp_\w+", UNKNOWN_EXPORT),
    ],
)
def test_link_that_was_tampered_with_is_forbidden(
    link, anybody, suffix, pattern, replacement
):
    changed = re.sub(pattern, replacement, link, count=1)
    path, _, query = changed.partition("?")

    answer = anybody.get(f"{path}{suffix}?{query}")

    assert error(answer) == (403, "FORBIDDEN", [])


@pytest.mark.parametrize("suffix", ["", "/manifest"])
def test_link_whose_time_is_over_is_expired(link, anybody, suffix):
    path, _, query = link.partition("?")

    with time_machine.travel(timezone.now() + timedelta(days=1, seconds=1)):
        answer = anybody.get(f"{path}{suffix}?{query}")

    assert error(answer) == (410, "EXPORT_EXPIRED", [])


@pytest.mark.parametrize("query", ["", "?expires=9999999999"])
@pytest.mark.parametrize("suffix", ["", "/manifest"])
def test_file_without_key_or_signature_is_unauthorized(link, anybody, query, suffix):
    answer = anybody.get(f"{link.partition('?')[0]}{suffix}{query}")

    assert error(answer) == (401, "UNAUTHORIZED", [])
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="kyb-export"'


def test_link_is_told_only_while_it_serves(mine):
    caller = client(mine)
    told = export(caller, mine)
    ExportFile.objects.update(state="deleted")

    answer = caller.get(told["file_url"])

    assert error(answer) == (410, "EXPORT_EXPIRED", [])


@pytest.mark.parametrize("suffix", ["", "/manifest"])
def test_link_serves_who_is_signed_in_elsewhere(link, mine, suffix):
    path, _, query = link.partition("?")
    other = make.business("business_third")
    callers = [client(other), signed_in(make.staff(of=other, role="viewer"))]

    answers = [each.get(f"{path}{suffix}?{query}") for each in callers]
    refused = [each.get(f"{path}{suffix}") for each in callers]

    for answer in answers:
        answer.close()
    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer.status_code for answer in refused] == [404, 404]


def test_trail_names_those_of_the_business_alone(link, caller):
    other = make.business("business_third")
    for each in (caller, client(other), signed_in(make.staff(of=other))):
        each.get(link).close()

    events = AuditEvent.objects.filter(action="export.downloaded").order_by("at", "id")

    assert [event.actor_kind for event in events] == ["key", "link", "link"]


@pytest.mark.parametrize(("fallbacks", "status"), [(True, 200), (False, 403)])
def test_link_outlives_its_key_as_long_as_that_is_kept(
    link, anybody, settings, fallbacks, status
):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY] if fallbacks else []
    settings.SECRET_KEY = "the key after that"

    answer = anybody.get(link)

    assert answer.status_code == status
    answer.close()


def test_new_links_are_signed_by_the_new_key_alone(mine, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the key after that"
    caller = client(mine)
    told = export(caller, mine)
    settings.SECRET_KEY_FALLBACKS = []
    caller.credentials()

    answer = caller.get(told["file_url"])

    assert answer.status_code == 200
    answer.close()


def test_links_name_the_service_whatever_host_the_request_names(mine, settings):
    settings.ALLOWED_HOSTS = ["*"]
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    caller = client(mine)
    wanted = spec(mine, max_rows=10)

    now = caller.post("/v1/export", wanted, format="json", headers=evil)
    later = [
        caller.post("/v1/export/jobs", wanted, format="json", headers=evil)
        for _ in range(2)
    ]
    listed = caller.get("/v1/export/jobs", {"limit": 1}, headers=evil)

    answers = [now, *later, listed]
    assert [each.status_code for each in answers] == [200, 202, 202, 200]
    assert now.json()["file_url"].startswith(f"{settings.PUBLIC_BASE_URL}/v1/")
    assert listed.headers["Link"].startswith("</v1/export/jobs?")
    assert "evil" not in "".join(f"{each.headers} {each.content}" for each in answers)

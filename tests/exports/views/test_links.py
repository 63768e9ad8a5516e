import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from exports.models import ExportFile
from tests.exports.stored import mine_and_another, storage
from tests.exports.views.asking import (
    BOTH,
    UNKNOWN_EXPORT,
    client,
    deeds,
    error,
    export,
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

"""The admin's limits: with Redis, with Redis stopped in mid run, and without."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import caches
from django.test import Client, RequestFactory

from customers import guard
from customers.models import ApiKey
from exports.models import ExportJob
from exports.states import JobStatus
from kyb_export.env import cache
from kyb_export.guard_cache import GuardCache
from tests import make
from tests.customers.admin.asking import at_admin
from tests.customers.admin.test_api_keys import ADD, sent
from tests.exports.admin.test_acts import ask, said
from tests.exports.jobs_made import ended, job
from tests.services.redis import redis
from tests.templates_app.schedules_made import schedule

REQUEST = RequestFactory().post("/")


@pytest.fixture(autouse=True)
def _one_minute(monkeypatch) -> Iterator[None]:
    """The count begins anew with each minute of the clock."""
    monkeypatch.setattr(GuardCache, "away_until", float("-inf"))
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def use(settings) -> Callable[[str], None]:
    def with_redis(url: str) -> None:
        settings.REDIS_URL = url
        settings.CACHES = settings.CACHES | {"default": cache(url)}

    return with_redis


@pytest.fixture
def own_redis() -> Iterator[tuple[str, Callable[[], None]]]:
    """A server that may be stopped: its URL, and what stops it."""
    stack = ExitStack()
    with stack:
        yield stack.enter_context(redis()), stack.close


def let_through(number: int, who: str = "a") -> list[bool]:
    return [guard.wait("new_key", who, request=REQUEST) is None for _ in range(number)]


def test_local_memory_lets_exactly_the_limit_through():
    assert let_through(12) == [True] * 10 + [False] * 2
    assert let_through(1, "another") == [True]


def test_wait_is_told_in_seconds():
    let_through(10)

    seconds = guard.wait("new_key", "a", request=REQUEST)

    assert 1 <= seconds <= 60


def test_redis_counts_for_all_processes(use, own_redis):
    url, _stop = own_redis
    use(url)
    first = let_through(6)

    # Another process: its own memory is empty.
    caches["guard"].clear()
    second = let_through(6)

    assert (first, second) == ([True] * 6, [True] * 4 + [False] * 2)


def test_limit_holds_when_redis_stops_in_mid_run(use, own_redis, caplog):
    url, stop = own_redis
    use(url)
    before = let_through(6)

    stop()
    after = let_through(6)

    assert (before, after) == ([True] * 6, [True] * 4 + [False] * 2)
    told = [each for each in caplog.records if each.name == "kyb_export.guard_cache"]
    assert [each.getMessage() for each in told] == [
        "Redis is away (ConnectionError): the admin counts per process"
    ]


def test_redis_that_came_back_empty_opens_nothing(use, own_redis):
    url, _stop = own_redis
    use(url)
    let_through(10)

    caches["default"].clear()

    assert let_through(2) == [False, False]


def tries(number: int) -> list[int]:
    sent = {"username": "root", "password": "guess"}
    return [Client().post("/admin/login/", sent).status_code for _ in range(number)]


@pytest.mark.django_db
def test_sign_in_is_guarded_without_redis():
    assert tries(11) == [200] * 10 + [429]


@pytest.mark.django_db
def test_sign_in_is_guarded_while_redis_goes(use, own_redis):
    url, stop = own_redis
    use(url)
    before = tries(5)

    stop()
    after = tries(6)

    assert (before, after) == ([200] * 5, [200] * 5 + [429])


@pytest.mark.django_db
def test_refused_sign_in_is_a_page_that_says_when():
    tries(10)

    answer = Client().post("/admin/login/", {"username": "a", "password": "b"})

    seconds = answer.headers["Retry-After"]
    assert f"Try again in {seconds} second" in answer.content.decode()
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.fixture(params=["local memory", "Redis stopped"])
def _alone(request, use) -> None:
    """No Redis, or one that has gone: each process counts by itself."""
    if request.param == "Redis stopped":
        with redis() as url:
            use(url)


@pytest.mark.django_db
@pytest.mark.usefixtures("_alone")
def test_making_keys_is_guarded():
    mine = make.business()
    client = at_admin("manager", mine)

    statuses = [client.post(ADD, sent(mine)).status_code for _ in range(11)]

    assert statuses == [200] * 10 + [429]
    assert ApiKey.objects.count() == 10


@pytest.mark.django_db
@pytest.mark.usefixtures("_alone")
def test_run_again_is_guarded(settings):
    settings.EXPORTS = settings.EXPORTS | {"LIMIT_JOBS": 1000}
    mine = make.business()
    row = ended(job(mine), JobStatus.CANCELLED)
    client = at_admin("manager", mine)

    for _ in range(60):
        client.post(ask(row, "retry"))
    refused = client.post(ask(row, "retry"))

    [*_, told] = said(refused)
    assert told.startswith("Too many exports were begun: try again in ")
    assert ExportJob.objects.count() == 61


@pytest.mark.django_db
def test_run_again_counts_as_a_creation_of_a_job():
    mine = make.business()
    row = ended(job(mine), JobStatus.CANCELLED)
    client = at_admin("manager", mine)

    for _ in range(12):
        client.post(ask(row, "retry"))

    assert ExportJob.objects.count() == 11


@pytest.mark.django_db
@pytest.mark.usefixtures("_alone")
def test_running_a_schedule_now_is_guarded():
    mine = make.business()
    row, user = schedule(mine), make.staff("manager", mine)
    client = Client()
    client.force_login(user)
    for _ in range(60):
        guard.wait("export", f"staff:{user.pk}", request=REQUEST)

    refused = client.post(f"/admin/templates_app/schedule/{row.pk}/run/ask/")

    [told] = said(refused)
    assert told.startswith("Too many exports were begun: try again in ")
    assert ExportJob.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("_alone")
def test_exports_over_the_session_are_guarded_and_those_of_keys_are_not(settings):
    settings.EXPORTS = settings.EXPORTS | {"LIMIT_JOBS": 1000}
    mine = make.business(f"b-{uuid4().hex[:8]}")
    spec = {"business_id": mine.id, "export_type": "reports", "format": "csv"}
    person, program = at_admin("operator", mine), Client()
    _key, text = make.api_key(mine)
    headers = {"Authorization": f"Bearer {text}"}

    def status(client: Client, **more) -> int:
        kind = "application/json"
        return client.post("/v1/export/jobs", spec, kind, **more).status_code

    by_person = [status(person) for _ in range(61)]
    by_key = [status(program, headers=headers) for _ in range(3)]

    assert by_person[:60] == [202] * 60
    assert by_person[60] == 429
    assert by_key == [202] * 3


@pytest.mark.django_db
def test_reports_of_customers_are_guarded_at_the_admin_alone(settings):
    settings.EXPORTS = settings.EXPORTS | {"RATE_LIMIT_MAX": 1000}
    mine = make.business()
    person = make.staff("manager", mine)
    _token, text = make.staff_token(person)
    client, program = Client(), Client()
    client.force_login(person)
    # Whom it does not know it looks up all the same.
    address = f"/api/admin/customers/{uuid4()}/export"
    headers = {"Authorization": f"Bearer {text}"}

    # Of a header for another scheme the session stays what it is.
    other = {"Authorization": "Basic bm86Ym9keQ=="}
    by_session = [client.get(address).status_code for _ in range(60)]
    by_session.append(client.get(address, headers=other).status_code)
    with_token = [program.get(address, headers=headers).status_code for _ in range(3)]

    assert by_session == [404] * 60 + [429]
    assert with_token == [404] * 3

"""Five a minute from one address: over HTTP, at once, forged, with Redis stopped."""

import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from random import Random
from time import monotonic

import pytest
import time_machine
from django.db import connections
from django.test import RequestFactory

from exports.customer360 import limits
from tests import make
from tests.exports.customer360.staff_asks import deeds, get, refusal, token_client, url
from tests.exports.views.asking import BOTH, body, with_text

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)


@pytest.fixture
def mine():
    make.customer(make.business("business_other"))
    return make.customer(make.business("business_mine"))


@pytest.fixture
def token(mine):
    return make.staff_token(make.staff("manager", mine.business))[1]


def status(token: str, customer, **headers: str) -> int:
    answer = with_text(token).get(url(customer, format="csv"), **headers)
    body(answer)
    return int(answer.status_code)


def test_sixth_request_within_a_minute_is_refused(mine, token):
    began = monotonic()
    found = [status(token, mine) for _ in range(7)]
    answer = with_text(token).get(url(mine, format="csv"))

    assert found == [200] * 5 + [429] * 2
    wait = int(answer["Retry-After"])
    taken = monotonic() - began
    assert refusal(answer) == (
        *(429, "RATE_LIMIT_EXCEEDED"),
        f"Too many export requests from this address: try again in {wait} s",
    )
    assert answer.json()["retryAfter"] == wait
    assert 60 - taken <= wait <= 60
    assert (answer["X-RateLimit-Limit"], answer["X-RateLimit-Remaining"]) == ("5", "0")
    assert deeds()[5:] == [("refused", "RATE_LIMIT_EXCEEDED")] * 3


def test_limit_is_of_the_address_not_of_who_asks(mine, token):
    others = [make.staff_token(make.staff("manager", mine.business))[1] for _ in "12"]
    found = [status(each, mine) for each in (token, *others) * 2]

    assert found == [200] * 5 + [429]
    assert status(token, mine, REMOTE_ADDR="198.51.100.7") == 200


def test_knobs_set_limit_and_window(mine, token, settings):
    settings.REDIS_URL = ""
    knobs = {"RATE_LIMIT_MAX": 2, "RATE_LIMIT_WINDOW_MS": 1500}
    settings.EXPORTS = settings.EXPORTS | knobs
    with time_machine.travel(make.NOW, tick=False) as now:
        found = [status(token, mine) for _ in range(3)]
        for seconds in (1.499, 0.001):
            now.shift(seconds)
            found.append(status(token, mine))

    assert found == [200, 200, 429, 429, 200]


def at(seconds: float) -> datetime:
    return datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


def agreed(random: Random, *, of: Callable[[], int]) -> None:
    """One schedule of requests over HTTP is answered as the model says."""
    let_through: list[float] = []
    moment = 0.0
    with time_machine.travel(at(0), tick=False) as now:
        for _ in range(random.randint(6, 14)):
            moment += random.choice([0, 0.5, 10, 20, 59, 60, 61])
            now.move_to(at(moment))
            recent = [each for each in let_through if moment - each < 60]

            assert of() == (200 if len(recent) < 5 else 429), (let_through, moment)

            if len(recent) < 5:
                let_through.append(moment)


# The thousand schedules themselves, on both kinds of windows, are test_throttles.py's.
@pytest.mark.parametrize("number", range(3))
def test_schedules_of_requests_agree_with_the_model(mine, token, settings, number):
    settings.REDIS_URL = ""

    agreed(Random(number), of=lambda: status(token, mine))


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_thousand_schedules_of_requests_agree_with_the_model(mine, token, settings):
    settings.REDIS_URL = ""
    for number in range(1000):
        address = f"198.51.{number // 256}.{number % 256}"

        agreed(
            Random(number),
            of=lambda address=address: status(token, mine, REMOTE_ADDR=address),
        )


def test_fifty_at_once_are_five(mine, token, settings):
    settings.REDIS_URL = os.environ.get("TEST_REDIS_URL", settings.REDIS_URL)
    address = f"203.0.113.{os.getpid() % 256}"

    def ask(_: int) -> int:
        try:
            return status(token, mine, REMOTE_ADDR=address)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(50) as pool:
        found = Counter(pool.map(ask, range(50)))

    assert found == {200: 5, 429: 45}


def forged(random: Random) -> dict[str, str]:
    address = ".".join(str(random.randint(1, 254)) for _ in range(4))
    shapes = (
        {"HTTP_X_FORWARDED_FOR": address},
        {"HTTP_X_REAL_IP": address},
        {"HTTP_X_FORWARDED_FOR": f"{address}, 127.0.0.1"},
        {"HTTP_X_FORWARDED_FOR": f"2001:db8::{random.randint(1, 9999):x}"},
        {"HTTP_FORWARDED": f"for={address}"},
        {"HTTP_X_CLIENT_IP": address, "HTTP_TRUE_CLIENT_IP": address},
        {"HTTP_X_FORWARDED_FOR": "unknown", "HTTP_X_REAL_IP": address},
    )
    return random.choice(shapes)


def test_thousand_forged_forwarded_for_values_gain_nothing(settings):
    settings.REDIS_URL, random = "", Random(11)
    requests = [RequestFactory().get("/", **forged(random)) for _ in range(1000)]

    found = Counter(limits.hit(limits.EXPORTS, each).allowed for each in requests)

    assert found == {True: 5, False: 995}


def test_forged_forwarded_for_values_gain_nothing_over_http(mine, token):
    random = Random(13)

    found = Counter(status(token, mine, **forged(random)) for _ in range(40))

    assert found == {200: 5, 429: 35}


def test_behind_a_proxy_of_ours_what_the_client_wrote_gains_nothing(settings):
    settings.TRUSTED_PROXIES = ["127.0.0.1/32", "10.0.0.0/8"]
    random = Random(12)

    def caller(written: str) -> str:
        header = f"{written}, 198.51.100.9, 10.0.0.3" if written else "198.51.100.9"
        return limits.caller_of(RequestFactory().get("/", HTTP_X_FORWARDED_FOR=header))

    written = [forged(random).get("HTTP_X_FORWARDED_FOR", "") for _ in range(1000)]

    assert {caller(each) for each in written} == {"198.51.100.9"}


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("198.51.100.9", "198.51.100.9"),
        ("::ffff:198.51.100.9", "198.51.100.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_network_of_an_ipv6_client_counts_as_one(address, counted_as):
    request = RequestFactory().get("/", REMOTE_ADDR=address)

    assert limits.caller_of(request) == counted_as


def test_limit_holds_when_redis_stops_in_mid_run(mine, token, settings, own_redis):
    settings.REDIS_URL, stop = own_redis
    found = [status(token, mine) for _ in range(3)]

    stop()
    found += [status(token, mine) for _ in range(4)]

    assert found == [200] * 5 + [429] * 2


def test_refused_parameters_and_unknown_customers_count_too(mine, token):
    caller = with_text(token)
    for _ in range(3):
        caller.get(url(mine, format="doc"))
    for _ in range(2):
        caller.get(url("01890a5d-ac96-774b-bcce-b302099a8057"))

    assert get(token_client("manager", mine.business), mine).status_code == 429

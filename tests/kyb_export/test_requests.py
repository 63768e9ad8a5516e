import logging
import re

import pytest
from django.test import Client

from customers import ids
from tests import make
from tests.logged import logged

KEY = f"kyb_{'a' * 12}_{'S' * 43}"
SHOWN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


def id_of(given: str | None) -> str:
    headers = {} if given is None else {"X-Request-ID": given}
    return Client().get("/healthz", headers=headers).headers["X-Request-ID"]


@pytest.mark.parametrize("given", ["a", "req-1.2:3_4", "x" * 128])
def test_own_id_of_the_caller_is_answered(given):
    assert id_of(given) == given


@pytest.mark.parametrize("given", [None, "", "x" * 129, "a b", "a\tb", "<b>", "ä", KEY])
def test_id_that_is_not_well_formed_is_replaced(given):
    assert SHOWN.fullmatch(id_of(given))


def test_every_request_has_an_id_of_its_own():
    assert id_of(None) != id_of(None)


def test_error_tells_the_id():
    answer = Client().get("/v1/nonesuch", headers={"X-Request-ID": "req-1"})

    assert answer.json()["request_id"] == answer.headers["X-Request-ID"] == "req-1"


def line(**facts):
    """Of an answer to nobody we know."""
    known = {"event": "request", "method": "GET", "actor": None, "status": 200}
    return known | {"ip_address": "127.0.0.1"} | facts


def test_request_is_told_with_its_route_and_no_more():
    caller = Client()

    with logged() as log:
        caller.get("/healthz?signature=canary", headers={"X-Request-ID": "req-1"})
        caller.post("/v1/export/jobs/canary/cancel")
        caller.get("/v1/canary")

    assert log.facts("kyb.request") == [
        line(route="/healthz"),
        line(method="POST", route="/v1/export/jobs/{job_id}/cancel", status=401),
        line(route=None, status=404),
    ]
    assert log.lines("kyb.request")[0]["request_id"] == "req-1"
    assert [each["seconds"] > 0 for each in log.lines("kyb.request")] == [True] * 3
    assert "canary" not in log.text


@pytest.mark.django_db
def test_request_is_told_with_who_asked():
    key, text = make.api_key()
    make.api_key()
    user = make.staff(is_superuser=True)
    program, person = Client(headers={"Authorization": f"Bearer {text}"}), Client()
    person.force_login(user)

    with logged() as log:
        program.get("/v1/export/types")
        person.get("/v1/export/types")
        person.get("/admin/")

    assert log.facts("kyb.request") == [
        line(route="/v1/export/types", actor=f"key:{ids.show('key', key.pk)}"),
        line(route="/v1/export/types", actor=f"staff:{user.pk}"),
        line(route="/admin/", actor=f"staff:{user.pk}"),
    ]


@pytest.mark.django_db(transaction=True, databases=["default", "snapshot"])
def test_stream_is_told_of_once_it_has_ended():
    mine = make.business("business_mine")
    make.verification(mine)
    _, text = make.api_key(mine)
    spec = {"business_id": mine.id, "export_type": "verifications", "format": "csv"}
    options = {"content_type": "application/json", "headers": {"X-Request-ID": "req-1"}}
    caller = Client(headers={"Authorization": f"Bearer {text}"})

    with logged() as log:
        answer = caller.post("/v1/export", spec | {"delivery": "inline"}, **options)
        before = log.lines()
        b"".join(answer)
        answer.close()

    told = [(each["event"], each["request_id"]) for each in log.lines()]
    assert before == []
    assert told == [("export", "req-1"), ("request", "req-1")]


def test_what_follows_a_request_does_not_bear_its_id():
    with logged() as log:
        Client().get("/healthz", headers={"X-Request-ID": "req-1"})
        logging.getLogger("after").warning("the request")

    assert "request_id" not in log.lines("after")[0]

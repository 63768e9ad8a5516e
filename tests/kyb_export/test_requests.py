import re

import pytest
from django.test import Client

SHOWN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


def id_of(given: str | None) -> str:
    headers = {} if given is None else {"X-Request-ID": given}
    return Client().get("/healthz", headers=headers).headers["X-Request-ID"]


@pytest.mark.parametrize("given", ["a", "req-1.2:3_4", "x" * 128])
def test_own_id_of_the_caller_is_answered(given):
    assert id_of(given) == given


@pytest.mark.parametrize("given", [None, "", "x" * 129, "a b", "a\tb", "<b>", "ä"])
def test_id_that_is_not_well_formed_is_replaced(given):
    assert SHOWN.fullmatch(id_of(given))


def test_every_request_has_an_id_of_its_own():
    assert id_of(None) != id_of(None)


def test_error_tells_the_id():
    answer = Client().get("/v1/nonesuch", headers={"X-Request-ID": "req-1"})

    assert answer.json()["request_id"] == answer.headers["X-Request-ID"] == "req-1"

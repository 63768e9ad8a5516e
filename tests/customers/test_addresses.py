"""Whose word counts for where a request comes from."""

import pytest
from django.test import RequestFactory

from customers.addresses import client_address

PROXY = "10.0.0.1"


@pytest.mark.parametrize(
    ("remote", "headers", "expected"),
    [
        pytest.param("198.51.100.7", {}, "198.51.100.7", id="direct"),
        pytest.param(
            "198.51.100.7",
            {"X-Forwarded-For": "192.0.2.1"},
            "198.51.100.7",
            id="a header from anybody",
        ),
        pytest.param(
            PROXY, {"X-Forwarded-For": "192.0.2.1"}, "192.0.2.1", id="one proxy"
        ),
        pytest.param(
            PROXY,
            {"X-Forwarded-For": "1.1.1.1, 192.0.2.1, 10.0.0.2"},
            "192.0.2.1",
            id="two proxies and a forged hop",
        ),
        pytest.param(PROXY, {"X-Forwarded-For": "10.0.0.3"}, "10.0.0.3", id="inside"),
        pytest.param(
            PROXY, {"X-Forwarded-For": "192.0.2.1, junk"}, PROXY, id="no address"
        ),
        pytest.param(PROXY, {"X-Real-IP": "192.0.2.2"}, "192.0.2.2", id="real ip"),
        pytest.param(PROXY, {}, PROXY, id="proxy itself"),
        pytest.param("::ffff:198.51.100.7", {}, "198.51.100.7", id="mapped"),
        pytest.param("2001:DB8::1", {}, "2001:db8::1", id="IPv6"),
        pytest.param("", {"X-Forwarded-For": "192.0.2.1"}, "", id="unix socket"),
    ],
)
def test_client_address_is_the_nearest_hop_that_is_not_ours(
    settings, remote, headers, expected
):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    request = RequestFactory(headers=headers).get("/", REMOTE_ADDR=remote)

    assert client_address(request) == expected

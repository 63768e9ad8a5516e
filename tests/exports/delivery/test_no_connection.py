"""No spelling of an address that is not public gets a connection out of a delivery."""

import gc
import socket
from collections.abc import Iterator
from itertools import cycle, islice
from urllib.parse import urlsplit

import pytest

from exports import destinations, outbox
from exports.delivery import addresses, deliveries
from exports.models import Attempt, Delivery
from tests import make
from tests.exports.delivery.receiving import receiver
from tests.exports.delivery.test_addresses import SPELLINGS, names
from tests.exports.destinations_made import bucket_body, destination, server_body
from tests.exports.webhooks_made import webhook

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("woken"),
    # Whoever went astray must be let go there, or the listener would prove nothing.
    pytest.mark.allow_hosts(["127.0.0.1", "127.0.0.2", "::1"]),
]
NAME = "flips.example.com"
GOOD, BAD = "127.0.0.2", "127.0.0.1"
HOSTS = [urlsplit(spelling).netloc for spelling in SPELLINGS]
REDIRECTS = (301, 302, 303, 307, 308)


@pytest.fixture
def ports(settings) -> Iterator[list[socket.socket]]:
    """Listeners on loopback, by each family that this machine has."""
    settings.EXPORTS = settings.EXPORTS | {
        "WEBHOOK_ALLOW_HTTP": True,
        # A client of a bucket takes half a second to be made, and much else may run.
        "WEBHOOK_TIMEOUT_SECONDS": 10,
        "DESTINATION_TIMEOUT_SECONDS": 10,
    }
    first = socket.create_server(("127.0.0.1", 0))
    found = [first]
    try:
        address = ("::1", first.getsockname()[1])
        found.append(socket.create_server(address, family=socket.AF_INET6))
    except OSError:
        pass  # a machine without IPv6
    for each in found:
        each.setblocking(False)
    yield found
    for each in found:
        each.close()


def test_listener_on_loopback_sees_no_connection(ports):
    mine = make.business("business_mine")
    port = ports[0].getsockname()[1]
    made, _ = webhook(mine)

    for host in HOSTS:
        # As if it had been let in, or had been public when it was.
        type(made).objects.filter(pk=made.pk).update(url=f"http://{host}:{port}/")
        outbox.send_test(made, now=make.NOW)
        deliveries.deliver_due()

    assert Attempt.objects.exclude(error="").count() == len(SPELLINGS)
    assert Delivery.objects.filter(state="failed").count() == len(SPELLINGS)
    assert [connections(each) for each in ports] == [0] * len(ports)


def connections(listening: socket.socket) -> int:
    """Those that somebody has made to it."""
    count = 0
    while True:
        try:
            made, _ = listening.accept()
        except BlockingIOError:
            return count
        made.close()
        count += 1


def only(settings, address: str) -> None:
    """It counts as public, and no other one of this machine does."""
    settings.EXPORTS = settings.EXPORTS | {"WEBHOOK_NETWORKS": f"{address}/32"}


def reach(kind: str, host: str) -> str:
    """What a delivery of this kind says that was sent there."""
    mine, place = make.business("business_mine"), f"http://{host}"
    if kind == "webhook":
        hook, _ = webhook(mine, place)
        outbox.send_test(hook, now=make.NOW)
        deliveries.deliver_due()
        return Attempt.objects.latest("id").error
    name, _, port = host.partition(":")
    bodies = {
        "s3": bucket_body(mine, endpoint=place),
        "sftp": server_body(mine, host=name, port=int(port)),
    }
    to = destination(bodies[kind])
    return destinations.test(to, actor=make.SYSTEM, now=make.NOW).error


def test_redirect_to_what_is_not_public_leads_nowhere(ports, settings):
    """By each of the spellings, from a receiver that may be called."""
    only(settings, BAD)
    port = ports[0].getsockname()[1]
    statuses = list(islice(cycle(REDIRECTS), len(HOSTS)))
    answers = [
        (status, {"Location": f"http://{host}:{port}/".encode().decode("latin-1")})
        for status, host in zip(statuses, HOSTS, strict=True)
    ]

    with receiver(*answers) as there:
        hook, _ = webhook(make.business("business_mine"), there.url)
        for _ in HOSTS:
            outbox.send_test(hook, now=make.NOW)
            deliveries.deliver_due()

    assert len(there.received) == len(HOSTS)
    assert list(Attempt.objects.order_by("id").values_list("status", flat=True)) == (
        statuses
    )
    assert [connections(each) for each in ports] == [0] * len(ports)


@pytest.mark.parametrize("status", REDIRECTS)
def test_bucket_that_redirects_leads_nowhere(ports, settings, status):
    only(settings, BAD)
    settings.EXPORTS = settings.EXPORTS | {"DESTINATION_TIMEOUT_SECONDS": 60}
    port = ports[0].getsockname()[1]

    with receiver((status, {"Location": f"http://{BAD}:{port}/"})) as there:
        error = reach("s3", urlsplit(there.url).netloc)
    # A connection that was left open warns when it is collected, and that is an error.
    gc.collect()

    assert (bool(there.received), bool(error)) == (True, True)
    assert [connections(each) for each in ports] == [0] * len(ports)


@pytest.fixture
def flipping(monkeypatch) -> list[str]:
    """The name stands for these addresses, one after the other; the last one stays."""
    found, real = [GOOD, BAD], socket.getaddrinfo

    def resolve(host, *arguments, **options):
        if host != NAME:
            return real(host, *arguments, **options)
        told = found.pop(0) if len(found) > 1 else found[0]
        return names(told)(host, *arguments, **options)

    # Whoever asks, for the judgement or for a connection, gets the next answer.
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setitem(addresses.resolved.__kwdefaults__, "resolve", resolve)
    return found


@pytest.mark.parametrize("kind", ["webhook", "s3", "sftp"])
def test_name_that_flips_leads_to_what_was_judged_alone(
    ports, settings, flipping, kind
):
    only(settings, GOOD)
    port = ports[0].getsockname()[1]

    with socket.create_server((GOOD, port)) as good:
        good.setblocking(False)
        reach(kind, f"{NAME}:{port}")
        first = connections(good)
        error = reach(kind, f"{NAME}:{port}")
        second = connections(good)

    assert (first > 0, second, flipping) == (True, 0, [BAD])
    assert error.endswith("has an address that is not public")
    assert [connections(each) for each in ports] == [0] * len(ports)

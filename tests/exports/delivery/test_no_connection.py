"""No spelling of an address that is not public gets a connection out of a delivery."""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from exports import outbox
from exports.delivery import deliveries
from exports.models import Attempt, Delivery
from tests import make
from tests.exports.delivery.test_addresses import SPELLINGS
from tests.exports.webhooks_made import webhook

pytestmark = pytest.mark.django_db


@pytest.fixture
def ports(settings) -> Iterator[list[socket.socket]]:
    """Listeners on loopback, by each family that this machine has."""
    settings.EXPORTS = settings.EXPORTS | {
        "WEBHOOK_ALLOW_HTTP": True,
        "WEBHOOK_TIMEOUT_SECONDS": 1,
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

    for spelling in SPELLINGS:
        # As if it had been let in, or had been public when it was.
        host = urlsplit(spelling).netloc
        type(made).objects.filter(pk=made.pk).update(url=f"http://{host}:{port}/")
        outbox.send_test(made, now=make.NOW)
        deliveries.deliver_due()

    assert Attempt.objects.exclude(error="").count() == len(SPELLINGS)
    assert Delivery.objects.filter(state="failed").count() == len(SPELLINGS)
    for each in ports:
        with pytest.raises(BlockingIOError):
            each.accept()

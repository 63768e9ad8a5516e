"""A line goes to what was judged, and is cut though its socket was handed on."""

import socket
from ipaddress import ip_address
from threading import Timer
from time import monotonic

import pytest

from exports.delivery.addresses import Refused, Target
from exports.delivery.holding import held
from exports.delivery.lines import Line


@pytest.fixture
def server():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def line(server) -> Line:
    port = server.getsockname()[1]
    to = Target("", "sftp.example.com", port, "")
    return Line(to, [ip_address("127.0.0.1")], seconds=20)


def test_line_leads_nowhere_else(server):
    port = server.getsockname()[1]

    for host, other in (("evil.example.com", port), ("sftp.example.com", port + 1)):
        with pytest.raises(Refused):
            line(server).connect(host, other)


def test_cut_ends_what_another_object_reads(server):
    """As TLS does: it takes the descriptor over."""
    made = line(server)
    first = made.connect("sftp.example.com", server.getsockname()[1])
    with socket.socket(fileno=first.detach()) as taken:
        taken.settimeout(20)
        Timer(0.1, made.cut).start()

        assert taken.recv(1) == b""
    made.close()


def test_time_that_is_over_cuts_the_line(server):
    made = line(server)
    with (
        made.connect("sftp.example.com", server.getsockname()[1]) as silent,
        held(made, None, seconds=0.2),
    ):
        begun = monotonic()
        assert silent.recv(1) == b""

    assert (made.is_cut, monotonic() - begun < 15) == (True, True)

"""Where a delivery may lead: public addresses alone, however they are written.

An address is judged by what it is, never by its name. A name is resolved once, all that
it stands for is judged, and the connection is made to what was judged.
"""

import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Final
from urllib.parse import urlsplit

from customers.addresses import Address, is_within
from exports.conf import knob
from exports.delivery.faults import Fault

# IANA's registries of special addresses; and what clouds answer from that looks public.
_NOT_PUBLIC: Final = [
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
    *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24"),
    *("192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24"),
    *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4"),
    *("240.0.0.0/4", "168.63.129.16/32"),
    # Of what is given out at all: documentation, and what holds other addresses.
    *("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"),
]
_GIVEN_OUT: Final = ip_network("2000::/3")
"""All of IPv6 that is routed: nothing mapped, translated, link-local or multicast."""
_MAX_URL: Final = 2000
_HOST: Final = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*"
    r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
_NUMBER: Final = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)")
_LOCAL_NAMES: Final = (
    *("localhost", "localdomain", "local", "internal", "intranet", "lan", "home"),
    *("arpa", "onion", "test", "invalid"),
)
Resolve = Callable[..., list[Any]]


class Refused(Fault):
    """Its message is for whoever gave the address."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that may be asked for, as far as it tells by itself.

    :ivar host: a name in ASCII, or an address without brackets.
    :ivar path: with its query.
    """

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """As the header Host has it."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        usual = {"https": 443, "http": 80}[self.scheme]
        return shown if self.port == usual else f"{shown}:{self.port}"


def target(url: str) -> Target:
    """:raises Refused: it is no URL that may be called."""
    if not 1 <= len(url) <= _MAX_URL or re.search(r"[\s\\\x00-\x20\x7f]", url):
        raise Refused("must be a URL without spaces, of at most 2,000 characters")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("is not a well-formed URL") from None
    schemes = ["https", "http"] if knob("WEBHOOK_ALLOW_HTTP") else ["https"]
    if parts.scheme not in schemes:
        raise Refused(f"must begin with {' or '.join(schemes)}://")
    if "@" in parts.netloc:
        raise Refused("must hold no user name and no password")
    if port == 0 or parts.netloc.endswith(":"):
        raise Refused("must have a port from 1 to 65535, or none")
    host = _host(parts.hostname or "", is_bracketed="[" in parts.netloc)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if parts.fragment or not path.isascii():
        raise Refused("must have no fragment, and only ASCII in its path")
    return Target(parts.scheme, host, port or _port_of(parts.scheme), path)


def server(url: str) -> Target:
    """Of a URL that leads to a server, and not to a place on it.

    :raises Refused: it is none that may be called.
    """
    to = target(url)
    if to.path != "/":
        raise Refused("must have no path: it is of the server alone")
    return to


def reached(host: str, port: int) -> Target:
    """A server that is no web server.

    :raises Refused: it is none that may be called.
    """
    return Target("", _host(host, is_bracketed=":" in host), port, "")


def _port_of(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _host(written: str, *, is_bracketed: bool) -> str:
    """:raises Refused: it is none, or one that is never public."""
    if is_bracketed:
        return str(_checked_literal(written))
    try:
        # Full-width digits, other dots and the like are what a resolver makes of them.
        host = written.encode("idna").decode().lower().removesuffix(".")
    except UnicodeError:
        raise Refused("has a host name that is none") from None
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return str(_checked_literal(host))
    if not _HOST.fullmatch(host):
        raise Refused("has a host name that is none")
    if (labels[-1] in _LOCAL_NAMES or len(labels) == 1) and not _networks():
        raise Refused("has a host name that is not public")
    return host


def _checked_literal(text: str) -> IPv4Address | IPv6Address:
    """:raises Refused: short, octal, hexadecimal forms; zones; what is not public."""
    try:
        found = ip_address(text)
    except ValueError:
        raise Refused("has an address that is not written out in full") from None
    check(found)
    return found


def check(address: Address) -> None:
    """:raises Refused: it is not public, and not named by the installation either."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    judged = mapped or address
    if is_within(judged, _networks()):
        return
    is_routed = isinstance(judged, IPv4Address) or judged in _GIVEN_OUT
    has_zone = isinstance(judged, IPv6Address) and judged.scope_id is not None
    if has_zone or not is_routed or is_within(judged, _NOT_PUBLIC):
        raise Refused("has an address that is not public")


def resolved(to: Target, *, resolve: Resolve = socket.getaddrinfo) -> list[Address]:
    """All addresses that the host stands for, each of them judged.

    :raises Refused: there is none, or one is not public.
    """
    try:
        found = resolve(to.host, to.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Refused("has a host name that no address was found for") from None
    addresses = [ip_address(entry[4][0]) for entry in found]
    for address in addresses:
        check(address)
    if not addresses:
        raise Refused("has a host name that no address was found for")
    return list(dict.fromkeys(addresses))


def _networks() -> list[str]:
    named = str(knob("WEBHOOK_NETWORKS")).split(",")
    return [network.strip() for network in named if network.strip()]

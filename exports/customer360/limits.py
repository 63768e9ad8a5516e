"""How often one client address may ask for customer-360 exports, and what it is told.

An IPv6 client has a whole /64 to choose addresses from: it counts as one.
"""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, IPv6Network
from math import ceil
from typing import Any, Final

from customers import guard
from customers.actors import Actor
from customers.addresses import HasMeta, client_address, parse
from customers.authentication import is_session
from exports import throttles
from exports.errors import RateLimited
from exports.throttles import Verdict

EXPORTS: Final = "customer_360"
BULK: Final = "customer_360_bulk"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def hit(kind: str, request: HasMeta) -> Verdict:
    """One more request from where this one comes from, if it is let through."""
    return throttles.hit(kind, caller_of(request))


def check(verdict: Verdict) -> None:
    """:raises RateLimited: it was not let through."""
    if not verdict.allowed:
        wait = verdict.retry_after
        raise RateLimited(
            f"Too many export requests from this address: try again in {wait} s",
            retry_after=wait,
        )


def guard_session(request: Any) -> None:
    """:raises RateLimited: whoever is at the admin began too many exports there."""
    if not is_session(request) or not isinstance(request.auth, Actor):
        return
    seconds = guard.wait_of("export", request.auth, request=request)
    if seconds is not None:
        raise RateLimited(
            f"Too many exports were begun in the admin: try again in {seconds} s",
            retry_after=seconds,
        )


def caller_of(request: HasMeta) -> str:
    """The address, of IPv6 its network; empty when the server names none."""
    address = parse(client_address(request))
    if isinstance(address, IPv6Address):
        # A link's own addresses name their interface, which is no part of a network.
        return str(IPv6Network((int(address), 64), strict=False))
    return str(address or "")


def headers(verdict: Verdict) -> dict[str, str]:
    # Rounded up: at that moment the next request is let through. Milliseconds, as
    # floats of today have no exact microseconds.
    frees_at = _EPOCH + timedelta(milliseconds=ceil(verdict.frees_at * 1000))
    return verdict.headers | {
        "X-RateLimit-Reset": frees_at.isoformat(timespec="microseconds")
    }

"""Where a request comes from, proxies that are ours left out."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Protocol, TypeAlias

from django.conf import settings

Address: TypeAlias = IPv4Address | IPv6Address


class HasMeta(Protocol):
    """A request of Django's or of REST framework's."""

    @property
    def META(self) -> dict[str, str]: ...  # noqa: N802 -- Django's name for it


def client_address(request: HasMeta) -> str:
    """The nearest hop that is no proxy of ours; empty when the server names none.

    Headers count only when the connection itself comes from a trusted proxy.
    """
    nearest = parse(request.META.get("REMOTE_ADDR", ""))
    if nearest is None:
        return ""
    for hop in reversed(_forwarded(request)):
        address = parse(hop)
        # Past a hop that is not ours, or that is no address, anybody may have written.
        if not _is_trusted(nearest) or address is None:
            break
        nearest = address
    return str(nearest)


def parse(text: str) -> Address | None:
    """An address as it is compared: IPv4 in IPv6 clothes is the IPv4 one."""
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def is_within(address: Address, networks: list[str] | tuple[str, ...]) -> bool:
    return any(address in ip_network(network, strict=False) for network in networks)


def _forwarded(request: HasMeta) -> list[str]:
    header = request.META.get("HTTP_X_FORWARDED_FOR") or request.META.get(
        "HTTP_X_REAL_IP", ""
    )
    return [hop for hop in header.split(",") if hop.strip()]


def _is_trusted(address: Address) -> bool:
    return is_within(address, settings.TRUSTED_PROXIES)

"""Whatever the spelling, an address that is not public is refused."""

import socket
from ipaddress import ip_address

import pytest

from exports.delivery import addresses
from exports.delivery.addresses import Refused, Target, resolved, target

SPELLINGS = [
    # loopback: plain, short, decimal, octal, hexadecimal, mixed, with dots at the end
    *("https://127.0.0.1/", "https://127.1/", "https://127.0.1/", "https://127/"),
    *("https://2130706433/", "https://017700000001/", "https://0177.0.0.1/"),
    *("https://0x7f.0.0.1/", "https://0x7f000001/", "https://0x7f.1/"),
    *("https://127.0.0.1./", "https://127.000.000.001/", "https://127.255.255.254/"),
    *("https://localhost/", "https://LOCALHOST/", "https://localhost./"),
    *("https://a.localhost/", "https://localhost.localdomain/", "https://0/"),
    *("https://0.0.0.0/", "https://0x/", "https://00/"),
    # other digits, other dots, other letters
    *("https://１２７.0.0.1/", "https://127。0。0。1/", "https://①②⑦.⓪.⓪.①/"),
    *("https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/", "https://%31%32%37.0.0.1/", "https://127.0.0.1%2f/"),
    # IPv6: loopback, unspecified, mapped, compatible, translated, tunnelled, zones
    *("https://[::1]/", "https://[0:0:0:0:0:0:0:1]/", "https://[::]/"),
    *("https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/"),
    *("https://[::127.0.0.1]/", "https://[::ffff:0:127.0.0.1]/"),
    *("https://[64:ff9b::7f00:1]/", "https://[64:ff9b::127.0.0.1]/"),
    *("https://[64:ff9b:1::a00:1]/", "https://[2002:7f00:1::]/"),
    *("https://[2001:0:7f00:1::]/", "https://[2001:db8::1]/", "https://[3fff::1]/"),
    *("https://[fe80::1]/", "https://[fe80::1%25eth0]/", "https://[fc00::1]/"),
    *("https://[fd12:3456::1]/", "https://[fec0::1]/", "https://[ff02::1]/"),
    *("https://[2606:4700::1111%25lo]/", "https://[100::1]/", "https://[5f00::1]/"),
    # private, link-local, shared, reserved, multicast, broadcast, of clouds
    *("https://10.0.0.1/", "https://172.16.0.1/", "https://172.31.255.255/"),
    *("https://192.168.1.1/", "https://169.254.169.254/", "https://100.64.0.1/"),
    *("https://192.0.0.192/", "https://192.0.2.1/", "https://198.18.0.1/"),
    *("https://198.51.100.1/", "https://203.0.113.1/", "https://192.88.99.1/"),
    *("https://224.0.0.1/", "https://240.0.0.1/", "https://255.255.255.255/"),
    *("https://168.63.129.16/", "https://0xa9.0xfe.0xa9.0xfe/", "https://2852039166/"),
    *("https://metadata.google.internal/", "https://printer.local/"),
    *("https://intranet/", "https://1.0.0.127.in-addr.arpa/"),
]
MALFORMED = [
    *("", "https://", "https:///path", "ftp://example.com/", "example.com"),
    *("file:///etc/passwd", "gopher://example.com/", "//example.com/"),
    *("https://user@example.com/", "https://user:pass@example.com/"),
    *("https://example.com@127.0.0.1/", "https://example.com\\@127.0.0.1/"),
    *("https://example.com#@127.0.0.1/", "https://example.com/#fragment"),
    *("https://127.0.0.1\t.example.com/", "https://exa mple.com/"),
    *("https://example.com:0/", "https://example.com:99999/", "https://example.com:/"),
    *("https://example.com:http/", "https://-a.example.com/", "https://a..b.com/"),
    *("https://[::1/", "https://[example.com]/", "https://exämple.com/ü"),
    *("https://" + "a" * 64 + ".com/", "https://example.com/" + "a" * 2000),
    *("https://example.com/\r\nHost: a", "https://example.com\x00/", "http://a.com/"),
]
PUBLIC = "93.184.215.14"


def names(*found: str):
    """A resolver that gives these addresses, whatever it is asked for."""

    def resolve(host, port, **_):
        families = {4: socket.AF_INET, 6: socket.AF_INET6}
        return [
            (families[ip_address(each).version], 1, 6, "", (each, port))
            for each in found
        ]

    return resolve


def test_there_are_sixty_spellings_and_more():
    assert len(set(SPELLINGS)) == len(SPELLINGS) > 60


@pytest.mark.parametrize("url", SPELLINGS)
def test_spelling_of_an_address_that_is_not_public_is_refused(url):
    with pytest.raises(Refused):
        target(url)


@pytest.mark.parametrize("url", MALFORMED)
def test_url_that_is_none_is_refused(url):
    with pytest.raises(Refused):
        target(url)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://example.com", Target("https", "example.com", 443, "/")),
        ("https://EXAMPLE.com./a?b=c", Target("https", "example.com", 443, "/a?b=c")),
        (
            "https://a-b.example.com:8443/",
            Target("https", "a-b.example.com", 8443, "/"),
        ),
        ("https://bücher.example/", Target("https", "xn--bcher-kva.example", 443, "/")),
        (f"https://{PUBLIC}/", Target("https", PUBLIC, 443, "/")),
        ("https://[2606:4700::1111]/", Target("https", "2606:4700::1111", 443, "/")),
    ],
)
def test_public_url_is_taken_apart(url, found):
    assert target(url) == found


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("https://example.com/", "example.com"),
        ("https://example.com:8443/", "example.com:8443"),
        ("https://[2606:4700::1111]:8443/", "[2606:4700::1111]:8443"),
    ],
)
def test_authority_is_what_the_header_host_has(url, authority):
    assert target(url).authority == authority


NOT_PUBLIC = [
    *("127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:10.0.0.1"),
    *("64:ff9b::a00:1", "2002:a00:1::1", "::10.0.0.1", "fe80::1", "fd00::1"),
    *("168.63.129.16", "100.64.0.1", "0.0.0.0", "224.0.0.1", "2001::1"),
]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_name_that_stands_for_such_an_address_is_refused(address):
    with pytest.raises(Refused, match="not public"):
        resolved(target("https://example.com/"), resolve=names(address))


def test_name_is_refused_when_one_of_its_addresses_is_not_public():
    with pytest.raises(Refused, match="not public"):
        resolved(target("https://example.com/"), resolve=names(PUBLIC, "10.0.0.1"))


def test_name_of_public_addresses_gives_each_once():
    found = resolved(
        target("https://example.com/"),
        resolve=names("2606:4700::1111", PUBLIC, PUBLIC),
    )

    assert [str(each) for each in found] == ["2606:4700::1111", PUBLIC]


def unknown(host, port, **_):
    raise socket.gaierror


@pytest.mark.parametrize("resolve", [unknown, names()])
def test_name_that_nothing_is_found_for_is_refused(resolve):
    with pytest.raises(Refused, match="no address was found"):
        resolved(target("https://example.com/"), resolve=resolve)


def test_networks_of_development_may_be_called(settings):
    settings.EXPORTS = settings.EXPORTS | {
        "WEBHOOK_NETWORKS": "127.0.0.0/8, ::1/128",
        "WEBHOOK_ALLOW_HTTP": True,
    }

    assert target("http://127.0.0.1:8080/") == Target("http", "127.0.0.1", 8080, "/")
    assert target("http://receiver/") == Target("http", "receiver", 80, "/")
    addresses.check(ip_address("::1"))
    with pytest.raises(Refused):
        addresses.check(ip_address("10.0.0.1"))


def test_message_holds_nothing_of_the_address():
    with pytest.raises(Refused) as refused:
        target("https://user:topsecret@example.com/")

    assert "topsecret" not in refused.value.message

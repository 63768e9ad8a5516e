"""One POST goes to the address that was judged, and ends in time."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from socket import create_server
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from exports.delivery import posting
from exports.delivery.addresses import Target, resolved, target
from exports.delivery.posting import Answer, NoAnswer, post
from tests.exports.delivery.receiving import receiver
from tests.exports.delivery.test_addresses import names

pytestmark = pytest.mark.usefixtures("development")
LOOPBACK = [ip_address("127.0.0.1")]


def sent(url: str, *, seconds: float = 5, **values):
    to = target(url)
    options = {"body": b"{}", "headers": {"X-One": "1"}, "addresses": LOOPBACK}
    return post(to, **(options | values), seconds=seconds)


def test_it_is_sent_as_it_is_with_the_name_that_was_asked_for():
    with receiver(200) as there:
        port = there.url.partition("/hook")[0].rpartition(":")[2]
        answer = sent(f"http://hooks.example.com:{port}/hook?a=1", body=b'{"a": 1}')

    assert answer == Answer(200, None)
    [got] = there.received
    assert (got.path, got.body) == ("/hook?a=1", b'{"a": 1}')
    assert got.headers["host"] == f"hooks.example.com:{port}"
    assert got.headers["x-one"] == "1"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_not_followed(status):
    with receiver(204) as inner:
        with receiver((status, {"Location": inner.url})) as outer:
            answer = sent(outer.url)

        assert (answer.status, len(outer.received)) == (status, 1)
    assert inner.received == []


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("break off", "the connection broke: RemoteDisconnected"),
        ("half", "the connection broke: IncompleteRead"),
        ("no HTTP", "the connection broke: BadStatusLine"),
    ],
)
def test_receiver_that_breaks_off_gives_no_answer(answer, told):
    with receiver(answer) as there, pytest.raises(NoAnswer) as none:
        sent(there.url)

    assert none.value.message == told


@pytest.mark.parametrize("seconds", [0.3, 1.2])
def test_receiver_that_drips_is_cut_when_the_time_is_over(seconds):
    """Within the first line of its answer, and after it."""
    with receiver("drip") as there, pytest.raises(NoAnswer) as none:
        sent(there.url, seconds=seconds)

    assert none.value.message == "no answer in time"


def test_receiver_that_says_nothing_is_left_when_the_time_is_over():
    with create_server(("127.0.0.1", 0)) as silent, pytest.raises(NoAnswer) as none:
        sent(f"http://127.0.0.1:{silent.getsockname()[1]}/", seconds=0.2)

    assert none.value.message == "no answer in time"


def test_handshake_that_is_not_answered_is_left_when_the_time_is_over():
    with create_server(("127.0.0.1", 0)) as silent, pytest.raises(NoAnswer) as none:
        sent(f"https://127.0.0.1:{silent.getsockname()[1]}/", seconds=0.2)

    assert none.value.message == "no answer in time"


def test_port_that_nobody_listens_at_refuses():
    with create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(NoAnswer) as none:
        sent(f"http://127.0.0.1:{port}/")

    assert none.value.message == "the connection was refused"


def test_next_address_is_tried_when_one_does_not_answer():
    with receiver(200) as there:
        both = [ip_address("::1"), ip_address("127.0.0.1")]

        assert sent(there.url, addresses=both).status == 200


def test_retry_after_is_told():
    with receiver((429, {"Retry-After": "7"})) as there:
        assert sent(there.url) == Answer(429, "7")


def test_name_that_flips_after_it_was_judged_is_not_asked_again():
    """The connection goes to the judged address, whatever the name says by then."""
    flipping = iter([names("127.0.0.1"), names("10.0.0.1")])
    with receiver(200) as there:
        port = int(there.url.partition("/hook")[0].rpartition(":")[2])
        to = Target("http", "flips.example.com", port, "/")
        judged = resolved(to, resolve=next(flipping))

        answer = post(to, judged, body=b"", headers={}, seconds=5)

    assert (answer.status, len(list(flipping))) == (200, 1)


def certificate(folder, name: str):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)  # noqa: TID251 -- a certificate is good today
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


@pytest.fixture
def secure(tmp_path, monkeypatch):
    """The port of a server with a certificate for hooks.example.com, and the names
    that it was asked for."""
    path = certificate(tmp_path, "hooks.example.com")
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    posting._context.cache_clear()  # noqa: SLF001 -- it would trust others
    asked: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    context.sni_callback = lambda _, name, __: asked.append(name)
    with create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=answer_once, args=(listening, context))
        thread.start()
        yield listening.getsockname()[1], asked
        thread.join()
    posting._context.cache_clear()  # noqa: SLF001 -- as above


def answer_once(listening, context):
    raw, _ = listening.accept()
    try:
        with context.wrap_socket(raw, server_side=True) as tls:
            got = b""
            while not got.endswith(b"{}"):
                got += tls.recv(65536)
            tls.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
    except OSError:
        raw.close()


def test_tls_is_spoken_under_the_name_that_was_asked_for(secure):
    port, asked = secure

    answer = sent(f"https://hooks.example.com:{port}/")

    assert (answer.status, asked) == (204, ["hooks.example.com"])


def test_certificate_of_another_name_is_refused(secure):
    port, _ = secure

    with pytest.raises(NoAnswer, match="TLS failed: CERTIFICATE_VERIFY_FAILED"):
        sent(f"https://other.example.com:{port}/")

"""A file comes to a real SFTP server whole, or nothing has its name there."""

from collections.abc import Iterator

import pytest

from exports import destinations
from exports.delivery import deliveries
from exports.models import Attempt, Delivery
from tests import make
from tests.exports.destinations_made import (
    HOST_KEY,
    content,
    destination,
    exported,
    make_due,
    server_body,
)
from tests.exports.stored import mine
from tests.exports.views.asking import BOTH
from tests.services.cutting import proxy
from tests.services.sftp import Sftp, key_pair, sftp, with_password

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=BOTH),
    pytest.mark.usefixtures("development", "woken"),
]
__all__ = ["mine"]


@pytest.fixture(scope="module")
def running() -> Iterator[Sftp]:
    with sftp() as made, made.up():
        yield made


@pytest.fixture
def server(running) -> Sftp:
    """Empty."""
    for path in sorted(running.files.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    return running


def body(of, server, **more):
    return server_body(
        of,
        host="127.0.0.1",
        port=server.port,
        user=server.user,
        host_key=server.host_key,
        credentials={"private_key": server.private_key},
        **more,
    )


def target(of, server, **more):
    return destination(body(of, server) | more)


def errors() -> list[str]:
    rows = Attempt.objects.order_by("number")
    return list(rows.values_list("error", flat=True))


def test_file_is_brought_whole_with_a_receipt(mine, server):
    to = target(mine, server, path="in/{year}-{month}/{export}.csv")
    file = exported(mine, to)

    deliveries.deliver_due()

    name = f"in/{file.generated_at:%Y-%m}/{file.job.export_id}.csv"
    assert server.held() == {name: content(file)}
    receipt = Delivery.objects.get().receipt
    assert receipt["at"] is not None
    assert receipt | {"at": ""} == {
        "name": name,
        "bytes": file.size,
        "sha256": file.sha256,
        "etag": None,
        "at": "",
    }


def test_path_may_begin_at_the_servers_root(mine, server):
    exported(mine, target(mine, server, path=f"{server.files}/here/{{export}}"))

    deliveries.deliver_due()

    assert [name.partition("/")[0] for name in server.held()] == ["here"]


def test_file_that_is_there_already_is_replaced(mine, server):
    file = exported(mine, target(mine, server, path="{export}"))
    deliveries.deliver_due()
    [path] = server.files.iterdir()
    path.write_bytes(b"old")
    [delivery] = Delivery.objects.all()
    destinations.redeliver(delivery, actor=make.SYSTEM, now=make.NOW)

    deliveries.deliver_due()

    assert list(server.held().values()) == [content(file)]


@pytest.mark.parametrize("key", [HOST_KEY, "of another kind"])
def test_server_with_another_host_key_is_told_nothing(mine, server, tmp_path, key):
    if key != HOST_KEY:
        key = key_pair(tmp_path / "other", "ecdsa")[1]
    exported(mine, target(mine, server, host_key=key))

    deliveries.deliver_due()

    assert server.held() == {}
    assert errors() in (
        ["the server has another host key than the one given"],
        ["the connection broke: IncompatiblePeer"],
    )
    assert Delivery.objects.get().state == "pending"


def test_user_who_is_not_let_in_is_an_error_of_the_attempt(mine, server, tmp_path):
    stranger = {"private_key": key_pair(tmp_path / "stranger")[0]}
    wrong = {"password": "canary-password-that-is-wrong"}
    exported(mine, target(mine, server, credentials=stranger))
    exported(mine, target(mine, server, credentials=wrong))

    deliveries.deliver_due()

    assert server.held() == {}
    assert errors() == ["the server refused the user or the credentials"] * 2


def test_user_is_let_in_by_password_and_by_no_other_one(mine):
    with with_password() as server, server.up():
        right, wrong = (
            target(mine, server, credentials={"password": password})
            for password in (server.password, f"{server.password}1")
        )
        file = exported(mine, right)
        exported(mine, wrong)

        deliveries.deliver_due()

        assert list(server.held().values()) == [content(file)]
    assert errors() == ["", "the server refused the user or the credentials"]


@pytest.mark.parametrize("after", [10, 3_000, 60_000])
def test_line_that_breaks_leaves_no_file_and_it_comes_later(mine, server, after):
    """Within the greeting, while it signs in, and in the middle of the file."""
    with proxy(server.port) as between:
        to = target(mine, server, port=between.port)
        company = make.company(mine)
        make.verification(company, notes="x" * 300_000)
        file = exported(mine, to)
        between.left = after
        deliveries.deliver_due()
        broken = [name for name in server.held() if not name.endswith(".part")]
        between.left = None
        make_due()
        deliveries.deliver_due()

    assert broken == []
    assert list(server.held().values()) == [content(file)]
    assert [bool(error) for error in errors()] == [True, False]


def test_server_that_is_down_gets_the_file_when_it_is_back(mine):
    with sftp() as server:
        file = exported(mine, target(mine, server))
        deliveries.deliver_due()
        with server.up():
            make_due()
            deliveries.deliver_due()

        assert list(server.held().values()) == [content(file)]
    assert errors() == ["the connection was refused", ""]


def test_server_that_says_nothing_is_left(mine, server, settings):
    settings.EXPORTS = settings.EXPORTS | {"DESTINATION_TIMEOUT_SECONDS": 2}
    with proxy(server.port) as between:
        between.left = 0
        exported(mine, target(mine, server, port=between.port))

        deliveries.deliver_due()

    assert errors()[0].startswith("the connection broke")


def test_test_brings_a_small_file_and_takes_it_away(mine, server):
    tested = destinations.test(target(mine, server), actor=make.SYSTEM, now=make.NOW)

    assert (tested.arrived, tested.error, tested.left) == (True, "", False)
    assert server.held() == {}

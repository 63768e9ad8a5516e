import base64
import os
import socket
import subprocess
import sys

import psycopg
import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.db.utils import ConnectionHandler

from kyb_export.env import database, networks, secrets_keys, signing_keys, storage
from tests.documents import ROOT

NEW, OLD = b"n" * 32, b"o" * 32
WRAPPING = [Fernet.generate_key().decode() for _ in range(2)]


def given(text, folder, *, production=False):
    return signing_keys(text, folder, production=production)


def shown(seed: bytes) -> str:
    return base64.b64encode(seed).decode()


def test_keys_are_read_in_their_order(tmp_path):
    text = f"k.2:{shown(NEW)}, k-1:{shown(OLD)}"

    found = given(text, tmp_path, production=True)

    assert list(found.items()) == [("k.2", NEW), ("k-1", OLD)]


@pytest.mark.parametrize(
    "text",
    [
        *("k1", "k1:", f":{shown(NEW)}", f"k 1:{shown(NEW)}", "k1:!!!!", "k1:c2hvcnQ="),
        *(f"k1:{shown(NEW)},k1:{shown(OLD)}", f"k1:{shown(NEW)},", "k1:ü"),
    ],
)
def test_malformed_keys_are_refused_without_showing_them(tmp_path, text):
    with pytest.raises(ImproperlyConfigured) as refused:
        given(text, tmp_path)

    assert shown(NEW) not in str(refused.value)


def test_own_key_is_made_once_for_its_installation(tmp_path):
    first = given("", tmp_path / "a")

    assert given("", tmp_path / "a") == first
    assert given("", tmp_path / "b") != first
    [(key_id, seed)] = first.items()
    assert (key_id[:4], len(seed)) == ("own-", 32)
    assert (tmp_path / "a" / "secrets" / "signing").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("given_keys", "missing"),
    [
        ({}, "SIGNING_KEYS"),
        ({"SIGNING_KEYS": f"k:{shown(NEW)}"}, "SECRETS_KEYS"),
    ],
)
def test_production_does_not_start_without_keys(tmp_path, given_keys, missing):
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    env = kept | {"PRODUCTION": "true", "SECRET_KEY": "x" * 50} | given_keys
    env |= {"VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "kyb_export.settings"}

    done = subprocess.run(
        [sys.executable, "-c", "import kyb_export.wsgi"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert f"{missing} must be given in production" in done.stderr


def test_wrapping_keys_are_read_in_their_order(tmp_path):
    found = secrets_keys(f"{WRAPPING[0]}, {WRAPPING[1]}", tmp_path, production=True)

    assert found == WRAPPING
    assert all(Fernet(key) for key in found)


@pytest.mark.parametrize(
    "text",
    [
        "x",
        f"{WRAPPING[0]},",
        f"{WRAPPING[0]},{WRAPPING[0]}",
        WRAPPING[0][:-4],
        "ü" * 44,
    ],
)
def test_malformed_wrapping_keys_are_refused_without_showing_them(tmp_path, text):
    with pytest.raises(ImproperlyConfigured) as refused:
        secrets_keys(text, tmp_path, production=False)

    assert WRAPPING[0][:20] not in str(refused.value)


def test_own_wrapping_key_is_made_once_for_its_installation(tmp_path):
    [first] = secrets_keys("", tmp_path / "a", production=False)

    assert secrets_keys("", tmp_path / "a", production=False) == [first]
    assert secrets_keys("", tmp_path / "b", production=False) != [first]
    assert Fernet(first)


@pytest.mark.parametrize(
    "url",
    [
        *("file:///srv/kyb", "s3://kyb-exports", "s3://kyb-exports/a/b"),
        "s3://kyb-exports/a?region=eu-central-1&endpoint=https://s3.example.com:9000",
    ],
)
def test_storage_is_a_folder_or_a_bucket(url):
    assert storage(url) == url


@pytest.mark.parametrize(
    "url",
    [
        *("", "/srv/kyb", "file://host/srv", "ftp://host/srv", "s3://", "s3:///a"),
        *("s3://AKIA:canary@kyb-exports", "s3://kyb-exports?secret=canary", "s3://K_B"),
    ],
)
def test_storage_of_another_kind_is_refused_without_showing_it(url):
    with pytest.raises(ImproperlyConfigured) as refused:
        storage(url)

    assert "canary" not in str(refused.value)


@pytest.mark.parametrize("read_only", [False, True])
def test_postgresql_that_is_gone_is_not_waited_for(read_only):
    url = "postgres://somebody@example.com/kyb"

    usual = database(url, read_only=read_only)["OPTIONS"]
    own = database(f"{url}?connect_timeout=3", read_only=read_only)["OPTIONS"]

    names = {"connect_timeout", "tcp_user_timeout", "keepalives_idle"}
    assert names <= set(usual)
    assert (usual["connect_timeout"], int(own["connect_timeout"])) == (10, 3)
    assert ("default_transaction_read_only=on" in str(usual)) is read_only


def test_postgresql_that_says_nothing_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        url = f"postgres://somebody@127.0.0.1:{port}/kyb?connect_timeout=2"
        handler = ConnectionHandler({"default": database(url, read_only=False)})

        with pytest.raises(psycopg.OperationalError, match="timeout"):
            handler["default"].connect()


def test_networks_are_taken_as_they_are_given():
    given = ["10.0.0.0/8", " 192.168.1.7", "fd00::/8 "]

    found = networks(given, name="TRUSTED_PROXIES")

    assert found == ["10.0.0.0/8", "192.168.1.7", "fd00::/8"]


@pytest.mark.parametrize("text", ["10.0.0.0/33", "proxy.internal", "", "10.0.0.*"])
def test_what_is_no_network_is_refused_at_the_start(text):
    with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES must be networks"):
        networks(["10.0.0.0/8", text], name="TRUSTED_PROXIES")

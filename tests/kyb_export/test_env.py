import base64
import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from kyb_export.env import signing_keys
from tests.documents import ROOT

NEW, OLD = b"n" * 32, b"o" * 32


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


def test_production_does_not_start_without_keys(tmp_path):
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    env = kept | {"PRODUCTION": "true", "SECRET_KEY": "x" * 50}
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
    assert "SIGNING_KEYS must be given in production" in done.stderr

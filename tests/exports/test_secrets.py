import pytest
from cryptography.fernet import Fernet

from exports import secrets
from exports.errors import ExportError

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_secret_is_opened_for_its_purpose_alone():
    wrapped = secrets.wrap("ca\nnary", purpose="a")

    assert secrets.unwrap(wrapped, purpose="a") == "ca\nnary"
    with pytest.raises(ExportError, match="can no longer be read") as refused:
        secrets.unwrap(wrapped, purpose="a\nca")
    assert "nary" not in str(refused.value)


def test_wrapped_secret_shows_nothing_and_is_never_the_same():
    first, second = (secrets.wrap("canary", purpose="a") for _ in range(2))

    assert "canary" not in first
    assert first != second


def test_keys_are_rotated(settings):
    settings.SECRETS_KEYS = [OLD]
    wrapped = secrets.wrap("canary", purpose="a")

    settings.SECRETS_KEYS = [NEW, OLD]
    assert secrets.unwrap(wrapped, purpose="a") == "canary"
    again = secrets.wrap("canary", purpose="a")
    settings.SECRETS_KEYS = [NEW]

    assert secrets.unwrap(again, purpose="a") == "canary"
    with pytest.raises(ExportError, match="can no longer be read"):
        secrets.unwrap(wrapped, purpose="a")


@pytest.mark.parametrize("wrapped", ["", "x", "gAAAAA=="])
def test_what_was_never_wrapped_is_not_opened(wrapped):
    with pytest.raises(ExportError, match="can no longer be read"):
        secrets.unwrap(wrapped, purpose="a")

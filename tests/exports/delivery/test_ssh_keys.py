"""Keys of SSH, as ssh-keygen writes them."""

import pytest

from exports.delivery.ssh_keys import BadKey, algorithms, host_key, private_key
from tests.services.sftp import key_pair


@pytest.mark.parametrize(
    ("kind", "signed_with"),
    [
        ("ed25519", ("ssh-ed25519",)),
        ("ecdsa", ("ecdsa-sha2-nistp256",)),
        ("rsa", ("rsa-sha2-512", "rsa-sha2-256")),
    ],
)
def test_each_kind_is_read(tmp_path, kind, signed_with):
    private, public = key_pair(tmp_path / "key", kind, "correct horse")

    theirs = host_key(f"{public} root@example\n")

    assert theirs.asbytes() == private_key(private, "correct horse").asbytes()
    assert algorithms(theirs) == signed_with
    for wrong in (None, "battery staple"):
        with pytest.raises(BadKey):
            private_key(private, wrong)


@pytest.mark.parametrize(
    "text",
    [
        *("", "ssh-ed25519", "ssh-ed25519 AAAA", "ssh-dss AAAA", "ssh-ed25519 !!"),
        "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIBOjFsvlpRUzNGN0gbu2XpLxBKUUeYVchC6DEdpuQGaI",
    ],
)
def test_text_that_is_no_host_key(text):
    with pytest.raises(BadKey):
        host_key(text)


@pytest.mark.parametrize("text", ["", "secret", "-----BEGIN OPENSSH PRIVATE KEY-----"])
def test_text_that_is_no_private_key_is_not_told(text):
    with pytest.raises(BadKey) as bad:
        private_key(text, None)

    assert bad.value.message == (
        "is no private key that can be read with that passphrase"
    )

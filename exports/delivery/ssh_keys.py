"""Keys of SSH as texts: a server's public one, and a user's private one."""

import base64
from collections.abc import Callable
from io import StringIO
from typing import Final

from paramiko import ECDSAKey, Ed25519Key, PKey, RSAKey, SSHException

from exports.delivery.faults import Fault

_OF_RSA: Final = ("rsa-sha2-512", "rsa-sha2-256")
_OF_HOSTS: Final[dict[str, Callable[..., PKey]]] = {
    "ssh-ed25519": Ed25519Key,
    "ecdsa-sha2-nistp256": ECDSAKey,
    "ecdsa-sha2-nistp384": ECDSAKey,
    "ecdsa-sha2-nistp521": ECDSAKey,
    "ssh-rsa": RSAKey,
}


class BadKey(Fault):
    """Its message tells what is wrong, and nothing of the key."""


def host_key(text: str) -> PKey:
    """Of a line as ``ssh-keyscan`` and known_hosts have it, without the host.

    :raises BadKey: it is none.
    """
    kind, _, rest = text.strip().partition(" ")
    encoded = rest.strip().partition(" ")[0]
    if kind not in _OF_HOSTS:
        raise BadKey(f"must begin with one of {', '.join(_OF_HOSTS)}")
    try:
        data = base64.b64decode(encoded, validate=True)
        found = _OF_HOSTS[kind](data=data)
    # Each kind of key has errors of its own for bytes that are none.
    except Exception as error:
        raise BadKey("is no public key that can be read") from error
    if found.get_name() != kind or found.asbytes() != data:
        raise BadKey("is no public key that can be read")
    return found


def algorithms(key: PKey) -> tuple[str, ...]:
    """What the server may sign with, so that it shows this key and no other."""
    return _OF_RSA if isinstance(key, RSAKey) else (key.get_name(),)


def private_key(text: str, passphrase: str | None) -> PKey:
    """:raises BadKey: it is none, or the passphrase is not its own."""
    for kind in (Ed25519Key, ECDSAKey, RSAKey):
        try:
            return kind.from_private_key(StringIO(text), passphrase)
        # Each kind of key has errors of its own for texts that are none.
        except (SSHException, ValueError, TypeError, IndexError):
            continue
    raise BadKey("is no private key that can be read with that passphrase")

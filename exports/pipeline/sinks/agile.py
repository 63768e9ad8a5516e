"""ECMA-376 agile encryption of a workbook (MS-OFFCRYPTO 2.3.4): AES-256 and SHA-512.

The common library for it keeps the file in memory several times, and fills only half
of the key with random bits.
"""

import hmac
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha512
from secrets import token_bytes
from struct import pack
from typing import BinaryIO, Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC

from exports.pipeline.sinks import compound
from exports.pipeline.sinks.encrypt import spooled

SPINS: Final = 100_000
_BLOCK: Final = 16
_SEGMENT: Final = 4096
_AT_ONCE: Final = 256
"""Segments given on together."""
# What each derived key is for: the standard's own constants.
_VERIFIER_INPUT: Final = bytes.fromhex("fea7d2763b4b9e79")
_VERIFIER_HASH: Final = bytes.fromhex("d7aa0f6d3061344e")
_KEY_VALUE: Final = bytes.fromhex("146e0be7abacd0d6")
_HMAC_KEY: Final = bytes.fromhex("5fb2ad010cb9e1f6")
_HMAC_VALUE: Final = bytes.fromhex("a0677f02b22c8433")
_TRANSFORM: Final = "{FF9A3F03-56EF-4613-BDD5-5A41C1D07246}"


def encrypt(chunks: Iterable[bytes], password: str) -> Iterator[bytes]:
    with spooled(chunks) as plain:
        size = plain.seek(0, 2)
        plain.seek(0)
        package = _Package(password, size)
        padded = 8 + size + -size % _BLOCK
        yield from compound.compound(package.stream(plain), padded, package.small)


class _Package:
    """The encrypted bytes, and the streams that say how they were encrypted."""

    def __init__(self, password: str, size: int) -> None:
        self._size = size
        self._salt, self._key = token_bytes(_BLOCK), token_bytes(32)
        proof_key = token_bytes(64)
        self._proof = hmac.new(proof_key, digestmod=sha512)
        self._proof_key = self._sealed(proof_key, _HMAC_KEY)
        self._password_salt = token_bytes(_BLOCK)
        self._by_password = self._locked(password)

    def stream(self, plain: BinaryIO) -> Iterator[bytes]:
        """Its length first; each segment has a start of its own."""
        yield self._proved(pack("<Q", self._size))
        number = 0
        while block := plain.read(_SEGMENT * _AT_ONCE):
            segments = []
            for place in range(0, len(block), _SEGMENT):
                start = self._start(pack("<I", number))
                segment = block[place : place + _SEGMENT]
                segments.append(_aes(segment, self._key, start))
                number += 1
            yield self._proved(b"".join(segments))

    def small(self) -> Mapping[str, bytes]:
        """What lies beside the package; true once it was read out."""
        versions = pack("<6H", 1, 0, 1, 0, 1, 0)
        reference = pack("<II", 1, 0) + _text(compound.LARGE) + _text(compound.SPACE)
        transform = pack("<I", 1) + _text(_TRANSFORM)
        return {
            compound.INFO: pack("<HHI", 4, 4, 0x40) + self._description().encode(),
            compound.VERSION: _text("Microsoft.Container.DataSpaces") + versions,
            compound.MAP: pack("<II", 8, 1)
            + pack("<I", len(reference) + 4)
            + reference,
            compound.SPACE: pack("<II", 8, 1) + _text("StrongEncryptionTransform"),
            compound.PRIMARY: pack("<I", len(transform) + 4)
            + transform
            + _text("Microsoft.Container.EncryptionTransform")
            + versions
            + pack("<IIII", 0, 0, 0, 4),
        }

    def _proved(self, content: bytes) -> bytes:
        self._proof.update(content)
        return content

    def _start(self, block_key: bytes) -> bytes:
        return sha512(self._salt + block_key).digest()[:_BLOCK]

    def _sealed(self, content: bytes, block_key: bytes) -> bytes:
        return _aes(content, self._key, self._start(block_key))

    def _locked(self, password: str) -> dict[str, bytes]:
        """The key, and what tells whether a password is the right one."""
        salt = self._password_salt
        digest = sha512(salt + password.encode("utf-16-le")).digest()
        for spin in range(SPINS):
            digest = sha512(pack("<I", spin) + digest).digest()
        verifier = token_bytes(_BLOCK)
        sealed = {
            "encryptedVerifierHashInput": (verifier, _VERIFIER_INPUT),
            "encryptedVerifierHashValue": (sha512(verifier).digest(), _VERIFIER_HASH),
            "encryptedKeyValue": (self._key, _KEY_VALUE),
        }
        return {
            name: _aes(content, sha512(digest + block_key).digest()[:32], salt)
            for name, (content, block_key) in sealed.items()
        }

    def _description(self) -> str:
        proof = self._sealed(self._proof.digest(), _HMAC_VALUE)
        schema = "http://schemas.microsoft.com/office/2006"
        return (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
            f'<encryption xmlns="{schema}/encryption"'
            f' xmlns:p="{schema}/keyEncryptor/password">'
            f"<keyData {_facts(self._salt)}/>"
            f'<dataIntegrity encryptedHmacKey="{_base64(self._proof_key)}"'
            f' encryptedHmacValue="{_base64(proof)}"/>'
            f'<keyEncryptors><keyEncryptor uri="{schema}/keyEncryptor/password">'
            f'<p:encryptedKey spinCount="{SPINS}" {_facts(self._password_salt)}'
            + "".join(
                f' {name}="{_base64(value)}"'
                for name, value in self._by_password.items()
            )
            + "/></keyEncryptor></keyEncryptors></encryption>"
        )


def _facts(salt: bytes) -> str:
    return (
        f'saltSize="{len(salt)}" blockSize="{_BLOCK}" keyBits="256" hashSize="64"'
        ' cipherAlgorithm="AES" cipherChaining="ChainingModeCBC"'
        f' hashAlgorithm="SHA512" saltValue="{_base64(salt)}"'
    )


def _aes(content: bytes, key: bytes, start: bytes) -> bytes:
    cipher = Cipher(AES256(key), CBC(start)).encryptor()
    return cipher.update(content + bytes(-len(content) % _BLOCK)) + cipher.finalize()


def _text(text: str) -> bytes:
    """With its length, filled up to whole words."""
    raw = text.encode("utf-16-le")
    return pack("<I", len(raw)) + raw + bytes(-len(raw) % 4)


def _base64(raw: bytes) -> str:
    return b64encode(raw).decode()

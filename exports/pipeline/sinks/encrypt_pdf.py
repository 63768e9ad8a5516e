"""PDF 2.0's own encryption: AES-256, revision 6."""

from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile

import pikepdf

from exports.pipeline.sinks.encrypt import pieces, spooled


def encrypt(chunks: Iterable[bytes], password: str) -> Iterator[bytes]:
    # With an empty owner's password anybody could open the file.
    lock = pikepdf.Encryption(
        owner=password, user=password, R=6, aes=True, metadata=True
    )
    with TemporaryFile() as locked:
        with spooled(chunks) as plain, pikepdf.open(plain) as document:
            # As it is otherwise: nothing is packed anew.
            document.save(
                locked,
                encryption=lock,
                compress_streams=False,
                object_stream_mode=pikepdf.ObjectStreamMode.preserve,
                fix_metadata_version=False,
            )
        locked.seek(0)
        yield from pieces(locked)

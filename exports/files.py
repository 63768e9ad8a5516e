"""Stored files: signed links to them, proof before they are served, their expiry."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from hashlib import file_digest
from io import BufferedReader
from typing import BinaryIO, Final
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.core.signing import Signer
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from customers import audit, ids, security
from customers.actors import Actor, system
from customers.clearance import Clearance
from customers.rows import sole
from exports import outbox
from exports.conf import knob
from exports.errors import Expired, ExportNotFound, FileDamaged, Forbidden
from exports.models import ExportFile, ExportJob
from exports.pipeline.sinks.storage import open_storage
from exports.states import FINAL, FileState

_SALT: Final = "exports.file-link"
_CHUNK: Final = 1 << 18
_DAMAGED: Final = "the stored file was lost or altered: run the export again"


def link(file: ExportFile, *, reader: Actor) -> str | None:
    """The signed URL that serves the file until it expires.

    None without a file, and for who may not see what is in it.
    """
    is_over = file.expires_at <= timezone.now()
    if is_over or file.state != FileState.STORED or not is_cleared(file, reader):
        return None
    export_id = file.job.export_id
    expires = int(file.expires_at.timestamp())
    signature, *_ = _signatures(export_id, expires)
    query = urlencode({"expires": expires, "signature": signature})
    return f"{settings.PUBLIC_BASE_URL}/v1/export/files/{export_id}?{query}"


def check_cleared(file: ExportFile, *, reader: Actor) -> None:
    """:raises Forbidden: it says something that the reader may not see."""
    if not is_cleared(file, reader):
        kind = Clearance(file.discloses).label
        security.refused(
            "class_refused", actor=reader, business=file.business_id, kind=kind
        )
        raise Forbidden(
            f"the file of {file.job.export_id} tells of {kind} columns, which a key"
            " sees with the scope pii:read, and staff by their role"
        )


def is_cleared(file: ExportFile, reader: Actor) -> bool:
    grant = reader.grant(file.business_id)
    return grant is not None and file.discloses <= grant.clearance


def check_link(export_id: str, expires: str, signature: str, *, now: datetime) -> None:
    """:raises Forbidden: this service did not make the link.

    :raises Expired: it did, and its time is over.
    """
    if not is_genuine(export_id, expires, signature):
        security.refused("link_refused", export_id=export_id[:40])
        raise Forbidden("the link's signature is not valid")
    if now.timestamp() >= int(expires):
        raise Expired("the link has expired: run the export again")


def is_genuine(export_id: str, expires: str, signature: str) -> bool:
    """Whether this service made the link; its time may be over."""
    known = _signatures(export_id, expires)
    genuine = any(constant_time_compare(signature, each) for each in known)
    return genuine and expires.isascii()


def _signatures(export_id: str, expires: int | str) -> list[str]:
    """By the key of today, then by those before it."""
    signer = Signer(salt=_SALT)
    keys = [signer.key, *signer.fallback_keys]
    return [signer.signature(f"{export_id}:{expires}", key) for key in keys]


def find(export_id: str) -> ExportFile:
    """:raises ExportNotFound: no such export has ended with a file."""
    key = ids.read("exp", export_id)
    rows = ExportFile.objects.select_related("job", "business")
    found = sole(rows.filter(pk=key)) if key else None
    if found is None:
        raise ExportNotFound.of("export", export_id)
    return found


def open_proved(file: ExportFile, *, now: datetime) -> BufferedReader:
    """The stored bytes, after all of them were found to be those that were written.

    :raises Expired: expired, deleted, or never stored.
    :raises FileDamaged: lost or altered; the file is marked as lost.
    :raises Unavailable: the storage itself is away, which loses nothing.
    """
    check_kept(file, now=now)
    with suppress(FileDamaged):
        stored = open_storage().open(file.key)
        if file_digest(stored, "sha256").hexdigest() == file.sha256:
            stored.seek(0)
            return stored
        stored.close()
    _lose(file)
    # Somebody may have deleted it since the row was read: then it is not lost.
    check_kept(file, now=now)
    raise FileDamaged(_DAMAGED)


def check_there(file: ExportFile, *, now: datetime) -> None:
    """As far as its size tells: for who is told of it and is not sent a byte.

    :raises ExportError: as ``open_proved``.
    """
    check_kept(file, now=now)
    if open_storage().size(file.key) != file.size:
        _lose(file)
        check_kept(file, now=now)


def check_kept(file: ExportFile, *, now: datetime) -> None:
    """As far as the row tells, without a look at the bytes.

    :raises Expired: expired, deleted, or never stored.
    :raises FileDamaged: it was found to be lost or altered.
    """
    if file.state == FileState.LOST:
        raise FileDamaged(_DAMAGED)
    if file.state != FileState.STORED:
        raise Expired(f"the file is {file.state}: run the export again")
    if file.expires_at <= now:
        raise Expired("the file is expired: run the export again")


class Piece:
    """``length`` bytes from ``start``, in chunks.

    ``close`` is for the answer to call: it may end before a byte is read.
    """

    def __init__(self, stored: BinaryIO, *, start: int, length: int) -> None:
        self._stored, self._left = stored, length
        stored.seek(start)

    def __iter__(self) -> Iterator[bytes]:
        while self._left > 0:
            chunk = self._stored.read(min(_CHUNK, self._left))
            if not chunk:
                raise FileDamaged("the stored file was cut while it was read")
            self._left -= len(chunk)
            yield chunk

    def close(self) -> None:
        self._stored.close()


def delete(file: ExportFile, *, actor: Actor) -> None:
    """The bytes are gone and links are void; what is over already stays as it is."""
    if file.state in {FileState.STORED, FileState.LOST}:
        _settle(file, FileState.DELETED, "file.deleted", actor=actor)


def expire(*, now: datetime) -> int:
    """Delete the files whose time is over, and what no file row knows of."""
    over = list(ExportFile.objects.expired(now).select_related("job")[:500])
    for file in over:
        _settle(file, FileState.EXPIRED, "file.expired", actor=system("beat"), now=now)
    miss()
    return len(over) + sweep(now=now)


def miss() -> int:
    """Mark the stored files that are gone or have another size as lost.

    :raises Unavailable: the storage itself is away, which loses nothing.
    """
    storage = open_storage()
    kept = ExportFile.objects.filter(state=FileState.STORED)
    # Before the storage is looked at: what is stored meanwhile is not missed.
    rows = list(kept.values_list("pk", "key", "size"))
    size_of = storage.sizes()
    missed = [pk for pk, key, size in rows if size_of(key) != size]
    for file in kept.filter(pk__in=missed).select_related("job"):
        _lose(file)
    return len(missed)


def _lose(file: ExportFile) -> None:
    _settle(file, FileState.LOST, "file.lost", actor=system("files"))


def sweep(*, now: datetime) -> int:
    """Delete what killed runs left in the storage.

    A key names its job; while that job may still be running, its files are its own.
    """
    storage = open_storage()
    age = 2 * knob("LEASE_SECONDS") + 60
    before = now.timestamp() - age
    orphans = [key for key in storage.stale(before=before) if _is_orphan(key)]
    for key in orphans:
        storage.delete(key)
    storage.prune(before=before)
    return len(orphans)


def _is_orphan(key: str) -> bool:
    folders = key.split("/")
    # What has no job in its path was not put there by this service.
    with suppress(ValueError, IndexError):
        job = ExportJob.objects.filter(pk=UUID(folders[-2])).first()
        known = ExportFile.objects.filter(key=key, state=FileState.STORED).exists()
        return not known and (job is None or job.status in FINAL)
    return False


def _settle(
    file: ExportFile,
    state: FileState,
    action: str,
    *,
    actor: Actor,
    now: datetime | None = None,
) -> None:
    """Row and bytes in one transaction: whoever misses the bytes waits for the row.

    Else a file that is being deleted would be found to be lost. What a process leaves
    that ends in between is missed, or swept.

    :param now: of an expiry, which others are told of.
    :raises Unavailable: the storage is away: nothing has changed.
    """
    with transaction.atomic():
        moved = ExportFile.objects.filter(pk=file.pk, state=file.state).update(
            state=state
        )
        if moved:
            _record(file, action, actor=actor)
            if now is not None:
                outbox.file_expired(file.job, now=now)
            if state is not FileState.LOST:
                open_storage().delete(file.key)
    if moved:
        file.state = state
    else:
        file.refresh_from_db(fields=["state"])


def _record(file: ExportFile, action: str, *, actor: Actor) -> None:
    audit.record(
        action,
        actor=actor,
        business_id=file.business_id,
        object_type="export",
        object_id=file.job.export_id,
    )

"""Buckets of S3, and of what speaks like it: an object is there whole or not at all."""

import base64
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import md5
from typing import Any, Final

import botocore.session
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 -- botocore's name for it
    HTTPClientError,
)

PART_BYTES: Final = 8 * 1024 * 1024
"""Of all parts but the last; ten thousand of them are the most that S3 takes."""
_CODE: Final = re.compile(r"[A-Za-z0-9.]{1,60}")
_ABSENT: Final = frozenset({"404", "NoSuchKey", "NotFound"})


class BucketFault(Exception):
    """:ivar message: what went wrong, without anything secret of either side.

    :ivar is_absent: the object, and nothing else, is not there.
    """

    def __init__(self, message: str, *, is_absent: bool = False) -> None:
        super().__init__(message)
        self.message, self.is_absent = message, is_absent


@dataclass(frozen=True, slots=True)
class Account:
    """:ivar endpoint: a URL; None: Amazon's own of the region.

    :ivar key_id: with its ``secret``; None: what the machine was given for itself.
    """

    region: str
    endpoint: str | None = None
    key_id: str | None = None
    secret: str | None = field(default=None, repr=False)


def connect(account: Account, *, seconds: float, tries: int = 1) -> Any:
    """A client of botocore's, which has no types.

    :param seconds: that a connection may take, or be silent.
    """
    config = Config(
        signature_version="s3v4",
        connect_timeout=seconds,
        read_timeout=seconds,
        retries={"total_max_attempts": tries, "mode": "standard"},
        s3={"addressing_style": "path" if account.endpoint else "auto"},
        # Others than Amazon do not know its newer checksums; parts have their MD5.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        ignore_configured_endpoint_urls=True,
    )
    with faults():
        return botocore.session.Session().create_client(
            "s3",
            region_name=account.region,
            endpoint_url=account.endpoint,
            aws_access_key_id=account.key_id,
            aws_secret_access_key=account.secret,
            config=config,
        )


@contextmanager
def faults() -> Iterator[None]:
    """:raises BucketFault: in place of what botocore raises."""
    try:
        yield
    except ClientError as error:
        raise _answered(error) from error
    except (ConnectionError, HTTPClientError) as error:
        kind = type(error).__name__
        raise BucketFault(f"the bucket could not be reached: {kind}") from error
    except BotoCoreError as error:
        raise BucketFault(f"the bucket cannot be used: {type(error).__name__}") from (
            error
        )
    except OSError as error:
        raise BucketFault(f"the connection broke: {type(error).__name__}") from error


def _answered(error: ClientError) -> BucketFault:
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    # Its message is the other side's text, and may hold what it was sent.
    shown = code if _CODE.fullmatch(code) else "an error"
    return BucketFault(
        f"the bucket answered {shown} ({status})", is_absent=code in _ABSENT
    )


class Upload:
    """An object on its way: until ``complete`` nobody sees anything of it."""

    def __init__(self, client: Any, *, bucket: str, key: str) -> None:
        self._client = client
        self._place = {"Bucket": bucket, "Key": key}
        self._id = ""
        self._parts: list[dict[str, Any]] = []

    def write(self, chunks: Iterable[bytes]) -> None:
        """:raises BucketFault: a part was not taken."""
        with faults():
            begun = self._client.create_multipart_upload(**self._place)
        self._id = begun["UploadId"]
        for block in blocks(chunks, size=PART_BYTES):
            self._send(block)

    def _send(self, block: bytes) -> None:
        digest = md5(block, usedforsecurity=False).digest()
        number = len(self._parts) + 1
        with faults():
            sent = self._client.upload_part(
                **self._place,
                UploadId=self._id,
                PartNumber=number,
                Body=block,
                ContentMD5=base64.b64encode(digest).decode(),
            )
        self._parts.append({"ETag": sent["ETag"], "PartNumber": number})

    def complete(self) -> str:
        """Under its own name, at once and whole; its ETag.

        :raises BucketFault: it may be there or not.
        """
        with faults():
            made = self._client.complete_multipart_upload(
                **self._place,
                UploadId=self._id,
                MultipartUpload={"Parts": self._parts},
            )
        self._id = ""
        return str(made["ETag"]).strip('"')

    def discard(self) -> None:
        """What was not completed is forgotten, as far as the bucket can be reached."""
        if self._id:
            with suppress(BucketFault), faults():
                self._client.abort_multipart_upload(**self._place, UploadId=self._id)


def blocks(chunks: Iterable[bytes], *, size: int) -> Iterator[bytes]:
    """The same bytes, ``size`` at a time; one that is empty when there are none."""
    gathered, is_first = bytearray(), True
    for chunk in chunks:
        gathered += chunk
        while len(gathered) >= size:
            yield bytes(gathered[:size])
            del gathered[:size]
            is_first = False
    if gathered or is_first:
        yield bytes(gathered)


def abandon(client: Any, *, bucket: str, key: str) -> None:
    """Forget the uploads to a key that nobody completed.

    :raises BucketFault: they cannot be listed, or one cannot be forgotten.
    """
    for upload in unfinished(client, bucket=bucket, prefix=key):
        if upload["Key"] == key:
            with faults():
                client.abort_multipart_upload(
                    Bucket=bucket, Key=key, UploadId=upload["UploadId"]
                )


def unfinished(client: Any, *, bucket: str, prefix: str) -> Iterator[dict[str, Any]]:
    """:raises BucketFault: they cannot be listed."""
    pages = client.get_paginator("list_multipart_uploads")
    with faults():
        for page in pages.paginate(Bucket=bucket, Prefix=prefix):
            yield from page.get("Uploads", [])

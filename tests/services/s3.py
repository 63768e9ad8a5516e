"""A private S3: moto's server, which keeps objects in its memory."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import botocore.session
import requests

from tests.services.processes import free_port, running


class S3:
    """:ivar url: of the server, which lets anybody in."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client: Any = botocore.session.Session().create_client(
            "s3",
            region_name="us-east-1",
            endpoint_url=url,
            aws_access_key_id="tests",
            aws_secret_access_key="tests",
        )

    def bucket(self) -> str:
        """A new one."""
        name = f"bucket-{uuid4().hex}"
        self.client.create_bucket(Bucket=name)
        return name

    def objects(self, bucket: str) -> dict[str, bytes]:
        listed = self.client.list_objects_v2(Bucket=bucket).get("Contents", [])
        return {
            each["Key"]: self.client.get_object(Bucket=bucket, Key=each["Key"])[
                "Body"
            ].read()
            for each in listed
        }

    def unfinished(self, bucket: str) -> list[str]:
        """Keys of uploads that nobody completed."""
        found = self.client.list_multipart_uploads(Bucket=bucket).get("Uploads", [])
        return [each["Key"] for each in found]


@contextmanager
def s3() -> Iterator[S3]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with (
        tempfile.TemporaryDirectory(prefix="kybs3") as folder,
        running(command, log=Path(folder) / "log", ready=lambda: _answers(url)),
    ):
        yield S3(url)


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/moto-api/", timeout=5).ok
    except requests.RequestException:
        return False

"""An HTTP client of the export API, as a customer would write one."""

import json
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from exports.errors import ExportError


class Client:
    def __init__(self, base: str, key: str) -> None:
        self._base, self._key = base, key

    def export(
        self, spec: dict[str, Any], *, watch: Callable[[dict[str, Any]], None]
    ) -> dict[str, Any]:
        """A job, followed to its end.

        :raises ExportError: it failed, or took longer than five minutes.
        """
        job = self._json("POST", "/v1/export/jobs", spec)
        deadline = time.monotonic() + 300
        while job["status"] in {"pending", "processing"}:
            if time.monotonic() > deadline:
                raise ExportError(f"{job['job_id']} took longer than five minutes")
            time.sleep(0.1)
            job = self._json("GET", f"/v1/export/jobs/{job['job_id']}")
            watch(job)
        if job["status"] != "completed":
            raise ExportError(f"{job['job_id']} is {job['status']}: {job['error']}")
        return job

    def download(self, result: dict[str, Any], path: Path) -> None:
        """:raises ExportError: the bytes are not those that the export tells of."""
        with self._open(Request(result["file_url"])) as answer:  # noqa: S310 - ours
            path.write_bytes(answer.read())
        if sha256(path.read_bytes()).hexdigest() != result["sha256"]:
            raise ExportError(f"{path} is not the file that was exported")

    def _json(
        self, method: str, path: str, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        request = Request(  # noqa: S310 - ours
            self._base + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self._key}",
                "Content-Type": "application/json",
            },
        )
        with self._open(request) as answer:
            content: dict[str, Any] = json.load(answer)
        return content

    def _open(self, request: Request) -> Any:
        return urlopen(request, timeout=60)  # noqa: S310 - our own service  # nosec B310

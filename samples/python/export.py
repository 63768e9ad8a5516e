"""Exports in the background: asks, follows, downloads, verifies. Needs requests.

KYB_API_KEY=kyb_... python export.py --base http://127.0.0.1:8000 \
    --business business_123 --type verifications --format csv --out verifications.csv
"""

import argparse
import hashlib
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import requests

TRIES = 6
AGAIN = {429, 502, 503, 504}
FINAL = {"completed", "failed", "cancelled"}
TIMEOUT = (5, 60)  # seconds to connect, seconds without a byte
BROKEN = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
)
BLOCK = 1 << 16


class ExportFailed(Exception):
    """What the service said, or what is wrong with the file."""


def main() -> int:
    asked = arguments()
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {os.environ['KYB_API_KEY']}"
    spec = {
        "business_id": asked.business,
        "export_type": asked.type,
        "format": asked.format,
    }
    try:
        job = create(session, asked.base, spec, key=asked.idempotency_key)
        print(f"{job['job_id']} asked for", flush=True)
        export = follow(session, asked.base, job["job_id"], seconds=asked.seconds)
        download(session, asked.base, export, asked.out)
    except (ExportFailed, TimeoutError, requests.RequestException) as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(f"{asked.out}: {export['row_count']} rows, {export['completeness']}")
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", default="http://127.0.0.1:8000")
    for name in ("--business", "--type", "--format"):
        parser.add_argument(name, required=True)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument(
        "--seconds", type=float, default=600, help="then it is cancelled"
    )
    parser.add_argument(
        "--idempotency-key",
        default=str(uuid4()),
        help="name one (say, of the day) to be safe over several runs of this program",
    )
    return parser.parse_args()


def create(
    session: requests.Session, base: str, spec: Mapping[str, Any], *, key: str
) -> dict[str, Any]:
    """The job. Whatever becomes of the connection, the key makes it one job."""
    url, headers = f"{base}/v1/export/jobs", {"Idempotency-Key": key}
    # 409: the first try still runs, or too many jobs of the business are active.
    again = AGAIN | {409}
    answer = call(session, "POST", url, again=again, json=spec, headers=headers)
    return dict(answer.json())


def follow(
    session: requests.Session, base: str, job_id: str, *, seconds: float
) -> dict[str, Any]:
    """The export that the job gives. A job that nobody waits for is cancelled."""
    url = f"{base}/v1/export/jobs/{job_id}"
    try:
        job = ended(session, url, deadline=time.monotonic() + seconds)
    except (KeyboardInterrupt, TimeoutError):
        call(session, "POST", f"{url}/cancel", accepted={409})
        raise
    if job["status"] != "completed":
        error = job["error"] or {"code": job["status"], "message": "no file"}
        raise ExportFailed(f"{job_id}: {error['code']}: {error['message']}")
    return dict(job["result"])


def ended(session: requests.Session, url: str, *, deadline: float) -> dict[str, Any]:
    """The job once it is over, asked for ever less often."""
    pause = 0.5
    while (job := call(session, "GET", url).json())["status"] not in FINAL:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{job['job_id']} took too long: cancelled")
        print(f"{job['progress']:4.0%} {job['step_description']}", flush=True)
        time.sleep(pause)
        pause = min(pause * 1.5, 5)
    return dict(job)


def download(
    session: requests.Session, base: str, export: Mapping[str, Any], out: Path
) -> None:
    """Takes the name only when it is whole; what broke off goes on where it broke."""
    url = f"{base}/v1/export/files/{export['export_id']}"
    part = out.with_name(f"{out.name}.{export['export_id']}.part")
    for attempt in range(TRIES):
        try:
            fetch(session, url, export, part)
            break
        except BROKEN as broken:
            print(f"broken off, going on: {broken}", file=sys.stderr)
            time.sleep(min(2**attempt / 2, 10))
    size = part.stat().st_size if part.exists() else 0
    if size < export["file_size"]:
        raise ExportFailed(f"{size} of {export['file_size']} bytes came")
    if sha256(part) != export["sha256"]:
        part.unlink()
        raise ExportFailed("the file is not the one that was made: sha256 differs")
    part.replace(out)


def fetch(
    session: requests.Session, url: str, export: Mapping[str, Any], part: Path
) -> None:
    """What is still missing of the file."""
    have = part.stat().st_size if part.exists() else 0
    if have == export["file_size"]:
        return
    # If-Range: the rest is of the same file, or all of the file comes again.
    etag = f'"{export["sha256"]}"'
    headers = {"Range": f"bytes={have}-", "If-Range": etag} if have else {}
    with call(session, "GET", url, headers=headers, stream=True) as answer:
        mode = "ab" if answer.status_code == 206 else "wb"
        with part.open(mode) as file:
            for block in answer.iter_content(BLOCK):
                file.write(block)


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def call(
    session: requests.Session,
    method: str,
    url: str,
    *,
    again: frozenset[int] | set[int] = frozenset(AGAIN),
    accepted: frozenset[int] | set[int] = frozenset(),
    **options: Any,
) -> requests.Response:
    """The answer, once the service has time for it.

    :raises ExportFailed: it was refused; the text holds code, message and request id.
    """
    for attempt in range(TRIES):
        is_last = attempt == TRIES - 1
        try:
            answer = session.request(method, url, timeout=TIMEOUT, **options)
        except BROKEN:
            if is_last:
                raise
            time.sleep(2**attempt / 2)
            continue
        if answer.status_code not in again or is_last:
            break
        time.sleep(float(answer.headers.get("Retry-After", 2**attempt / 2)))
    if answer.ok or answer.status_code in accepted:
        return answer
    raise ExportFailed(refusal(answer))


def refusal(answer: requests.Response) -> str:
    try:
        told = answer.json()
        error = told["error"]
    except (ValueError, KeyError, TypeError):
        return f"HTTP {answer.status_code}"
    fields = "".join(
        f"\n  {each['field']}: {each['message']}" for each in error["details"]
    )
    return f"{error['code']}: {error['message']} (request {told['request_id']}){fields}"


if __name__ == "__main__":
    sys.exit(main())

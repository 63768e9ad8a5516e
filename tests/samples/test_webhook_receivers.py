"""The receivers of webhooks among the samples: they take what is ours, once."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import requests
from django.utils import timezone

from exports.delivery import signatures

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
PROGRAMS = {
    "python": [sys.executable, str(SAMPLES / "python" / "webhook_receiver.py")],
    "javascript": ["node", str(SAMPLES / "javascript" / "webhook_receiver.mjs")],
}
BODY = b'{"type": "export.completed", "data": {"export_id": "exp_1"}}'
SECRET = signatures.new_secret()


@dataclass(frozen=True, slots=True)
class Program:
    process: subprocess.Popen[str]
    url: str

    def post(self, *secrets: str, body: bytes = BODY, age: int = 0, **changed: str):
        now: datetime = timezone.now() - timedelta(seconds=age)
        headers = signatures.headers("msg_1", BODY, secrets=secrets, now=now)
        headers |= {name.replace("_", "-"): text for name, text in changed.items()}
        return requests.post(self.url, data=body, headers=headers, timeout=20)

    def said(self) -> list[str]:
        self.process.terminate()
        return self.process.communicate(timeout=20)[0].splitlines()


@pytest.fixture(params=PROGRAMS)
def program(request) -> Iterator[Program]:
    with subprocess.Popen(
        [*PROGRAMS[request.param], "0"],
        env={"PATH": os.environ["PATH"], "KYB_WEBHOOK_SECRET": SECRET},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield Program(process, process.stdout.readline().strip())
        process.kill()


def test_receiver_takes_what_is_ours_once(program):
    first, again = program.post(SECRET), program.post(SECRET)
    other = program.post(signatures.new_secret(), SECRET)

    assert [each.status_code for each in (first, again, other)] == [204] * 3
    [line] = program.said()
    assert line.startswith("export.completed")
    assert "exp_1" in line


def test_receiver_refuses_what_was_changed_or_is_old(program):
    refused = [
        program.post(SECRET, body=BODY + b" "),
        program.post(SECRET, webhook_id="msg_2"),
        program.post(SECRET, webhook_signature="v1,AAAA"),
        program.post(SECRET, webhook_timestamp="soon"),
        program.post(signatures.new_secret()),
        program.post(SECRET, age=310),
        program.post(SECRET, age=-310),
        requests.post(program.url, data=BODY, timeout=20),
    ]

    assert [each.status_code for each in refused] == [400] * 8
    assert program.said() == []

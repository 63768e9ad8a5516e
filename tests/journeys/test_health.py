"""What a watcher of a whole installation sees, and what a doubter of its files does."""

import re
import subprocess
import sys

import pytest

from tests.documents import read
from tests.journeys.clients import ask
from tests.journeys.programs import eventually

pytestmark = [pytest.mark.journey, pytest.mark.one_stack]


def test_worker_is_seen_and_nothing_waits(stack, client):
    client.run({"format": "csv", "max_rows": 5})

    def told():
        answer = client.call("GET", "/v1/health/jobs")
        return (answer.status_code, answer.json()["workers"]) == (200, 1)

    eventually(told, seconds=60, what="the worker is seen")
    answer = client.call("GET", "/v1/health/export")
    assert (answer.status_code, set(answer.json()["parts"].values())) == (200, {True})


@pytest.fixture
def fetched(client, tmp_path):
    """The paths of a file, its manifest and the keys, as anybody may fetch them."""
    export = client.run({"format": "csv", "max_rows": 5})
    address, _, query = export["file_url"].partition("?")
    answers = {
        "file": ask("GET", export["file_url"]),
        "manifest": ask("GET", f"{address}/manifest?{query}"),
        "keys": ask("GET", f"{client.url}/v1/export/keys"),
    }
    for name, answer in answers.items():
        (tmp_path / name).write_bytes(answer.content)
    return {name: tmp_path / name for name in answers}


def test_file_is_proved_with_the_keys_of_the_service(stack, fetched):
    told = stack.manage(
        *("verify_export", str(fetched["file"]), str(fetched["manifest"])),
        *("--keys", str(fetched["keys"])),
    )

    assert "unchanged since it was signed with own-" in told[-1]


def test_file_is_proved_by_the_script_of_the_docs(fetched, tmp_path):
    [script] = re.findall(r"```python\n(.*?)```", read("manifest.md"), re.DOTALL)
    (tmp_path / "verify.py").write_text(script)

    def run() -> int:
        command = [sys.executable, tmp_path / "verify.py", *fetched.values()]
        return subprocess.run(command, capture_output=True, check=False).returncode

    assert run() == 0
    content = bytearray(fetched["file"].read_bytes())
    content[len(content) // 2] ^= 1
    fetched["file"].write_bytes(content)
    assert run() == 1

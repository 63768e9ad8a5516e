"""What a watcher of a whole installation sees, and what a doubter of its files does."""

import pytest

from tests.journeys.programs import eventually

pytestmark = pytest.mark.journey


def test_worker_is_seen_and_nothing_waits(stack, client):
    client.run({"format": "csv", "max_rows": 5})

    def told():
        answer = client.call("GET", "/v1/health/jobs")
        return (answer.status_code, answer.json()["workers"]) == (200, 1)

    eventually(told, seconds=20, what="the worker is seen")
    answer = client.call("GET", "/v1/health/export")
    assert (answer.status_code, set(answer.json()["parts"].values())) == (200, {True})


def test_file_is_proved_with_the_keys_of_the_service(stack, client, tmp_path):
    export_id = client.run({"format": "csv", "max_rows": 5})["export_id"]
    manifest = client.call("GET", f"/v1/export/files/{export_id}/manifest")
    fetched = {
        "file": client.file(export_id).content,
        "manifest": manifest.content,
        "keys": client.call("GET", "/v1/export/keys").content,
    }
    paths = {name: tmp_path / name for name in fetched}
    for name, content in fetched.items():
        paths[name].write_bytes(content)

    told = stack.manage(
        *("verify_export", str(paths["file"]), str(paths["manifest"])),
        *("--keys", str(paths["keys"])),
    )

    assert told[-1].startswith(f"{export_id}: unchanged since it was signed with own-")

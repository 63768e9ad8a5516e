"""An installation that keeps its files in a bucket, and brings them to another one.

The main journeys of others are gone through here once more, over such a storage.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256

import pytest

from tests.exports.pipeline import unlocking
from tests.journeys import stacks
from tests.journeys.canaries import Canaries, places
from tests.journeys.clients import Client
from tests.journeys.conftest import LOCAL, fill
from tests.journeys.programs import eventually
from tests.journeys.stacks import Stack
from tests.journeys.staff import Staffed, staffed
from tests.journeys.storages import Bucket
from tests.journeys.test_customer360 import (
    test_bulk_job_gives_a_signed_archive_that_no_key_sees,
)
from tests.journeys.test_downloads import (
    content,
    export,
    fetch,
    test_broken_download_is_resumed,
    test_harmed_file_is_never_served,
    test_head_tells_of_the_file_without_it,
    test_link_that_was_changed_is_refused,
)
from tests.journeys.test_files import (
    test_file_is_gone_once_its_time_is_over,
    test_job_and_file_of_another_business_are_not_found,
)
from tests.journeys.test_formats import (
    test_compressed_file_holds_the_same_bytes,
    test_job_gives_each_row_of_its_business_and_no_other,
)
from tests.journeys.test_jobs import (
    test_batch_gives_one_archive_of_files_and_manifests,
    test_retry_gives_the_same_file_again_and_delete_takes_one_away,
)
from tests.services.s3 import S3, s3
from tests.services.sftp import Sftp, with_password

pytestmark = [pytest.mark.journey, pytest.mark.one_stack]
__all__ = [
    "content",
    "export",
    "fetch",
    "test_batch_gives_one_archive_of_files_and_manifests",
    "test_broken_download_is_resumed",
    "test_bulk_job_gives_a_signed_archive_that_no_key_sees",
    "test_compressed_file_holds_the_same_bytes",
    "test_file_is_gone_once_its_time_is_over",
    "test_harmed_file_is_never_served",
    "test_head_tells_of_the_file_without_it",
    "test_job_and_file_of_another_business_are_not_found",
    "test_job_gives_each_row_of_its_business_and_no_other",
    "test_link_that_was_changed_is_refused",
    "test_retry_gives_the_same_file_again_and_delete_takes_one_away",
]
SECRET = "canary-of-a-bucket/with+signs=0123456789"
STORE = "canary-of-the-storage/0123456789abcdef"


@pytest.fixture(scope="module")
def server() -> Iterator[S3]:
    with s3() as running:
        yield running


@pytest.fixture(scope="module")
def store(server) -> str:
    return server.bucket()


@pytest.fixture(scope="module")
def stack(server, store) -> Iterator[Stack]:
    """One is enough: the storage does not know the database."""
    env = {"AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": STORE}
    url = f"s3://{store}/kept?region=eu-central-1&endpoint={server.url}"
    kind = stacks.wanted()[0]
    knobs = {"storage_url": url, "reap_seconds": "1"}
    with stacks.running(kind, env, **LOCAL, **knobs) as running:
        fill(running)
        yield replace(running, kept=Bucket(server, store, "kept/"))


@pytest.fixture(scope="module")
def client(stack) -> Client:
    return Client(stack.url, stack.key("business_123"), "business_123")


@pytest.fixture(scope="module")
def charlie(stack) -> Client:
    return Client(stack.url, stack.key("charlie"), "charlie")


@pytest.fixture(scope="module")
def people(stack) -> Staffed:
    return staffed(stack)


def test_nothing_is_kept_beside_the_bucket(stack, client):
    client.run({"format": "csv", "max_rows": 5})

    assert [path for path in stack.storage.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("format_name", ["csv", "parquet"])
def test_file_with_a_password_opens_to_the_bytes_of_one_without(client, format_name):
    password = "a long-enough one"
    spec = {"format": format_name, "columns": ["id", "status"]}

    locked = client.run(spec | {"password": password})
    plain = client.export(spec).json()

    [found] = unlocking.members(
        client.file(locked["export_id"]).content, password
    ).values()
    assert sha256(found).hexdigest() == plain["sha256"]
    assert client.file(plain["export_id"]).content == found


def test_main_journey_with_files_in_a_bucket(stack, client, server, store, tmp_path):
    before = server.objects(store)
    export = client.run({"format": "csv"})

    answer = client.file(export["export_id"])
    half = len(answer.content) // 2
    part = client.file(export["export_id"], Range=f"bytes={half}-{half + 9}")

    assert answer.status_code == 200
    assert sha256(answer.content).hexdigest() == export["sha256"]
    assert (part.status_code, part.content) == (206, answer.content[half:][:10])
    [(name, kept)] = server.objects(store).items() - before.items()
    assert (name.startswith("kept/business_123/"), kept) == (True, answer.content)
    file, manifest = tmp_path / "export.csv", tmp_path / "manifest.json"
    file.write_bytes(answer.content)
    manifest.write_text(json.dumps(client.manifest(export["export_id"])))
    stack.manage("verify_export", str(file), str(manifest))
    job_id = "job_" + export["export_id"].removeprefix("exp_")
    assert client.call("DELETE", f"/v1/export/jobs/{job_id}").status_code == 204
    assert server.objects(store) == before
    assert client.file(export["export_id"]).status_code == 410


@pytest.fixture(scope="module")
def drop() -> Iterator[Sftp]:
    with with_password() as server, server.up():
        yield server


def body(kind: str, server: S3, bucket: str, drop: Sftp) -> dict:
    """Of a destination, with the secrets that lead there."""
    common = {"business_id": "business_123", "name": "Archive", "kind": kind}
    common["path"] = "{type}/{export}.csv"
    if kind == "s3":
        secret = {"access_key_id": "AKIATEST", "secret_access_key": SECRET}
        place = {"endpoint": server.url, "bucket": bucket}
    else:
        secret = {"password": drop.password}
        place = {"host": "127.0.0.1", "port": drop.port, "user": drop.user}
        place["host_key"] = drop.host_key
    return common | place | {"credentials": secret}


@pytest.mark.parametrize("kind", ["s3", "sftp"])
def test_file_is_brought_and_no_secret_is_left_anywhere(
    stack, client, server, drop, kind
):
    bucket, canaries = server.bucket(), Canaries()
    canaries.add("the bucket's", SECRET)
    canaries.add("the storage's", STORE)
    canaries.add("the user's", drop.password)
    wanted = body(kind, server, bucket, drop)
    made = client.call("POST", "/v1/export/destinations", json=wanted)
    address = f"/v1/export/destinations/{made.json()['destination_id']}"
    tested = client.call("POST", f"{address}/test").json()
    twice = wanted | {"credentials": wanted["credentials"] | {"more": 1}, "port": "a"}
    refused = client.call("POST", "/v1/export/destinations", json=twice)

    named = {"destinations": [made.json()["destination_id"]]}
    export = client.run({"format": "csv", **named})

    def arrived():
        [delivery] = client.call("GET", f"{address}/deliveries").json()["deliveries"]
        return delivery if delivery["state"] == "delivered" else None

    delivery = eventually(arrived, seconds=60, what="the file is brought")
    assert (tested["arrived"], refused.status_code) == (True, 400)
    name = f"verifications/{export['export_id']}.csv"
    held = server.objects(bucket) if kind == "s3" else drop.held()
    assert held == {name: client.file(export["export_id"]).content}
    assert (delivery["receipt"]["name"], delivery["receipt"]["sha256"]) == (
        name,
        export["sha256"],
    )
    seen = places(stack) | {"answer": made.content, "refusal": refused.content}
    assert canaries.found(seen | {"delivery": repr(delivery).encode()}) == []

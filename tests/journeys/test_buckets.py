"""An installation that keeps its files in a bucket, and brings them to another one."""

import json
from collections.abc import Iterator
from hashlib import sha256

import pytest

from tests.journeys import stacks
from tests.journeys.canaries import Canaries, places
from tests.journeys.clients import Client
from tests.journeys.conftest import LOCAL
from tests.journeys.programs import eventually
from tests.journeys.stacks import Stack
from tests.services.s3 import S3, s3

pytestmark = pytest.mark.journey

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
    with stacks.running(kind, env, storage_url=url, **LOCAL) as running:
        running.manage("create_business", "business_123")
        few = ["--companies", "3", "--verifications", "700"]
        running.manage("demo_data", "--business", "business_123", *few)
        yield running


@pytest.fixture(scope="module")
def client(stack) -> Client:
    return Client(stack.url, stack.key("business_123"), "business_123")


def test_main_journey_with_files_in_a_bucket(stack, client, server, store, tmp_path):
    export = client.run({"format": "csv"})

    answer = client.file(export["export_id"])
    half = len(answer.content) // 2
    part = client.file(export["export_id"], Range=f"bytes={half}-{half + 9}")

    assert answer.status_code == 200
    assert sha256(answer.content).hexdigest() == export["sha256"]
    assert (part.status_code, part.content) == (206, answer.content[half:][:10])
    [(name, kept)] = server.objects(store).items()
    assert (name.startswith("kept/business_123/"), kept) == (True, answer.content)
    file, manifest = tmp_path / "export.csv", tmp_path / "manifest.json"
    file.write_bytes(answer.content)
    manifest.write_text(json.dumps(client.manifest(export["export_id"])))
    stack.manage("verify_export", str(file), str(manifest))
    job_id = "job_" + export["export_id"].removeprefix("exp_")
    assert client.call("DELETE", f"/v1/export/jobs/{job_id}").status_code == 204
    assert server.objects(store) == {}
    assert client.file(export["export_id"]).status_code == 410


def test_file_is_brought_and_no_secret_is_left_anywhere(stack, client, server):
    bucket, canaries = server.bucket(), Canaries()
    canaries.add("the bucket's", SECRET)
    canaries.add("the storage's", STORE)
    body = {
        "business_id": "business_123",
        "name": "Archive",
        "kind": "s3",
        "endpoint": server.url,
        "bucket": bucket,
        "path": "{type}/{export}.csv",
        "credentials": {"access_key_id": "AKIATEST", "secret_access_key": SECRET},
    }
    made = client.call("POST", "/v1/export/destinations", json=body)
    address = f"/v1/export/destinations/{made.json()['destination_id']}"
    tested = client.call("POST", f"{address}/test").json()

    named = {"destinations": [made.json()["destination_id"]]}
    export = client.run({"format": "csv", **named})

    def arrived():
        [delivery] = client.call("GET", f"{address}/deliveries").json()["deliveries"]
        return delivery if delivery["state"] == "delivered" else None

    delivery = eventually(arrived, seconds=30, what="the file is brought")
    assert tested["arrived"] is True
    name = f"verifications/{export['export_id']}.csv"
    assert server.objects(bucket) == {name: client.file(export["export_id"]).content}
    assert (delivery["receipt"]["name"], delivery["receipt"]["sha256"]) == (
        name,
        export["sha256"],
    )
    seen = places(stack) | {"answer": made.content, "delivery": repr(delivery).encode()}
    assert canaries.found(seen) == []

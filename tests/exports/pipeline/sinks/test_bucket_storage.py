"""Files in a bucket: whole or absent, proved, and not lost while it is away."""

import os
import time
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256

import pytest
from django.utils import timezone

from customers.models import AuditEvent
from exports import files, health
from exports.errors import FileDamaged, Unavailable
from exports.models import ExportFile
from exports.pipeline.sinks.bucket_storage import BucketStorage, bucket
from exports.pipeline.sinks.buckets import Account, connect
from exports.pipeline.sinks.storage import open_storage
from exports.states import FileState
from tests import make
from tests.exports.destinations_made import exported
from tests.exports.stored import mine_and_another
from tests.exports.views.asking import BOTH, body, client
from tests.services.cutting import proxy
from tests.services.s3 import S3, s3

LARGE = os.urandom(9 * 1024 * 1024)


@pytest.fixture(scope="module")
def server() -> Iterator[S3]:
    with s3() as running:
        yield running


@pytest.fixture
def name(server) -> str:
    return server.bucket()


@pytest.fixture
def storage(server, name) -> BucketStorage:
    return reached(server.url, name)


def reached(url: str, name: str) -> BucketStorage:
    account = Account("us-east-1", url, "tests", "tests")
    found = connect(account, seconds=60)
    return BucketStorage(found, bucket=name, prefix="kept/")


def put(storage, key: str, content: bytes) -> None:
    with storage.writing(key) as part:
        part.write([content])
        part.publish(sha256=sha256(content).hexdigest())


@pytest.mark.parametrize("content", [b"", b"few", LARGE], ids=["none", "few", "many"])
def test_what_was_published_is_read_back(storage, server, name, content):
    put(storage, "b/1.csv", content)

    assert server.objects(name) == {"kept/b/1.csv": content}
    with storage.open("b/1.csv") as stored:
        assert stored.read() == content
    assert (storage.size("b/1.csv"), storage.sizes()("b/1.csv")) == (len(content),) * 2


def test_pieces_are_read_from_where_they_are_sought(storage):
    put(storage, "b/1.csv", LARGE)

    with storage.open("b/1.csv") as stored:
        pieces = []
        for start in (8_000_000, 0, 5, len(LARGE) - 3):
            stored.seek(start)
            pieces.append(stored.read(10))

    assert pieces == [LARGE[8_000_000:][:10], LARGE[:10], LARGE[5:15], LARGE[-3:]]


def test_nothing_is_seen_until_it_is_published(storage, server, name):
    with storage.writing("b/1.csv") as part:
        part.write([LARGE])
        assert (server.objects(name), storage.size("b/1.csv")) == ({}, None)
        assert server.unfinished(name) == ["kept/b/1.csv"]

    assert (server.objects(name), server.unfinished(name)) == ({}, [])


def test_what_comes_back_otherwise_is_damaged_and_gone(storage, server, name):
    with storage.writing("b/1.csv") as part:
        part.write([b"other"])
        with pytest.raises(FileDamaged):
            part.publish(sha256=sha256(b"this").hexdigest())

    assert server.objects(name) == {}


def test_file_that_is_not_there_is_damaged(storage):
    with pytest.raises(FileDamaged):
        storage.open("b/1.csv")

    assert storage.sizes()("b/1.csv") is None
    storage.delete("b/1.csv")


def test_bucket_that_is_not_there_loses_nothing(server):
    storage = reached(server.url, "bucket-that-is-missing")

    assert storage.answers() is False
    for ask in (storage.open, storage.size):
        with pytest.raises(Unavailable):
            ask("b/1.csv")
    with pytest.raises(Unavailable):
        storage.sizes()


@pytest.mark.parametrize("after", [100, 4_000_000])
def test_line_that_breaks_stores_nothing(server, name, after):
    with proxy(int(server.url.rpartition(":")[2])) as between:
        storage = reached(f"http://127.0.0.1:{between.port}", name)
        between.left = after
        with pytest.raises(Unavailable), storage.writing("b/1.csv") as part:
            part.write([LARGE])

    assert server.objects(name) == {}


def test_object_that_was_replaced_is_not_read_on(storage):
    put(storage, "b/1.csv", LARGE)
    with storage.open("b/1.csv") as stored:
        stored.read(5)
        put(storage, "b/1.csv", b"other")
        stored.seek(8_000_000)

        with pytest.raises(Unavailable):
            stored.read(1)


def test_what_is_old_is_found_and_uploads_with_it(storage, server, name):
    put(storage, "b/1.csv", b"one")
    server.client.create_multipart_upload(Bucket=name, Key="kept/b/2.csv")
    later = time.time() + 60

    # This server says of every upload that it was begun in 2010.
    assert list(storage.stale(before=time.time() - 3600)) == ["b/2.csv.part"]
    assert list(storage.stale(before=later)) == ["b/1.csv", "b/2.csv.part"]
    for key in list(storage.stale(before=later)):
        storage.delete(key)
    assert list(storage.stale(before=later)) == []


@pytest.fixture
def installed(settings, server, name, monkeypatch):
    """The service keeps its files there."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "tests")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "tests")
    settings.EXPORT_STORAGE_URL = f"s3://{name}/kept?endpoint={server.url}"
    yield open_storage()
    bucket.cache_clear()


@pytest.mark.django_db(transaction=True, databases=BOTH)
def test_export_is_stored_served_in_ranges_and_expires(installed, server, name):
    file = exported(mine_and_another(), columns=["id", "status"])
    caller = client(make.business("business_mine"), scopes=["exports:read"])
    address = f"/v1/export/files/{file.job.export_id}"

    whole = caller.get(address)
    part = caller.get(address, HTTP_RANGE="bytes=3-7")

    content = body(whole)
    assert (whole.status_code, sha256(content).hexdigest()) == (200, file.sha256)
    assert (part.status_code, body(part)) == (206, content[3:8])
    assert list(server.objects(name)) == [f"kept/{file.key}"]
    assert AuditEvent.objects.filter(action="export.downloaded").count() == 2
    assert health.look()["storage"] is True
    files.expire(now=timezone.now() + timedelta(days=2))
    assert server.objects(name) == {}
    assert ExportFile.objects.get().state == FileState.EXPIRED


@pytest.mark.django_db(transaction=True, databases=BOTH)
def test_object_that_was_altered_or_is_gone_is_lost(installed, server, name):
    columns = ["id", "status"]
    altered, gone = (exported(mine_and_another(), columns=columns) for _ in range(2))
    caller = client(make.business("business_mine"), scopes=["exports:read"])
    key = f"kept/{altered.key}"
    server.client.put_object(Bucket=name, Key=key, Body=b"x" * altered.size)
    server.client.delete_object(Bucket=name, Key=f"kept/{gone.key}")

    answer = caller.get(f"/v1/export/files/{altered.job.export_id}")
    missed = files.miss()

    assert (answer.status_code, missed) == (500, 1)
    states = set(ExportFile.objects.values_list("state", flat=True))
    assert states == {FileState.LOST}


@pytest.mark.django_db(transaction=True, databases=BOTH)
def test_what_a_killed_run_left_is_swept(installed, server, name):
    file = exported(mine_and_another())
    folder = file.key.rpartition("/")[0]
    server.client.put_object(Bucket=name, Key=f"kept/{folder}/9.csv", Body=b"left")
    server.client.create_multipart_upload(Bucket=name, Key=f"kept/{folder}/8.csv")

    swept = files.sweep(now=timezone.now() + timedelta(hours=1))

    assert swept == 2
    assert list(server.objects(name)) == [f"kept/{file.key}"]
    assert server.unfinished(name) == []

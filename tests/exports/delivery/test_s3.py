"""A file comes to a bucket whole, or nothing of it is seen there."""

import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from customers.models import AuditEvent
from exports import destinations
from exports.delivery import deliveries
from exports.models import Attempt, Delivery, Destination
from exports.pipeline.sinks import buckets
from tests import make
from tests.exports.destinations_made import (
    bucket_body,
    content,
    destination,
    exported,
    make_due,
)
from tests.exports.stored import mine
from tests.exports.views.asking import BOTH
from tests.services.cutting import proxy
from tests.services.faulting import faulty
from tests.services.s3 import S3, s3

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=BOTH),
    pytest.mark.usefixtures("development", "woken"),
]
__all__ = ["mine"]


@pytest.fixture(scope="module")
def server() -> Iterator[S3]:
    with s3() as running:
        yield running


@pytest.fixture
def bucket(server) -> str:
    return server.bucket()


def target(of, server, bucket, **body):
    wanted = {"endpoint": server.url, "bucket": bucket} | body
    return destination(bucket_body(of, **wanted))


def test_file_is_brought_whole_with_a_receipt(mine, server, bucket):
    to = target(mine, server, bucket)
    file = exported(mine, to)

    deliveries.deliver_due()

    [delivery] = Delivery.objects.all()
    stem, _, ending = file.name.partition(".")
    name = f"business_mine/{file.generated_at:%Y/%m/%d}/{stem}-{file.job.export_id}"
    assert server.objects(bucket) == {f"{name}.{ending}": content(file)}
    assert delivery.state == "delivered"
    receipt = delivery.receipt
    assert (receipt["name"], receipt["bytes"], receipt["sha256"]) == (
        f"{name}.{ending}",
        file.size,
        file.sha256,
    )
    [told] = server.client.list_objects_v2(Bucket=bucket)["Contents"]
    assert receipt["etag"] == told["ETag"].strip('"')
    event = AuditEvent.objects.get(action="destination.delivered")
    assert event.business_id == "business_mine"
    assert event.details == {
        "delivery": delivery.delivery_id,
        "export_id": file.job.export_id,
        **receipt,
    }
    assert Destination.objects.get().succeeded_at == delivery.ended_at


def test_large_file_goes_in_parts_and_is_seen_at_its_end(server, bucket):
    noise = os.urandom(9 * 1024 * 1024)
    client = buckets.connect(
        buckets.Account("us-east-1", server.url, "a", "b"), seconds=60
    )
    upload = buckets.Upload(client, bucket=bucket, key="large")

    upload.write([noise[:100], noise[100:]])

    assert server.objects(bucket) == {}
    # As S3 has it: a dash, and how many parts there were.
    assert upload.complete().endswith("-2")
    [(name, kept)] = server.objects(bucket).items()
    assert (name, sha256(kept).digest()) == ("large", sha256(noise).digest())


@pytest.mark.parametrize("after", [200, 1500, 20_000])
def test_line_that_breaks_leaves_nothing_and_the_file_comes_later(
    mine, server, bucket, after
):
    """Before the upload is begun, within it, and within its end."""
    for _ in range(300):
        make.verification(mine)
    with proxy(int(server.url.rpartition(":")[2])) as between:
        to = target(mine, server, bucket, endpoint=f"http://127.0.0.1:{between.port}")
        file = exported(mine, to)
        between.left = after
        deliveries.deliver_due()
        broken = server.objects(bucket), Delivery.objects.get().state
        between.left = None
        make_due()
        deliveries.deliver_due()

    assert broken == ({}, "pending")
    assert list(server.objects(bucket).values()) == [content(file)]
    assert server.unfinished(bucket) == []
    errors = list(Attempt.objects.order_by("number").values_list("error", flat=True))
    assert len(errors) == 2
    assert errors[0].startswith("the bucket could not be reached")
    assert errors[1] == ""


BEGUN, PART = r"POST .*\?uploads", r"PUT .*partNumber="
PUT_TOGETHER = r"POST .*\?uploadId="


@pytest.mark.parametrize(
    ("fault", "is_done"),
    [(BEGUN, False), (PART, False), (PUT_TOGETHER, False), (PUT_TOGETHER, True)],
)
def test_server_that_breaks_shows_no_part_and_the_file_comes_later(
    mine, server, bucket, fault, is_done
):
    """At each step; and when it did what it was asked, and answered 500."""
    with faulty(urlsplit(server.url).netloc) as between:
        to = target(mine, server, bucket, endpoint=between.url)
        file = exported(mine, to)
        between.fault, between.is_done = fault, is_done
        deliveries.deliver_due()
        seen, state = server.objects(bucket), Delivery.objects.get().state
        between.fault = None
        make_due()
        deliveries.deliver_due()

    assert (list(seen.values()), state) == ([content(file)] * is_done, "pending")
    assert list(server.objects(bucket).values()) == [content(file)]
    assert server.unfinished(bucket) == []
    errors = list(Attempt.objects.order_by("number").values_list("error", flat=True))
    assert errors == ["the bucket answered InternalError (500)", ""]


def test_two_destinations_are_served_alone(mine, server, bucket):
    good = target(mine, server, bucket)
    bad = target(mine, server, "missing-bucket")
    exported(mine, good, bad)

    deliveries.deliver_due()

    states = {each.destination_id: each.state for each in Delivery.objects.all()}
    assert states == {good.pk: "delivered", bad.pk: "pending"}
    error = Attempt.objects.get(delivery__destination=bad).error
    assert error == "the bucket answered NoSuchBucket (404)"


def test_file_altered_in_storage_is_not_brought(mine, server, bucket, settings):
    to = target(mine, server, bucket)
    file = exported(mine, to)
    [path] = (each for each in storage_files(settings) if each.name.endswith(".csv"))
    path.write_bytes(b"x" * file.size)

    deliveries.deliver_due()

    delivery = Delivery.objects.get()
    assert (delivery.state, server.objects(bucket)) == ("failed", {})
    assert AuditEvent.objects.get(action="destination.failed").outcome == "failed"


def storage_files(settings):
    return Path(urlsplit(settings.EXPORT_STORAGE_URL).path).rglob("*.*")


def test_address_that_is_no_longer_public_is_not_called(mine, server, bucket, settings):
    with proxy(int(server.url.rpartition(":")[2])) as between:
        to = target(mine, server, bucket, endpoint=f"http://127.0.0.1:{between.port}")
        exported(mine, to)
        settings.EXPORTS = settings.EXPORTS | {"WEBHOOK_NETWORKS": ""}

        deliveries.deliver_due()

        assert between.connections == 0
    [attempt] = Attempt.objects.all()
    assert attempt.error == "the endpoint has an address that is not public"


def test_environment_leads_nowhere_else(mine, server, bucket, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1")
    exported(mine, target(mine, server, bucket))

    deliveries.deliver_due()

    assert Delivery.objects.get().state == "delivered"


def test_test_brings_a_small_file_and_takes_it_away(mine, server, bucket):
    to = target(mine, server, bucket)

    tested = destinations.test(to, actor=make.SYSTEM, now=make.NOW)

    assert (tested.arrived, tested.error, tested.left) == (True, "", False)
    assert tested.name.startswith("business_mine/2025/01/15/kyb-export-test-")
    assert server.objects(bucket) == {}
    assert AuditEvent.objects.get(action="destination.tested").details == {
        "name": tested.name,
        "error": "",
    }


def test_test_says_what_is_wrong(mine, server):
    to = target(mine, server, "missing-bucket")

    tested = destinations.test(to, actor=make.SYSTEM, now=make.NOW)

    assert tested.error == "the bucket answered NoSuchBucket (404)"
    assert tested.arrived is False

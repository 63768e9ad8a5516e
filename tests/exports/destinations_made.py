"""Destinations as rows, and exports that name them."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from customers.models import Business
from exports import destinations, runs
from exports.models import Delivery, Destination, ExportFile
from exports.pipeline.sinks.storage import open_storage
from tests import make
from tests.exports.jobs_made import job
from tests.exports.stored import mine_and_another
from tests.exports.views.asking import client

SECRET = "canary/secret+access=key"
HOST_KEY = (
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBOjFsvlpRUzNGN0gbu2XpLxBKUUeYVchC6DEdpuQGaI"
)


@pytest.fixture
def mine() -> Business:
    return mine_and_another()


@pytest.fixture
def caller(mine) -> APIClient:
    return client(mine, scopes=["webhooks:write", "exports:write", "exports:read"])


def bucket_body(of: Business, **body: Any) -> dict[str, Any]:
    return {
        "business_id": of.id,
        "name": "Archive",
        "kind": "s3",
        "bucket": "archive",
        "credentials": {"access_key_id": "AKIATEST", "secret_access_key": SECRET},
    } | body


def server_body(of: Business, **body: Any) -> dict[str, Any]:
    return {
        "business_id": of.id,
        "name": "Drop",
        "kind": "sftp",
        "host": "sftp.example.com",
        "user": "drop",
        "host_key": HOST_KEY,
        "credentials": {"password": SECRET},
    } | body


def destination(body: dict[str, Any]) -> Destination:
    return destinations.create(body, actor=make.SYSTEM, now=timezone.now())


def exported(of: Business, *to: Destination, **spec: Any) -> ExportFile:
    """A finished job's file, which the destinations now wait for."""
    names = [each.destination_id for each in to]
    made = job(of, destinations=names, **spec)
    runs.work(made.queue, worker="test")
    return ExportFile.objects.select_related("job", "business").get(job=made)


def content(of: ExportFile) -> bytes:
    with open_storage().open(of.key) as stored:
        return stored.read()


def make_due() -> None:
    Delivery.objects.pending().update(due_at=timezone.now() - timedelta(seconds=1))

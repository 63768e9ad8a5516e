import json
from io import BytesIO

import pytest
from rest_framework.test import APIClient

from exports.models import ExportJob
from templates_app.models import ExportTemplate
from tests import make
from tests.exports.views.asking import client, error, spec

pytestmark = pytest.mark.django_db
JOBS = "/v1/export/jobs"
CHUNKED = {
    "HTTP_TRANSFER_ENCODING": "chunked",
    "CONTENT_LENGTH": "",
    "wsgi.input_terminated": True,
}


@pytest.fixture
def mine():
    make.business("business_other")
    return make.business("business_mine")


def ask(of, address: str, body: bytes, *, method="POST", **more):
    environ = CHUNKED | {"wsgi.input": BytesIO(body)} | more
    kind = "application/json"
    return of.generic(method, address, b"", content_type=kind, **environ)


@pytest.mark.parametrize("key", [{}, {"HTTP_IDEMPOTENCY_KEY": "k-1"}])
def test_body_that_comes_in_chunks_is_read(mine, key):
    body = json.dumps(spec(mine)).encode()

    answer = ask(client(mine), JOBS, body, **key)

    assert (answer.status_code, answer.json()["type"]) == (202, "verifications")
    assert ExportJob.objects.get().job_id == answer.json()["job_id"]


def test_change_that_comes_in_chunks_is_made(mine):
    caller = client(mine, scopes=["templates:write"])
    wanted = {"business_id": mine.id, "name": "Good", "type": "reports"}
    address = "/v1/export/templates"
    caller.post(address, wanted | {"format": "csv"}, format="json")

    answer = ask(caller, f"{address}/good", b'{"format": "xml"}', method="PATCH")

    assert (answer.status_code, answer.json()["format"]) == (200, "xml")
    assert ExportTemplate.objects.get().format == "xml"


def test_body_in_chunks_may_not_be_larger_than_others(mine):
    body = json.dumps(spec(mine)).encode() + b" " * (1 << 20)

    for key in ({}, {"HTTP_IDEMPOTENCY_KEY": "k-1"}):
        answer = ask(client(mine), JOBS, body, **key)
        assert error(answer) == (413, "REQUEST_TOO_LARGE", [])


def test_empty_body_in_chunks_is_none(mine):
    made = client(mine).post(JOBS, spec(mine), format="json").json()

    answer = ask(client(mine), f"{JOBS}/{made['job_id']}/cancel", b"")

    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")


def test_nobody_reads_for_whom_we_do_not_know():
    waiting = BytesIO(b"{}")

    answer = ask(APIClient(), JOBS, b"", **{"wsgi.input": waiting})

    assert (answer.status_code, waiting.tell()) == (401, 0)

import re
from io import StringIO

import pytest
import yaml
from django.conf import settings as settings_module
from django.core.management import CommandError, call_command
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator

from exports.pipeline.fields import FIELDS
from exports.pipeline.renderers import RENDERERS
from exports.pipeline.sinks.packaging import Packaging
from exports.views.answers import FILE_TYPES
from kyb_export.openapi_links import LINKS

CALLS = {
    ("get", "/healthz"),
    ("get", "/readyz"),
    ("get", "/metrics"),
    ("post", "/v1/export"),
    ("get", "/v1/export/jobs"),
    ("post", "/v1/export/jobs"),
    ("get", "/v1/export/jobs/{job_id}"),
    ("delete", "/v1/export/jobs/{job_id}"),
    ("post", "/v1/export/jobs/{job_id}/cancel"),
    ("post", "/v1/export/jobs/{job_id}/retry"),
    ("get", "/v1/export/jobs/{job_id}/events"),
    ("post", "/v1/export/preview"),
    ("post", "/v1/export/query/check"),
    ("post", "/v1/export/batches"),
    ("get", "/v1/export/batches/{batch_id}"),
    ("get", "/v1/export/batches/{batch_id}/file"),
    ("get", "/v1/export/files/{export_id}"),
    ("get", "/v1/export/files/{export_id}/manifest"),
    ("get", "/v1/export/types"),
    ("get", "/v1/export/analytics"),
    ("get", "/v1/export/audit"),
    ("get", "/v1/export/keys"),
    ("get", "/v1/health/export"),
    ("get", "/v1/health/jobs"),
    ("get", "/api/admin/customers/{customer_id}/export"),
    ("post", "/api/admin/customers/export"),
    ("get", "/api/admin/customers/export/{job_id}"),
    ("post", "/api/admin/customers/export/{job_id}/cancel"),
    ("get", "/v1/export/templates"),
    ("post", "/v1/export/templates"),
    ("get", "/v1/export/templates/{template_id}"),
    ("put", "/v1/export/templates/{template_id}"),
    ("patch", "/v1/export/templates/{template_id}"),
    ("delete", "/v1/export/templates/{template_id}"),
    ("get", "/v1/export/schedules"),
    ("post", "/v1/export/schedules"),
    ("get", "/v1/export/schedules/{schedule_id}"),
    ("put", "/v1/export/schedules/{schedule_id}"),
    ("patch", "/v1/export/schedules/{schedule_id}"),
    ("delete", "/v1/export/schedules/{schedule_id}"),
    ("post", "/v1/export/schedules/{schedule_id}/run"),
    ("get", "/v1/export/schedules/{schedule_id}/runs"),
    ("get", "/v1/export/destinations"),
    ("post", "/v1/export/destinations"),
    ("get", "/v1/export/destinations/{destination_id}"),
    ("patch", "/v1/export/destinations/{destination_id}"),
    ("delete", "/v1/export/destinations/{destination_id}"),
    ("post", "/v1/export/destinations/{destination_id}/test"),
    ("get", "/v1/export/destinations/{destination_id}/deliveries"),
    ("get", "/v1/export/destinations/{destination_id}/deliveries/{delivery_id}"),
    (
        "post",
        "/v1/export/destinations/{destination_id}/deliveries/{delivery_id}/redeliver",
    ),
    ("get", "/v1/webhooks"),
    ("post", "/v1/webhooks"),
    ("get", "/v1/webhooks/{webhook_id}"),
    ("patch", "/v1/webhooks/{webhook_id}"),
    ("delete", "/v1/webhooks/{webhook_id}"),
    ("post", "/v1/webhooks/{webhook_id}/rotate"),
    ("post", "/v1/webhooks/{webhook_id}/test"),
    ("get", "/v1/webhooks/{webhook_id}/deliveries"),
    ("get", "/v1/webhooks/{webhook_id}/deliveries/{delivery_id}"),
    ("post", "/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver"),
}


@pytest.fixture(scope="module")
def document():
    return SchemaGenerator().get_schema(request=None, public=True)


def test_document_is_of_version_3_1(document):
    assert document["openapi"].startswith("3.1")


def test_document_is_made_without_a_warning():
    with GENERATOR_STATS.silence():
        GENERATOR_STATS.reset()
        SchemaGenerator().get_schema(request=None, public=True)

        assert not GENERATOR_STATS


def test_document_tells_of_every_call(document):
    calls = {
        (method, path) for path, item in document["paths"].items() for method in item
    }

    assert calls == CALLS


def test_request_has_the_fields_that_this_release_takes(document):
    shape = document["components"]["schemas"]["ExportSpecRequest"]

    assert list(shape["properties"]) == list(FIELDS)
    assert shape["additionalProperties"] is False


@pytest.mark.parametrize("path", ["/v1/export", "/v1/export/jobs"])
def test_body_of_an_export_is_required(document, path):
    assert document["paths"][path]["post"]["requestBody"]["required"] is True


def test_document_tells_how_to_sign_in(document):
    schemes = document["components"]["securitySchemes"]

    assert {name: each["type"] for name, each in schemes.items()} == {
        "apiKey": "http",
        "session": "apiKey",
        "staffToken": "http",
    }


def test_every_answer_carries_the_id_of_its_request(document):
    answers = [
        answer
        for item in document["paths"].values()
        for operation in item.values()
        for answer in operation["responses"].values()
    ]

    assert all(answer["headers"]["X-Request-ID"]["required"] for answer in answers)


def test_who_is_asked_for_in_the_database_may_find_it_away(document):
    silent = [
        call["operationId"]
        for item in document["paths"].values()
        for call in item.values()
        if "401" in call["responses"]
        if "Retry-After" not in call["responses"].get("503", {}).get("headers", {})
    ]

    assert silent == []


def test_headers_of_answers_are_no_parameters_of_requests(document):
    asked = {
        parameter["name"]
        for item in document["paths"].values()
        for operation in item.values()
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "header"
    }

    assert asked == {
        *("Idempotency-Key", "X-Debug", "Last-Event-ID"),
        *("Range", "If-Range", "If-None-Match"),
    }


def test_links_name_calls_and_parameters_that_there_are(document):
    takes = {
        operation["operationId"]: {
            parameter["name"] for parameter in operation.get("parameters", [])
        }
        for item in document["paths"].values()
        for operation in item.values()
    }
    links = [
        link
        for item in document["paths"].values()
        for operation in item.values()
        for answer in operation["responses"].values()
        for link in answer.get("links", {}).values()
    ]

    assert len(links) == sum(len(each) for of in LINKS.values() for each in of.values())
    assert all(set(link["parameters"]) <= takes[link["operationId"]] for link in links)


def test_types_of_files_are_those_of_the_renderers():
    plain = {RENDERERS[name].media_type for name in RENDERERS}
    packed = {
        Packaging("a", "b", "c", compression=name).content_type
        for name in ("gzip", "zip", "zstd")
    }

    assert set(FILE_TYPES) == plain | packed


def test_written_document_is_up_to_date():
    call_command("openapi", "--check", stdout=StringIO())


@pytest.mark.parametrize("before", [None, "openapi: 3.0.0"])
def test_document_that_is_not_up_to_date_is_refused(settings, tmp_path, before):
    settings.BASE_DIR = tmp_path
    if before:
        (tmp_path / "docs" / "api").mkdir(parents=True)
        (tmp_path / "docs" / "api" / "openapi.yaml").write_text(before)

    with pytest.raises(CommandError, match=r"run manage\.py openapi"):
        call_command("openapi", "--check", stdout=StringIO())


def test_no_description_speaks_of_the_code(document):
    told = [
        f"{operation.get('summary')} {operation.get('description')}"
        for operations in document["paths"].values()
        for operation in operations.values()
    ]

    assert [text for text in told if re.search(r":\w+:|:\w+ \w+:|ViewSet", text)] == []


def read(path):
    """By libyaml: without it this takes a third of a minute."""
    return yaml.load(path.read_text(), Loader=yaml.CSafeLoader)


def test_document_is_written(settings, tmp_path):
    settings.BASE_DIR = tmp_path

    call_command("openapi", stdout=StringIO())

    folder = tmp_path / "docs" / "api"
    written = read(folder / "openapi.yaml")
    assert set(written["paths"]) == {path for _, path in CALLS}


def test_document_for_staff_has_its_addresses_and_all_they_refer_to():
    folder = settings_module.BASE_DIR / "docs" / "api"
    part, whole = (
        read(folder / name) for name in ("admin-customers-export.yaml", "openapi.yaml")
    )

    assert part["paths"] == {
        path: each
        for path, each in whole["paths"].items()
        if path.startswith("/api/admin/")
    }
    named = set(re.findall(r"#/components/schemas/(\w+)", str(part)))
    assert set(part["components"]["schemas"]) == named
    assert set(part["components"]["securitySchemes"]) == {"session", "staffToken"}


def test_document_is_served():
    answer = Client().get("/v1/schema/", headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json()["openapi"]) == (200, "3.1.1")


def test_page_to_read_it_needs_nothing_from_outside():
    answer = Client().get("/v1/docs/")

    page = answer.content.decode()
    assert (answer.status_code, "swagger-ui" in page) == (200, True)
    outside = re.findall(r"""(?:src|href)=["'](?:https?:)?//[^"']*""", page)
    assert outside == []

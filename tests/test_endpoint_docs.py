"""The documents of the API beside its OpenAPI document: calls, requests, answers."""

import re

import pytest
from jsonschema import Draft202012Validator

from customers.clearance import Clearance
from exports.pipeline.spec import ExportSpec
from templates_app import library
from tests.documents import DOCUMENTS, named, read, rows, section
from tests.examples import answer_of, answered, calls, refusals
from tests.journeys.documented import DOCUMENT, OPERATIONS, checked, operation_of

ENTRY = "data-export-endpoints.md"
EXPORTING = {"export_now", "job_create", "preview"}
# What the text says is left out of the answers that are shown.
LEFT_OUT = {
    "X-Request-ID": "01a1fd55-e8e9-7767-9273-3a11d2d92535",
    "X-RateLimit-Limit": "600",
    "X-RateLimit-Remaining": "599",
    "X-RateLimit-Reset": "1795251241",
}
# The staff's calls have a document of their own.
OF_KEYS = {
    name: each
    for name, each in OPERATIONS.items()
    if not each.path.startswith("/api/admin/")
}
BODIES = [call for call in calls() if call.body is not None]


def operation(call):
    answer = answer_of("HTTP/1.1 200 OK")
    answer.request, answer.url = call.prepared(), ""
    return operation_of(answer)


def whole(answer, call):
    """With what the document wants of it and the text leaves out."""
    answer.request = call.prepared()
    told = operation(call).responses[str(answer.status_code)].get("headers", {})
    for name, value in LEFT_OUT.items():
        if name in told:
            answer.headers[name] = value
    return answer


def test_every_operation_stands_in_the_table_of_calls_and_no_other():
    text = section(read(ENTRY), "## Calls")
    told = [re.findall(r"`([A-Z]+ [^`]+)`", row[0]) for row in rows(text)]

    assert sorted(name for names in told for name in names) == sorted(
        f"{each.method} {each.path}" for each in OF_KEYS.values()
    )


def test_every_operation_is_shown_with_an_answer():
    shown = {operation(call).id for call, _ in answered()}

    assert sorted(set(OF_KEYS) - shown) == []


@pytest.mark.parametrize("call", calls(), ids=str)
def test_call_that_is_shown_leads_somewhere(call):
    assert operation(call) is not None


@pytest.mark.parametrize(("call", "text"), answered(), ids=str)
def test_answer_that_is_shown_is_as_the_document_says(call, text):
    answer = whole(answer_of(text), call)
    is_whole = answer.headers.get("Content-Type") in {
        "application/json",
        "application/problem+json",
    }

    assert checked(answer, is_read=is_whole) is answer


@pytest.mark.parametrize("text", refusals())
def test_refusal_that_is_shown_is_as_the_document_says(text):
    [create] = [each for each in calls() if operation(each).id == "job_create"][:1]

    answer = whole(answer_of(text), create)

    assert checked(answer) is answer


@pytest.mark.parametrize("call", BODIES, ids=str)
def test_request_that_is_shown_is_as_the_document_says(call):
    told = DOCUMENT["paths"][operation(call).path][call.method.lower()]["requestBody"]
    schema = told["content"]["application/json"]["schema"]
    validator = Draft202012Validator(schema | {"components": DOCUMENT["components"]})

    assert [error.message for error in validator.iter_errors(call.body)] == []


@pytest.mark.parametrize(
    "body",
    [call.body for call in BODIES if operation(call).id in EXPORTING],
)
def test_export_that_is_shown_is_accepted(body):
    template, _ = (
        library.resolve(body["template_id"], business_id=body["business_id"])
        if "template_id" in body
        else ({}, 0)
    )

    spec = ExportSpec.parse(template | body, clearance=Clearance.INTERNAL)

    assert spec.business_id == body["business_id"]


def test_every_error_code_has_a_remedy():
    codes = re.findall(r"`([A-Z_]+|worker_lost)`", section(read(ENTRY), "## Errors"))
    remedies = [row[0] for row in rows(section(read(ENTRY), "## Troubleshooting"))]
    told = re.findall(r"`([A-Z_]+|worker_lost)`", " ".join(remedies))

    assert sorted(told) == sorted({code for code in codes if code != "EXPORT_MAX"})


def anchors(path):
    """As they are made of headings on the web."""
    heads = re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def test_link_to_a_heading_leads_to_one():
    dead = [
        f"{named(path)}: {target}#{anchor}"
        for path in DOCUMENTS
        for target, anchor in re.findall(r"\]\(([^)#:]*)#([\w-]+)\)", path.read_text())
        if anchor not in anchors(path.parent / target if target else path)
    ]

    assert dead == []

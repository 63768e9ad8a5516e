"""What an export's request can have wrong: one answer each, at once and as a job."""

import json

import pytest

from exports.models import ExportJob
from tests import make
from tests.exports.views.asking import client, error, same_refusal, spec

pytestmark = pytest.mark.django_db
ADDRESSES = ["/v1/export", "/v1/export/jobs"]


def deep(levels: int):
    value = "x"
    for _ in range(levels):
        value = [value]
    return value


@pytest.fixture(autouse=True)
def _nothing_is_asked_for(mine):
    make.business("business_other")
    yield
    assert ExportJob.objects.count() == 0


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"business_id": None}, ["business_id"]),
        ({"business_id": ""}, ["business_id"]),
        ({"business_id": 7}, ["business_id"]),
        ({"export_type": None}, ["export_type"]),
        ({"export_type": "verification"}, ["export_type"]),
        ({"export_type": 1}, ["export_type"]),
        ({"format": None}, ["format"]),
        ({"format": "cvs"}, ["format"]),
        ({"format": True}, ["format"]),
        ({"export_type": None, "format": None}, ["export_type", "format"]),
        ({"colums": ["id"]}, ["colums"]),
        ({"columns": []}, ["columns"]),
        ({"columns": "id"}, ["columns"]),
        ({"columns": ["nonesuch"]}, ["columns[0]"]),
        ({"columns": ["id", {"label": "x"}]}, ["columns[1]"]),
        ({"columns": [{"name": "id", "extra": 1}]}, ["columns[0]"]),
        ({"columns": [None]}, ["columns[0]"]),
        ({"columns": [{"name": "id", "label": 1}]}, ["columns[0].label"]),
        ({"columns": [{"name": "id", "transform": "rot13"}]}, ["columns[0].transform"]),
        ({"columns": [{"name": "id", "transform": 3}]}, ["columns[0].transform"]),
        ({"columns": ["id", "id"]}, ["columns"]),
        ({"columns": ["id"] * 101}, ["columns"]),
        ({"filters": []}, ["filters"]),
        ({"filters": {"nonesuch": 1}}, ["filters.nonesuch"]),
        ({"filters": {"status": "done"}}, ["filters.status"]),
        ({"filters": {"status": None}}, ["filters.status"]),
        ({"filters": {"status_contains": "x"}}, ["filters.status_contains"]),
        ({"filters": {"score_min": "high"}}, ["filters.score_min"]),
        ({"filters": {"score_min": 10**30}}, ["filters.score_min"]),
        ({"filters": {"id": "7"}}, ["filters.id"]),
        ({"filters": {"id_in": []}}, ["filters.id_in"]),
        ({"filters": {"created_at_min": "2024-01-01"}}, ["filters.created_at_min"]),
        ({"filters": {"score_isnull": "yes"}}, ["filters.score_isnull"]),
        ({"filters": {"checks": "x"}}, ["filters.checks"]),
        ({"filters": {"date_range": "last_8_days"}}, ["filters.date_range"]),
        ({"filters": {"date_range": 8}}, ["filters.date_range"]),
        ({"time_range": []}, ["time_range"]),
        ({"time_range": {}}, ["time_range"]),
        ({"time_range": {"from": None}}, ["time_range"]),
        ({"time_range": {"start": "yesterday"}}, ["time_range.start"]),
        ({"time_range": {"start": "2024-01-01T00:00:00"}}, ["time_range.start"]),
        ({"time_range": {"end": 7}}, ["time_range.end"]),
        (
            {
                "time_range": {
                    "start": "2024-01-01T00:00:00Z",
                    "end": "2024-01-01T01:00:00+01:00",
                }
            },
            ["time_range.end"],
        ),
        ({"sort_by": "id"}, ["sort_by"]),
        ({"sort_by": ["nonesuch"]}, ["sort_by[0]"]),
        ({"sort_by": ["--id"]}, ["sort_by[0]"]),
        ({"sort_by": ["checks"]}, ["sort_by[0]"]),
        ({"sort_by": [7]}, ["sort_by[0]"]),
        ({"sort_by": ["id"] * 11}, ["sort_by"]),
        ({"sort_order": "up"}, ["sort_order"]),
        ({"include_headers": 1}, ["include_headers"]),
        ({"include_metadata": "yes"}, ["include_metadata"]),
        ({"compression": "rar"}, ["compression"]),
        ({"compression": 1}, ["compression"]),
        ({"format": "pdf", "compression": "gzip"}, ["compression"]),
        ({"format": "excel", "compression": "zip"}, ["compression"]),
        ({"format": "parquet", "compression": "zstd"}, ["compression"]),
        ({"options": []}, ["options"]),
        ({"options": {"indent": 2}}, ["options.indent"]),
        ({"options": {"delimiter": 7}}, ["options.delimiter"]),
        ({"format": "json", "options": {"indent": 99}}, ["options.indent"]),
        ({"delivery": "mail"}, ["delivery"]),
        ({"on_denied": "ignore"}, ["on_denied"]),
        ({"batch_size": 0}, ["batch_size"]),
        ({"batch_size": 10_001}, ["batch_size"]),
        ({"batch_size": True}, ["batch_size"]),
        ({"batch_size": 1.5}, ["batch_size"]),
        ({"max_rows": 0}, ["max_rows"]),
        ({"max_rows": 1_000_001}, ["max_rows"]),
        ({"max_rows": -(10**40)}, ["max_rows"]),
        ({"metadata": []}, ["metadata"]),
        ({"metadata": {"text": "x" * 8200}}, ["metadata"]),
        ({"custom_query": "SELECT 1"}, ["custom_query"]),
        ({"password": "aaaaaaaaaa"}, ["password"]),
        ({"notify": {"email": ["no"]}}, ["notify.email[0]"]),
        ({"destinations": [{"type": "s3"}]}, ["destinations[0]"]),
        ({"destinations": 7}, ["destinations"]),
        ({"template_id": 7}, ["template_id"]),
        ({"metadata": {"a": "x\x00y"}}, ["metadata"]),
        ({"metadata": {"a\x00": "x"}}, ["metadata"]),
        ({"metadata": deep(40)}, ["metadata"]),
        ({"batch_size": 0, "max_rows": 0}, ["batch_size", "max_rows"]),
    ],
    ids=lambda value: json.dumps(value)[:60] if isinstance(value, dict) else "",
)
def test_request_names_the_field_that_is_wrong(mine, address, wrong, fields):
    answer = client(mine).post(address, spec(mine, **wrong), format="json")

    assert error(answer) == (400, "VALIDATION_ERROR", fields)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b"{'a': 1}",
        b'{"metadata": {"a": NaN}}',
        b'{"metadata": {"a": Infinity}}',
        b'{"metadata": {"a": 1e999}}',
        b'{"metadata": {"a": -1e999}}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"9" * 5000,
        b"null",
        b"[]",
        b'"text"',
        b"7",
    ],
    ids=lambda value: repr(value[:30]),
)
def test_body_that_is_no_json_object_is_refused(mine, address, sent):
    answer = client(mine).post(address, sent, content_type="application/json")

    status, code, fields = error(answer)
    assert (status, code) == (400, "VALIDATION_ERROR")
    assert fields in (["body"], ["business_id"])


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("text", ["\\ud800", "\\udfff x", "\\u0000"])
def test_text_that_no_database_holds_is_refused(mine, address, text):
    sent = f'{{"business_id": "business_mine", "metadata": {{"a": ["{text}"]}}}}'

    answer = client(mine).post(address, sent, content_type="application/json")

    assert error(answer) == (400, "VALIDATION_ERROR", ["metadata"])


@pytest.mark.parametrize("address", ADDRESSES)
def test_half_of_a_character_as_a_fields_name_is_refused(mine, address):
    sent = '{"business_id": "business_mine", "\\ud800": 1}'

    answer = client(mine).post(address, sent, content_type="application/json")

    assert error(answer) == (400, "VALIDATION_ERROR", ["body"])


@pytest.mark.parametrize("address", ADDRESSES)
def test_body_over_one_mebibyte_is_refused(mine, address):
    sent = json.dumps(spec(mine, metadata={"text": "x" * (1 << 20)}))

    answer = client(mine).post(address, sent, content_type="application/json")

    assert error(answer) == (413, "REQUEST_TOO_LARGE", [])


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "nonsense",
    ],
)
def test_other_content_types_are_refused(mine, address, content_type):
    sent = json.dumps(spec(mine))

    answer = client(mine).post(address, sent, content_type=content_type)

    assert error(answer) == (415, "UNSUPPORTED_MEDIA_TYPE", [])


@pytest.mark.parametrize("address", ADDRESSES)
def test_query_parameters_are_refused(mine, address):
    answer = client(mine).post(f"{address}?dry_run=1", spec(mine), format="json")

    assert error(answer) == (400, "VALIDATION_ERROR", ["dry_run"])


@pytest.mark.parametrize("address", ADDRESSES)
def test_template_that_is_not_there_is_not_found(mine, address):
    wanted = spec(mine, template_id="verification_csv")

    answer = client(mine).post(address, wanted, format="json")

    assert error(answer) == (404, "TEMPLATE_NOT_FOUND", [])
    assert "'verifications_csv'" in answer.json()["error"]["message"]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    "wanted",
    [
        {"columns": ["id", "reviewer"]},
        {"filters": {"reviewer": "Rosa"}, "columns": ["id"]},
        {"sort_by": ["reviewer"], "columns": ["id"]},
        {"filters": {"reviewer": "Rosa"}, "on_denied": "mask"},
    ],
)
def test_column_that_may_not_be_seen_is_forbidden_by_name(mine, address, wanted):
    answer = client(mine).post(address, spec(mine, **wanted), format="json")

    assert error(answer) == (403, "FORBIDDEN", ["columns"])
    assert "'reviewer'" in answer.json()["error"]["details"][0]["message"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_key_without_the_scope_is_forbidden(mine, address):
    caller = client(mine, scopes=["exports:read", "pii:read"])

    answer = caller.post(address, spec(mine), format="json")

    assert error(answer) == (403, "FORBIDDEN", [])
    assert "exports:write" in answer.json()["error"]["message"]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("scopes", [["exports:write"], ["exports:read"]])
def test_business_of_others_answers_like_none(mine, address, scopes):
    caller = client(mine, scopes=scopes)
    theirs = make.business("business_other")

    refused = caller.post(address, spec(theirs), format="json")
    absent = caller.post(
        address, spec(theirs, business_id="business_absent"), format="json"
    )

    assert error(refused) == (404, "BUSINESS_NOT_FOUND", [])
    assert same_refusal(refused, id="business_other") == same_refusal(
        absent, id="business_absent"
    )


@pytest.mark.parametrize("wrong", [{"colums": 1}, {"format": "cvs"}, {"columns": []}])
def test_business_of_others_answers_like_none_whatever_else_is_wrong(mine, wrong):
    caller = client(mine)
    theirs = make.business("business_other")

    refused = caller.post("/v1/export", spec(theirs, **wrong), format="json")

    assert error(refused) == (404, "BUSINESS_NOT_FOUND", [])


def test_business_id_that_is_too_long_is_none(mine):
    wanted = spec(mine, business_id="business_mine" + "x" * 64)

    answer = client(mine).post("/v1/export", wanted, format="json")

    assert error(answer) == (404, "BUSINESS_NOT_FOUND", [])


def test_job_has_no_answer_to_stream_into(mine):
    wanted = spec(mine, delivery="inline")

    answer = client(mine).post("/v1/export/jobs", wanted, format="json")

    assert error(answer) == (400, "VALIDATION_ERROR", ["delivery"])

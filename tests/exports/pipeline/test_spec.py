import pytest
from django.test import override_settings

from customers.clearance import Clearance
from exports.errors import Invalid
from exports.pipeline.datasets import DATASETS
from exports.pipeline.fields import FIELDS
from exports.pipeline.ranges import RELATIVE
from exports.pipeline.renderers import RENDERERS
from exports.pipeline.spec import ExportSpec
from tests.exports.pipeline.engine import parse, problems_of

REQUIRED = {"business_id": "ours", "export_type": "reports", "format": "csv"}
KINDS = {str: "a text", bool: "true or false", int: "a whole number"}
KINDS |= {dict: "an object", list: "a list"}
SAMPLES = ["text", True, 7, 1.5, {"a": 1}, ["a"]]


def refused(payload) -> dict[str, str]:
    with pytest.raises(Invalid) as error:
        ExportSpec.parse(payload, clearance=Clearance.SENSITIVE)
    assert error.value.message == error.value.details[0]["message"]
    return {each["field"]: each["message"] for each in error.value.details}


def test_spec_of_the_required_fields_alone_has_the_defaults():
    spec = ExportSpec.parse(dict(REQUIRED), clearance=Clearance.PUBLIC)

    assert spec.as_json() == REQUIRED | {
        "template_id": None,
        "filters": {},
        "time_range": None,
        "columns": [
            {"name": name, "label": name}
            for name in (
                *("id", "title", "type", "status", "period_start", "period_end"),
                "created_at",
            )
        ],
        "sort_by": ["+created_at"],
        "include_headers": True,
        "include_metadata": False,
        "compression": False,
        "options": {
            "delimiter": ",",
            "bom": False,
            "decimal": ".",
            "date_format": "",
            "null": "",
            "escape_formulas": True,
        },
        "delivery": "file",
        "on_denied": "error",
        "batch_size": 1000,
        "max_rows": None,
        "metadata": {},
        "notify": {},
    }


@pytest.mark.parametrize("name", FIELDS)
def test_null_field_is_an_absent_one(name):
    absent = {key: value for key, value in REQUIRED.items() if key != name}
    null = absent | {name: None}

    if FIELDS[name].required:
        assert refused(absent) == refused(null) == {name: f"{name} is required"}
    else:
        made = [
            ExportSpec.parse(each, clearance=Clearance.PUBLIC)
            for each in (absent, null)
        ]
        assert made[0] == made[1]


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("value", SAMPLES, ids=repr)
def test_field_of_a_wrong_kind_is_refused(name, value):
    declared = FIELDS[name]
    if type(value) in declared.kinds:
        return
    kinds = " or ".join(KINDS[kind] for kind in declared.kinds)

    assert refused(REQUIRED | {name: value})[name] == f"{name} must be {kinds}"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("business_id", "", "must have 1 to 64 characters"),
        ("business_id", "x" * 65, "must have 1 to 64 characters"),
        ("business_id", "Ours", "must be the id of a business, such as business_123"),
        ("business_id", "ours\n", "must be the id of a business"),
        ("business_id", "ünser", "must be the id of a business"),
        ("template_id", "x" * 201, "must have 1 to 200 characters"),
        ("sort_order", "up", "must be one of asc, desc"),
        ("delivery", "email", "must be one of file, inline"),
        ("on_denied", "ignore", "must be one of error, mask"),
        ("compression", "rar", "must be one of gzip, zip, zstd"),
        ("compression", "", "must be one of gzip, zip, zstd"),
        ("batch_size", 0, "must be from 1 to 10000"),
        ("batch_size", 10_001, "must be from 1 to 10000"),
        ("batch_size", -1, "must be from 1 to 10000"),
        ("max_rows", 0, "must be from 1 to 1000000"),
        ("max_rows", 1_000_001, "must be from 1 to 1000000"),
        ("format", "cvs", "is an unknown format 'cvs': did you mean 'csv'?"),
        (
            "export_type",
            "report",
            "is an unknown type 'report': did you mean 'reports'?",
        ),
        ("metadata", {"a": "x" * 8192}, "must be at most 8192 bytes of JSON"),
        ("metadata", {"a": "é" * 4096}, "must be at most 8192 bytes of JSON"),
    ],
)
def test_field_out_of_range_is_refused(name, value, message):
    found = refused(REQUIRED | {name: value})

    assert list(found) == [name]
    assert found[name].startswith(f"{name} {message}")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("batch_size", 1),
        ("batch_size", 10_000),
        ("max_rows", 1),
        ("max_rows", 1_000_000),
        ("metadata", {"a": "x" * 8183}),
        ("delivery", "inline"),
        ("template_id", "reports_xml"),
        ("include_headers", False),
        ("include_metadata", True),
    ],
)
def test_field_at_its_bound_is_taken(name, value):
    spec = ExportSpec.parse(REQUIRED | {name: value}, clearance=Clearance.PUBLIC)

    assert spec.as_json()[name] == value


def test_unknown_field_names_the_nearest():
    found = refused(REQUIRED | {"colums": ["id"], "zzzz": 1, "x" * 100: 1})

    assert list(found) == ["colums", "zzzz", "x" * 80]
    assert "did you mean 'columns'? known: business_id" in found["colums"]
    assert "did you mean" not in found["zzzz"]


@pytest.mark.parametrize("payload", [None, [], "x", 5])
def test_body_that_is_no_object_is_refused(payload):
    found = refused(payload)

    assert found["body"] == "body must be a JSON object"


def test_all_that_is_wrong_is_told_at_once():
    found = problems_of(
        columns=["nothing"],
        sort_by=["nothing"],
        filters={"nothing": 1, "date_range": "last_3_days"},
        time_range=None,
        options={"nothing": 1},
        max_rows=5,
    )

    assert set(found) == {
        "columns[0]",
        "sort_by[0]",
        "filters.nothing",
        "filters.date_range",
        "options.nothing",
    }


@override_settings(EXPORTS={"MAX_ROWS": 10})
def test_max_rows_is_bound_by_the_installation():
    assert parse(max_rows=10).max_rows == 10
    assert problems_of(max_rows=11) == {"max_rows": "max_rows must be from 1 to 10"}


@pytest.mark.parametrize("value", ["last_3_days", 5, ["today"], {}])
def test_date_range_that_is_none_is_refused(value):
    found = problems_of(filters={"date_range": value})

    assert found == {
        "filters.date_range": (
            f"filters.date_range must be one of {', '.join(RELATIVE)}"
        )
    }


@pytest.mark.parametrize("value", RELATIVE)
def test_date_range_is_kept_by_name(value):
    spec = parse(filters={"date_range": value, "status": "failed"})

    assert spec.date_range == value
    assert [each.column.name for each in spec.conditions] == ["status"]


def test_xlsx_is_excel():
    spec = parse(format="xlsx")

    assert (spec.format, spec.renderer) == ("excel", RENDERERS["excel"])


@pytest.mark.parametrize(
    ("format_name", "compression", "expected"),
    [
        ("csv", None, None),
        ("csv", False, None),
        ("csv", True, "gzip"),
        ("csv", "zip", "zip"),
        ("json", "zstd", "zstd"),
        ("pdf", True, None),
        ("excel", True, None),
        ("parquet", False, None),
    ],
)
def test_compression_is_that_of_the_format(format_name, compression, expected):
    assert parse(format=format_name, compression=compression).compression == expected


@pytest.mark.parametrize("format_name", ["pdf", "excel", "xlsx", "parquet"])
def test_compression_by_name_does_not_fit_what_is_compressed_inside(format_name):
    found = problems_of(format=format_name, compression="gzip")

    assert found == {
        "compression": (
            f"compression does not fit {format_name}, which is compressed inside:"
            " send true or false"
        )
    }


def test_format_that_a_dataset_does_not_take_is_refused(monkeypatch):
    monkeypatch.setattr(DATASETS["reports"].__class__, "formats", ("csv", "json"))

    assert problems_of(type="reports", format="pdf") == {
        "format": "format is not one that reports takes: csv, json"
    }

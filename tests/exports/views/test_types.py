import pytest

from exports.pipeline.datasets import DATASETS
from exports.pipeline.fields import COMPRESSIONS
from exports.pipeline.filters import operators
from exports.pipeline.renderers import RENDERERS
from tests import make
from tests.exports.views.asking import client, error

pytestmark = pytest.mark.django_db


@pytest.fixture
def told():
    answer = client(make.business()).get("/v1/export/types")
    assert answer.status_code == 200
    return answer.json()


def test_types_are_the_datasets(told):
    assert [each["type"] for each in told["types"]] == list(DATASETS)
    for each in told["types"]:
        dataset = DATASETS[each["type"]]
        assert (each["title"], each["description"], each["version"]) == (
            dataset.title,
            dataset.description,
            dataset.version,
        )
        assert each["time_column"] == dataset.time_column
        assert each["formats"] == list(dataset.formats)


@pytest.mark.parametrize("name", list(DATASETS))
def test_columns_are_the_datasets_own(told, name):
    (described,) = (each for each in told["types"] if each["type"] == name)

    assert described["columns"] == [
        {
            "name": column.name,
            "label": column.title,
            "type": column.type,
            "description": column.description,
            "class": column.clearance.label,
            "nullable": column.nullable,
            "filterable": column.filterable,
            "sortable": column.sortable,
        }
        | ({"choices": list(column.choices)} if column.choices else {})
        for column in DATASETS[name].columns
    ]


@pytest.mark.parametrize("name", list(DATASETS))
def test_filters_are_those_that_are_taken(told, name):
    (described,) = (each for each in told["types"] if each["type"] == name)

    assert [(each["column"], each["operator"]) for each in described["filters"]] == [
        (column.name, operator or "equal")
        for column in DATASETS[name].columns
        for operator in operators(column)
    ]


def test_formats_are_the_renderers(told):
    assert [each["format"] for each in told["formats"]] == list(RENDERERS)
    for each in told["formats"]:
        renderer = RENDERERS[each["format"]]
        assert (each["extension"], each["media_type"]) == (
            renderer.extension,
            renderer.media_type,
        )
        inside = renderer.compressed_inside
        assert each["compressions"] == ([] if inside else list(COMPRESSIONS))
        assert [option["name"] for option in each["options"]] == [
            option.name for option in renderer.options
        ]


def test_formats_tell_their_limits(told):
    limits = {
        each["format"]: (each["max_bytes"], each["job_max_bytes"])
        for each in told["formats"]
    }

    usual, job = 104_857_600, 2 * 1024**3
    assert limits == {
        **dict.fromkeys(
            ("csv", "tsv", "ndjson", "xml", "yaml", "parquet"), (usual, job)
        ),
        "json": (10_485_760, job),
        "excel": (26_214_400, job),
        "pdf": (52_428_800, 200 * 1024**2),
    }


def test_types_take_no_parameters():
    answer = client(make.business()).get("/v1/export/types?type=reports")

    assert error(answer) == (400, "VALIDATION_ERROR", ["type"])

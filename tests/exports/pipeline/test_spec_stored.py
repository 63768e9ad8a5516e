from hypothesis import given
from hypothesis import strategies as st

from customers.clearance import Clearance
from exports.pipeline.datasets import DATASETS
from exports.pipeline.filters import operators
from exports.pipeline.ranges import RELATIVE
from exports.pipeline.renderers import RENDERERS
from exports.pipeline.spec import ExportSpec
from tests.exports.pipeline.engine import parse


def a_value(column, operator):
    if operator == "isnull":
        return st.booleans()
    one = (
        st.sampled_from(column.choices)
        if column.choices
        else {
            "text": st.text(st.characters(codec="utf-8"), max_size=5),
            "uuid": st.uuids().map(str),
            "integer": st.integers(-9, 99),
            "decimal": st.integers(0, 1) | st.just("0.5"),
            "date": st.dates().map(str),
            "datetime": st.just("2024-01-01T00:00:00.5+02:00"),
        }[column.type]
    )
    return st.lists(one, min_size=1, max_size=3) if operator == "in" else one


@st.composite
def payloads(draw):
    dataset = DATASETS[draw(st.sampled_from(list(DATASETS)))]
    renderer = draw(st.sampled_from(list(RENDERERS)))
    names = st.sampled_from([column.name for column in dataset.columns])
    sortable = [column.name for column in dataset.columns if column.sortable]
    asked = [(c, word) for c in dataset.columns for word in operators(c)]
    chosen = draw(st.lists(st.sampled_from(asked), max_size=3))
    filters = {
        f"{column.name}_{word}" if word else column.name: draw(a_value(column, word))
        for column, word in chosen
    }
    if draw(st.booleans()):
        filters["date_range"] = draw(st.sampled_from(list(RELATIVE)))
    columns = [
        {"name": name, "label": f"{number} {name}", "transform": "hash"}
        for number, name in enumerate(draw(st.lists(names, min_size=1)))
    ]
    inside = RENDERERS[renderer].compressed_inside
    compressions = [False, True] if inside else [False, True, "gzip", "zip", "zstd"]
    return {
        "business_id": "ours",
        "export_type": dataset.name,
        "format": renderer,
        "filters": filters,
        "columns": draw(st.none() | st.just(columns)),
        "sort_by": draw(st.none() | st.lists(st.sampled_from(sortable), max_size=3)),
        "sort_order": draw(st.sampled_from(["asc", "desc"])),
        "compression": draw(st.sampled_from(compressions)),
        "time_range": draw(
            st.sampled_from([None, {"start": "2024-01-01T00:00:00+01:00"}])
        ),
        "include_headers": draw(st.booleans()),
        "include_metadata": draw(st.booleans()),
        "batch_size": draw(st.integers(1, 10_000)),
        "max_rows": draw(st.none() | st.integers(1, 1_000_000)),
        "metadata": draw(st.dictionaries(st.text(max_size=3), st.integers())),
    }


@given(payloads())
def test_stored_spec_is_parsed_to_the_same_one(payload):
    spec = ExportSpec.parse(payload, clearance=Clearance.SENSITIVE)

    again = ExportSpec.parse(spec.as_json(), clearance=Clearance.SENSITIVE)

    assert again == spec
    assert again.as_json() == spec.as_json()


def test_stored_spec_is_masked_anew_by_the_clearance_it_is_parsed_with():
    spec = parse(
        clearance=Clearance.INTERNAL, columns=["id", "notes"], on_denied="mask"
    )

    again = ExportSpec.parse(spec.as_json(), clearance=Clearance.INTERNAL)

    assert again == spec
    assert [each.treatment(pseudonym_key=b"").masked for each in again.columns] == [
        False,
        True,
    ]

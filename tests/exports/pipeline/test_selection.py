import pytest

from customers.clearance import Clearance
from exports.errors import Forbidden
from exports.pipeline.datasets import DATASETS
from exports.pipeline.selection import order
from tests.exports.pipeline.engine import parse, problems_of

SHAPE = "must be a column's name, or an object with name, label, transform"
LABEL = "must be a text of at most 200 characters"
TRANSFORM = "must be a text such as upper or truncate:20"


def names(spec) -> list[str]:
    return [selected.column.name for selected in spec.columns]


@pytest.mark.parametrize("type_", list(DATASETS))
@pytest.mark.parametrize("clearance", Clearance)
def test_columns_by_default_are_all_that_may_be_seen(type_, clearance):
    spec = parse(type_, clearance=clearance)

    assert names(spec) == [
        column.name
        for column in DATASETS[type_].columns
        if column.clearance <= clearance
    ]
    assert [selected.label for selected in spec.columns] == names(spec)


def test_columns_come_in_the_order_wanted_with_their_labels():
    columns = ["status", {"name": "id", "label": "Number"}, {"name": "fee"}]

    spec = parse(columns=columns)

    assert [(each.column.name, each.label) for each in spec.columns] == [
        ("status", "status"),
        ("id", "Number"),
        ("fee", "fee"),
    ]


def test_column_may_be_chosen_twice_under_two_labels():
    spec = parse(columns=["id", {"name": "id", "label": "Again"}])

    assert names(spec) == ["id", "id"]


@pytest.mark.parametrize(
    ("columns", "refused"),
    [
        ([], {"columns": "columns must be a list of 1 to 100 columns"}),
        (["id"] * 101, {"columns": "columns must be a list of 1 to 100 columns"}),
        ([5], {"columns[0]": f"columns[0] {SHAPE}"}),
        ([None], {"columns[0]": f"columns[0] {SHAPE}"}),
        ([{"label": "x"}], {"columns[0]": f"columns[0] {SHAPE}"}),
        ([{"name": "id", "as": "x"}], {"columns[0]": f"columns[0] {SHAPE}"}),
        (
            ["id", {"name": "id", "label": 5}],
            {"columns[1].label": f"columns[1].label {LABEL}"},
        ),
        (
            [{"name": "id", "label": "x" * 201}],
            {"columns[0].label": f"columns[0].label {LABEL}"},
        ),
        (
            [{"name": "status", "transform": 5}],
            {"columns[0].transform": f"columns[0].transform {TRANSFORM}"},
        ),
        (
            [{"name": "status", "transform": "default:" + "x" * 4000}],
            {"columns[0].transform": f"columns[0].transform {TRANSFORM}"},
        ),
        (
            ["id", "status", {"name": "fee", "label": "id"}, "status"],
            {"columns": "columns has the label 'status' twice: labels are unique"},
        ),
    ],
)
def test_columns_that_are_none_are_refused(columns, refused):
    assert problems_of(columns=columns) == refused


@pytest.mark.parametrize(
    ("item", "hint"),
    [
        ("scor", "did you mean 'score'?"),
        ({"name": "busines_name"}, "did you mean 'business_name'?"),
        ({"name": ["id"]}, "known: id, company_id"),
    ],
)
def test_unknown_column_names_the_nearest(item, hint):
    found = problems_of(columns=[item])

    assert list(found) == ["columns[0]"]
    assert hint in found["columns[0]"]


@pytest.mark.parametrize(
    ("sort_by", "sort_order", "expected"),
    [
        (None, None, ["+created_at"]),
        (None, "desc", ["-created_at"]),
        ([], "desc", []),
        (["score", "-fee", "+status"], None, ["+score", "-fee", "+status"]),
        (["score", "-fee", "+status"], "desc", ["-score", "-fee", "+status"]),
    ],
)
def test_sign_of_its_own_beats_the_order(sort_by, sort_order, expected):
    spec = parse(sort_by=sort_by, sort_order=sort_order)

    assert spec.as_json()["sort_by"] == expected


@pytest.mark.parametrize(
    "item", ["nothing", "checks", "--score", "+-score", "score-", "", "-", 5, None, []]
)
def test_what_cannot_be_sorted_is_refused(item):
    found = problems_of(sort_by=["id", item])

    assert list(found) == ["sort_by[1]"]
    assert "names no column that can be sorted" in found["sort_by[1]"]


def test_sort_by_has_at_most_10_columns():
    assert problems_of(sort_by=["id"] * 11) == {
        "sort_by": "sort_by must be a list of at most 10 columns"
    }


@pytest.mark.parametrize(
    ("sort_by", "expected"),
    [
        ([], ["id"]),
        (["status"], ["status", "id"]),
        (["-id"], ["id"]),
        (["status", "id", "fee"], ["status", "id", "fee"]),
    ],
)
def test_order_ends_with_the_primary_key(sort_by, expected):
    spec = parse(sort_by=sort_by)

    ordered = order(spec.sort, spec.dataset)

    found = [each.expression for each in ordered]
    names_ = [
        getattr(each, "name", None) or each.source_expressions[0].name for each in found
    ]
    assert names_ == expected


@pytest.mark.parametrize(
    "fields",
    [
        {"columns": ["id", "notes", "reviewer"]},
        {"columns": ["id", "notes"], "sort_by": ["reviewer"]},
        {"columns": ["notes"], "filters": {"reviewer_contains": "a"}},
    ],
)
def test_columns_above_the_clearance_are_refused_by_name(fields):
    with pytest.raises(Forbidden) as refused:
        parse(clearance=Clearance.INTERNAL, **fields)

    messages = {each["message"] for each in refused.value.details}
    assert messages == {"'notes' may not be seen", "'reviewer' may not be seen"}


def test_columns_above_the_clearance_are_masked_when_asked():
    spec = parse(
        clearance=Clearance.INTERNAL, columns=["id", "notes"], on_denied="mask"
    )

    treatments = [each.treatment(pseudonym_key=b"") for each in spec.columns]
    assert [each.masked for each in treatments] == [False, True]


@pytest.mark.parametrize(
    "fields", [{"sort_by": ["-notes"]}, {"filters": {"notes_isnull": True}}]
)
def test_masking_does_not_let_a_hidden_column_be_probed(fields):
    with pytest.raises(Forbidden):
        parse(clearance=Clearance.INTERNAL, on_denied="mask", columns=["id"], **fields)


def test_what_is_wrong_is_told_before_what_is_denied():
    found = problems_of(clearance=Clearance.PUBLIC, columns=["notes", "nothing"])

    assert list(found) == ["columns[1]"]

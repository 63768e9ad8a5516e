import pytest

from exports.pipeline.registry import Table, UnknownName, unknown

PATHS = {
    "loads": "json.loads",
    "dumps": "json.dumps",
    "strange": "no_such_package.thing",
}


def test_table_loads_what_is_asked_for():
    table = Table("function", PATHS)

    assert table["loads"]("[1]") == [1]


def test_table_keeps_its_order():
    assert list(Table("function", PATHS)) == ["loads", "dumps", "strange"]


def test_table_leaves_out_what_needs_an_absent_package():
    table = Table("function", PATHS, needs={"dumps": "json", "strange": "no_such_pkg"})

    assert list(table) == ["loads", "dumps"]
    assert "strange" not in table
    with pytest.raises(UnknownName):
        table["strange"]


def test_table_loads_nothing_before_it_is_asked():
    table = Table("function", PATHS)

    assert "strange" in table
    with pytest.raises(ModuleNotFoundError):
        table["strange"]


def test_table_names_the_nearest_of_its_entries():
    with pytest.raises(UnknownName) as refused:
        Table("function", PATHS)["load"]

    assert refused.value.message == (
        "unknown function 'load': did you mean 'loads'? known: loads, dumps, strange"
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("cvs", "unknown format 'cvs': did you mean 'csv'? known: csv, json"),
        ("zzzz", "unknown format 'zzzz': known: csv, json"),
        ("x" * 200, f"unknown format '{'x' * 80}': known: csv, json"),
    ],
)
def test_unknown_says_what_is_known(name, message):
    assert unknown("format", name, ["csv", "json"]) == message


def test_table_refuses_what_is_no_text():
    assert None not in Table("function", PATHS)
    assert 1 not in Table("function", PATHS)

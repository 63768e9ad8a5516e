import json
import subprocess
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exports.pipeline.renderers.conftest import COLUMNS, column

LABELS = ["id", "Full name", "count", "fee", "on", "at", "checks"]
ID = "3f2b0a52-0000-4000-8000-000000000001"
AT = "2024-05-01T12:00:00.000000+00:00"
ROW = [ID, 'J"ö\n', "7", "12.50", "2024-05-01", AT, '{"a":[1,{}],"b":null}']
ENCODED = (
    f'{{"id":"{ID}","Full name":"J\\"ö\\n","count":7,"fee":12.50,"on":"2024-05-01",'
    f'"at":"{AT}","checks":{{"a":[1,{{}}],"b":null}}}}'
)
TEXTS = st.none() | st.text(st.characters(codec="utf-8"), max_size=12)


def test_json_streams_columns_then_data(render):
    content = render("json", COLUMNS, [ROW]).decode()

    columns = json.dumps(LABELS, separators=(",", ":"))
    assert content == f'{{"columns":{columns},"data":[{ENCODED}]}}\n'


def test_json_of_no_rows_has_its_columns(render):
    assert json.loads(render("json", COLUMNS, [])) == {"columns": LABELS, "data": []}


def test_json_writes_nulls(render):
    content = json.loads(render("json", COLUMNS, [[None] * 7]))

    assert content["data"] == [dict.fromkeys(LABELS)]


def test_json_has_metadata_at_its_head_in_order(render):
    metadata = {"title": "T", "a": {"z": 1, "b": [None]}}

    content = render("json", [column("n")], [], metadata=metadata)

    assert content == (
        b'{"metadata":{"title":"T","a":{"z":1,"b":[null]}},"columns":["n"],"data":[]}\n'
    )


@pytest.mark.parametrize("indent", [1, 2, 8])
@pytest.mark.parametrize("count", [0, 1, 5])
@pytest.mark.parametrize("size", [1, 2, 4096])
def test_json_indents_as_the_standard_library_does(render, indent, count, size):
    metadata = {"a": 1, "empty": {}}

    content = render(
        "json",
        COLUMNS,
        [ROW] * count,
        size=size,
        options={"indent": indent},
        metadata=metadata,
    ).decode()

    read = json.loads(content)
    expected = json.dumps(read, indent=indent, ensure_ascii=False)
    assert content.replace("12.50", "12.5") == f"{expected}\n"
    assert len(read["data"]) == count


def test_json_keeps_digits_of_numbers(render):
    fees = ["0.10", "-12345678901234567890.12", "100.00"]

    content = render("json", [column("fee", "decimal")], [[fee] for fee in fees])

    rows = json.loads(content, parse_float=Decimal)["data"]
    assert [str(row["fee"]) for row in rows] == fees


def test_json_takes_labels_that_need_escapes(render):
    columns = [column("a", label='say "a"\\\n'), column("b", label="100%")]

    content = json.loads(render("json", columns, [["1", "2"]]))

    assert content == {
        "columns": ['say "a"\\\n', "100%"],
        "data": [{'say "a"\\\n': "1", "100%": "2"}],
    }


def test_json_keeps_naughty_texts(render, naughty):
    content = render("json", [column("t")], [[text] for text in naughty])

    assert [row["t"] for row in json.loads(content)["data"]] == naughty


def test_json_reads_in_javascript(render, naughty, tmp_path):
    file = tmp_path / "naughty.json"
    file.write_bytes(render("json", [column("t")], [[text] for text in naughty]))
    script = (
        "const fs = require('fs');"
        f"const read = JSON.parse(fs.readFileSync({json.dumps(str(file))}, 'utf8'));"
        "process.stdout.write(JSON.stringify(read.data.map(row => row.t)));"
    )

    written = subprocess.run(
        ["node", "-e", script], check=True, capture_output=True
    ).stdout

    assert json.loads(written) == naughty


@given(
    rows=st.lists(st.tuples(TEXTS, TEXTS), max_size=12), indent=st.sampled_from([0, 2])
)
def test_json_reads_back_equal_whatever_the_block(render, rows, indent):
    columns = [column("a"), column("b")]
    options = {"indent": indent}

    contents = {
        render("json", columns, rows, size=size, options=options)
        for size in (1, 7, 4096)
    }

    expected = [{"a": a, "b": b} for a, b in rows]
    assert [json.loads(content)["data"] for content in contents] == [expected]

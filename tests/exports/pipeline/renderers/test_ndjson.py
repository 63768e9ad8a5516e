import json

from hypothesis import given
from hypothesis import strategies as st

from tests.exports.pipeline.renderers.conftest import column

TEXTS = st.none() | st.text(st.characters(codec="utf-8"), max_size=12)


def test_ndjson_is_a_row_a_line(render):
    columns = [column("t", label="T"), column("fee", "decimal"), column("j", "json")]
    rows = [["a\nb", "12.50", '{"a":[1]}'], [None, None, None]]

    content = render("ndjson", columns, rows)

    assert content == (
        b'{"T":"a\\nb","fee":12.50,"j":{"a":[1]}}\n{"T":null,"fee":null,"j":null}\n'
    )


def test_ndjson_of_no_rows_is_empty(render):
    assert render("ndjson", [column("t")], []) == b""


def test_ndjson_keeps_naughty_texts(render, naughty):
    content = render("ndjson", [column("t")], [[text] for text in naughty])

    lines = content.decode().removesuffix("\n").split("\n")
    assert [json.loads(line)["t"] for line in lines] == naughty


@given(rows=st.lists(st.tuples(TEXTS, TEXTS), max_size=12))
def test_ndjson_reads_back_equal_whatever_the_block(render, rows):
    columns = [column("a"), column("b")]

    contents = {render("ndjson", columns, rows, size=size) for size in (1, 7, 4096)}

    read = [
        [tuple(json.loads(line).values()) for line in content.splitlines()]
        for content in contents
    ]
    assert read == [rows]

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from exports.pipeline.renderers.yaml import UNSAFE
from tests.exports.pipeline.renderers.conftest import column

LOADERS = [yaml.SafeLoader, yaml.CSafeLoader]
TEXT = st.text(
    st.characters(codec="utf-8") | st.sampled_from("\x7f\x85\x9f\u2028\ufeff\uffff:,"),
    max_size=12,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3)
    ),
    max_leaves=6,
).filter(lambda value: "Infinity" not in json.dumps(value))


def canonical(value) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def load(content: bytes, loader):
    return yaml.load(content.decode(), loader)  # noqa: S506 -- both loaders are safe


def test_yaml_is_a_stream_of_flow_rows(render):
    columns = [
        column("id", "integer"),
        column("name", label="Full name"),
        column("fee", "decimal"),
        column("on", "date"),
        column("j", "json"),
    ]
    rows = [["1", "no", "12.50", "2024-01-01", '{"a":[1,1e3],"b":"1e3"}'], [None] * 5]

    content = render("yaml", columns, rows, metadata={"title": "T\x85", "n": {"a": 1}})

    assert content.decode() == (
        "metadata:\n"
        '  "title": "T\\u0085"\n'
        '  "n": {"a": 1}\n'
        "columns:\n"
        '- "id"\n- "Full name"\n- "fee"\n- "on"\n- "j"\n'
        "data:\n"
        '- {"id": 1, "Full name": "no", "fee": 12.50, "on": "2024-01-01", '
        '"j": {"a": [1, 1.0e+3], "b": "1e3"}}\n'
        '- {"id": null, "Full name": null, "fee": null, "on": null, "j": null}\n'
    )


@pytest.mark.parametrize("loader", LOADERS)
def test_yaml_of_no_rows_has_an_empty_list(render, loader):
    content = render("yaml", [column("t")], [], metadata={})

    assert load(content, loader) == {"metadata": {}, "columns": ["t"], "data": []}


@pytest.mark.parametrize("loader", LOADERS)
def test_yaml_keeps_naughty_texts(render, naughty, loader):
    content = render("yaml", [column("t")], [[text] for text in naughty])

    assert [row["t"] for row in load(content, loader)["data"]] == naughty


@pytest.mark.parametrize("loader", LOADERS)
def test_yaml_announces_keys_too_long_to_be_simple(render, loader):
    nested = {"k" * 3000: {"é\x85" * 400: 'a: "b"'}, "short": "v" * 3000}

    content = render("yaml", [column("j", "json")], [[canonical(nested)]])

    assert load(content, loader)["data"] == [{"j": nested}]


@pytest.mark.parametrize("number", ["1e3", "1E-7", "-1.5e+10", "0e0", "10", "-0.5"])
@pytest.mark.parametrize("loader", LOADERS)
def test_yaml_numbers_are_numbers(render, number, loader):
    content = render("yaml", [column("j", "json")], [[f"[{number}]"]])

    assert load(content, loader)["data"] == [{"j": [json.loads(number)]}]


def test_yaml_has_only_printable_characters(render):
    everything = "".join(map(chr, [*range(0x3000), *range(0xFE00, 0x10000), 0x1F600]))

    content = render("yaml", [column("t")], [[everything]]).decode()

    assert yaml.reader.Reader.NON_PRINTABLE.search(content) is None
    assert {"\x85", "\u2028", "\u2029"}.isdisjoint(content)
    assert "\\ud83d" not in content.lower()
    assert load(content.encode(), yaml.CSafeLoader)["data"] == [{"t": everything}]


@given(rows=st.lists(st.tuples(st.none() | TEXT, st.none() | JSON), max_size=8))
def test_yaml_reads_back_equal_whatever_the_block(render, rows):
    columns = [column("t"), column("j", "json")]
    cells = [[text, None if j is None else canonical(j)] for text, j in rows]

    contents = {render("yaml", columns, cells, size=size) for size in (1, 7, 4096)}

    expected = [{"t": text, "j": j} for text, j in rows]
    for loader in LOADERS:
        assert [load(content, loader)["data"] for content in contents] == [expected]


@pytest.mark.parametrize("char", UNSAFE, ids=ascii)
@pytest.mark.parametrize("kind", ["text", "json"])
def test_yaml_escapes_each_character_that_is_not_safe(render, char, kind):
    cell = char if kind == "text" else canonical([char])

    content = render("yaml", [column("c", kind)], [[cell]]).decode()

    assert char not in content
    assert f"\\u{ord(char):04x}" in content


def test_yaml_label_may_hold_percent_signs(render):
    content = render("yaml", [column("a", label="%b 100%")], [["%s"], ["x"]])

    assert load(content, yaml.SafeLoader)["data"] == [
        {"%b 100%": "%s"},
        {"%b 100%": "x"},
    ]


def test_yaml_json_is_alike_however_often_it_comes(render):
    cells = [canonical({"a": [1, length * "x"]}) for length in (1, 2000)]
    rows = [[cell] for cell in cells * 2]

    content = render("yaml", [column("j", "json")], rows)

    data = load(content, yaml.SafeLoader)["data"]
    assert data == [{"j": json.loads(cell)} for [cell] in rows]

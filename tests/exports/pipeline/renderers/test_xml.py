import json
import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.pipeline.columns import Tally
from exports.pipeline.renderers.xml import INSTANCE, Xml
from exports.pipeline.renderers.xml_schema import schema
from tests.exports.pipeline.renderers.conftest import COLUMNS, column

PUBLISHED = Path(__file__).parents[4] / "docs" / "xsd" / "export.xsd"
NIL = f"{{{INSTANCE}}}nil"
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<export xmlns:xsi="{INSTANCE}">\n'
ROWS = [
    [
        "3f2b0a52-0000-4000-8000-000000000001",
        "A & <b>",
        "-7",
        "12.50",
        "2024-05-01",
        "2024-05-01T12:00:00.000000+02:00",
        '{"a b":[1,2.50,"x"],"c":{"d":null,"e":true}}',
    ],
    [None] * 7,
]
TEXT = st.text(
    st.characters(codec="utf-8") | st.sampled_from("\r\n\t&<>\"'"), max_size=9
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3)
    ),
    max_leaves=6,
)


def value_of(element: ET.Element):
    """The JSON value that an element stands for, by its ``type``."""
    readers = {
        "object": lambda: {e.get("name", e.tag): value_of(e) for e in element},
        "array": lambda: [value_of(item) for item in element],
        "number": lambda: json.loads(element.text),
        "boolean": lambda: element.text == "true",
        "null": lambda: None,
        None: lambda: element.text or "",
    }
    return readers[element.get("type")]()


def rows_of(content: bytes) -> list[list]:
    return [
        [
            None if cell.get(NIL) and not cell.get("type") else value_of(cell)
            for cell in row
        ]
        for row in ET.fromstring(content).iter("row")  # noqa: S314 -- our own file
    ]


def allowed(value):
    """What is left of a value in XML: no character that it forbids."""
    if isinstance(value, str):
        return FORBIDDEN.sub("\ufffd", value)
    if isinstance(value, list):
        return [allowed(item) for item in value]
    if isinstance(value, dict):
        return {allowed(key): allowed(item) for key, item in value.items()}
    return value


def validate(content: bytes, xsd: Path, folder: Path) -> str:
    """What xmllint says against the file; nothing is good."""
    file = folder / "file.xml"
    file.write_bytes(content)
    command = ["xmllint", "--noout", "--huge", "--schema", str(xsd), str(file)]
    said = subprocess.run(command, check=False, capture_output=True, text=True).stderr
    return said.replace(f"{file} validates\n", "")


def test_xml_is_an_element_a_row(render):
    content = render("xml", COLUMNS, ROWS).decode()

    assert content == HEAD + (
        "<row><id>3f2b0a52-0000-4000-8000-000000000001</id>"
        '<Full_name name="Full name">A &amp; &lt;b&gt;</Full_name><count>-7</count>'
        "<fee>12.50</fee><on>2024-05-01</on><at>2024-05-01T12:00:00.000000+02:00</at>"
        '<checks type="object"><a_b name="a b" type="array">'
        '<item type="number">1</item><item type="number">2.50</item><item>x</item>'
        '</a_b><c type="object">'
        '<d type="null" xsi:nil="true"></d><e type="boolean">true</e></c></checks>'
        "</row>\n"
        '<row><id xsi:nil="true"/><Full_name name="Full name" xsi:nil="true"/>'
        '<count xsi:nil="true"/><fee xsi:nil="true"/><on xsi:nil="true"/>'
        '<at xsi:nil="true"/><checks xsi:nil="true"/></row>\n'
        "</export>\n"
    )


def test_xml_of_no_rows_is_an_empty_root(render):
    assert render("xml", COLUMNS, []).decode() == HEAD + "</export>\n"


def test_xml_tells_null_from_empty_text_and_json_null(render):
    content = render(
        "xml", [column("t"), column("j", "json")], [["", "null"], [None] * 2]
    )

    assert content.decode() == HEAD + (
        '<row><t></t><j type="null" xsi:nil="true"></j></row>\n'
        '<row><t xsi:nil="true"/><j xsi:nil="true"/></row>\n'
        "</export>\n"
    )


def test_xml_has_metadata_at_its_head(render):
    metadata = {"title": "T\x01&", "rows asked": {"max": 5, "none": None}}

    content = render("xml", [column("t")], [["a"]], metadata=metadata)

    root = ET.fromstring(content)  # noqa: S314 -- our own file
    assert [child.tag for child in root] == ["metadata", "row"]
    assert value_of(root[0]) == metadata | {"title": "T\ufffd&"}


def test_xml_takes_names_for_root_and_row(render):
    content = render(
        "xml", [column("t")], [["a"]], options={"root": "r", "row": "Zeile"}
    )

    assert content.decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<r xmlns:xsi="{INSTANCE}">\n<Zeile><t>a</t></Zeile>\n</r>\n'
    )


@pytest.mark.parametrize(
    ("options", "faulty"),
    [
        ({"root": "export", "row": "row"}, []),
        ({"root": "Größe", "row": "r-1.2"}, []),
        ({"root": "", "row": "1a"}, ["root", "row"]),
        ({"root": "a b", "row": "x:y"}, ["root", "row"]),
        ({"root": "XMLish", "row": "a>"}, ["root", "row"]),
        ({"root": "metadata", "row": "metadata"}, ["row"]),
        ({"root": "a\n", "row": "row"}, ["root"]),
    ],
)
def test_xml_check_options_names_the_faulty_ones(options, faulty):
    assert [fault.split(":")[0] for fault in Xml.check_options(options)] == faulty


def test_xml_counts_forbidden_characters_by_column(render):
    tally = Tally()
    columns = [column("clean"), column("t", label="T"), column("j", "json")]
    rows = [["a", "\x00b\x1f", '{"k\\u0001":"\\u0002\ufffe"}'], ["a", None, None]]

    content = render("xml", columns, rows, tally=tally)

    assert tally.counts == {("t", "replaced"): 2, ("j", "replaced"): 3}
    assert rows_of(content) == [
        ["a", "\ufffdb\ufffd", {"k\ufffd": "\ufffd\ufffd"}],
        ["a", None, None],
    ]


def test_xml_keeps_naughty_texts(render, naughty):
    content = render("xml", [column("t")], [[text] for text in naughty])

    assert rows_of(content) == [[allowed(text)] for text in naughty]


@given(rows=st.lists(st.tuples(st.none() | TEXT, st.none() | JSON), max_size=8))
def test_xml_reads_back_equal_whatever_the_block(render, rows):
    columns = [column("t"), column("j", "json")]
    cells = [
        [text, None if j is None else json.dumps(j, ensure_ascii=False, sort_keys=True)]
        for text, j in rows
    ]

    contents = {render("xml", columns, cells, size=size) for size in (1, 7, 4096)}

    expected = [[allowed(text), allowed(j)] for text, j in rows]
    assert [rows_of(content) for content in contents] == [expected]


def test_xml_numbers_keep_their_digits(render):
    numbers = "[1.50,1e400,123456789012345678901234567890,-0.10]"

    content = render("xml", [column("j", "json")], [[numbers]])

    items = ET.fromstring(content).iter("item")  # noqa: S314 -- our own file
    assert [item.text for item in items] == numbers.strip("[]").split(",")


def test_xml_remembers_nothing_wrong_of_nested_values(render):
    columns = [column("a", "json"), column("b", "json")]
    long = json.dumps({"k": "v" * 600})

    content = render("xml", columns, [["[1]", "[true]"], ["[true]", "[1]"], [long] * 2])

    value = {"k": "v" * 600}
    assert rows_of(content) == [[[1], [True]], [[True], [1]], [value, value]]


@pytest.mark.parametrize("rows", [[], ROWS], ids=["no rows", "rows"])
@pytest.mark.parametrize("metadata", [None, {}, {"a b": {"n": [1, None, "x"]}}])
def test_xml_validates_against_the_published_schema(render, rows, metadata, tmp_path):
    content = render("xml", COLUMNS, rows, metadata=metadata)

    assert validate(content, PUBLISHED, tmp_path) == ""


@pytest.mark.parametrize("rows", [[], ROWS], ids=["no rows", "rows"])
@pytest.mark.parametrize("metadata", [None, {"a b": {"n": [1, None, "x"]}}])
def test_xml_validates_against_the_schema_of_its_columns(
    render, rows, metadata, tmp_path
):
    xsd = tmp_path / "exact.xsd"
    xsd.write_bytes(schema(COLUMNS, root="r", row="Zeile"))
    options = {"root": "r", "row": "Zeile"}

    content = render("xml", COLUMNS, rows, metadata=metadata, options=options)

    assert validate(content, xsd, tmp_path) == ""


def test_xml_schema_of_columns_refuses_others(render, tmp_path):
    xsd = tmp_path / "exact.xsd"
    xsd.write_bytes(schema([column("n", "integer")]))

    content = render("xml", [column("n")], [["one"]])

    assert "'one' is not a valid value of the atomic type 'xs:integer'" in validate(
        content, xsd, tmp_path
    )


def test_xml_naughty_texts_validate(render, naughty, tmp_path):
    content = render("xml", [column("t")], [[text] for text in naughty])

    assert validate(content, PUBLISHED, tmp_path) == ""

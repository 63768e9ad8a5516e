import csv
import io

from exports.pipeline.renderers.tsv import Tsv
from tests.exports.pipeline.renderers.conftest import column, defaults_of


def test_tsv_separates_by_tabs(render):
    columns = [column("a", label="A\tB"), column("b")]

    content = render("tsv", columns, [["x,y", "1\t2"], [None, ""]])

    assert content == b'"A\tB"\tb\r\nx,y\t"1\t2"\r\n\t""\r\n'


def test_tsv_has_no_delimiter_to_choose():
    assert "delimiter" not in {option.name for option in Tsv.options}


def test_tsv_null_may_hold_a_comma_but_no_tab():
    defaults = defaults_of(Tsv)

    assert Tsv.check_options(defaults | {"null": "n,a"}) == []
    assert len(Tsv.check_options(defaults | {"null": "a\t"})) == 1


def test_tsv_keeps_naughty_texts(render, naughty):
    rows = [[text, str(number)] for number, text in enumerate(naughty)]

    content = render("tsv", [column("t"), column("n", "integer")], rows)

    text = io.StringIO(content.decode(), newline="")
    assert list(csv.reader(text, delimiter="\t", strict=True)) == [["t", "n"], *rows]

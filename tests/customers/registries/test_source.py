"""Reading CSV files: what is refused whole, what is left out and counted."""

from pathlib import Path

import pytest

from customers.registries.source import Outcome, Skipped, Source, WrongFile


def written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    return path


def read(path: Path, **options):
    outcome = Outcome()
    with Source(path, outcome=outcome, **options) as source:
        rows = [dict(row) for _, row in source.rows()]
    return rows, outcome


def test_rows_are_text_as_it_stands(tmp_path):
    path = written(tmp_path, '\ufeff a , b\r\n007,"x\ny"\r\n,é \r\n'.encode())

    rows, outcome = read(path)

    assert rows == [{"a": "007", "b": "x\ny"}, {"a": "", "b": "é "}]
    assert (outcome.read, outcome.skipped) == (2, [])


def test_rows_that_do_not_fit_are_left_out_and_counted(tmp_path):
    path = written(tmp_path, b"a,b\n1,2\n3\n\n4,5,6\n7,\x00\n8,9\n")

    rows, outcome = read(path)

    assert [row["a"] for row in rows] == ["1", "8"]
    assert outcome.skipped == [
        Skipped(3, "not as many cells as columns"),
        Skipped(5, "not as many cells as columns"),
        Skipped(6, "a NUL character"),
    ]
    assert outcome.read == 5


def test_missing_columns_are_named(tmp_path):
    path = written(tmp_path, b"a,b\n1,2\n")

    with (
        Source(path, outcome=Outcome()) as source,
        pytest.raises(WrongFile, match=r"^file\.csv: no column c, d$"),
    ):
        source.require(["a", "d", "c"])


@pytest.mark.parametrize(
    "content", [b"a,b\n\xff\xfe,2\n", b'a,b\n"1,2\n', b"\x89PNG\r\n\x1a\n\x00"]
)
def test_what_is_no_csv_in_utf8_is_refused(tmp_path, content):
    path = written(tmp_path, content)

    with pytest.raises(WrongFile, match=r"^file\.csv: line \d"):
        read(path)


def test_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(WrongFile, match="No such file"):
        read(tmp_path / "none.csv")


def test_empty_file_has_no_columns(tmp_path):
    with Source(written(tmp_path, b""), outcome=Outcome()) as source:
        assert (source.header, list(source.rows())) == ([], [])


def test_progress_adds_up_to_the_file(tmp_path):
    path = written(tmp_path, b"a;b\n" + b"1;2\n" * 50_000)
    steps = []

    rows, _ = read(path, delimiter=";", progress=steps.append)

    assert (len(rows), sum(steps)) == (50_000, path.stat().st_size)
    assert len(steps) > 10


def test_first_thousand_skipped_are_named_and_all_counted(tmp_path):
    path = written(tmp_path, b"a,b\n" + b"1\n" * 1500)

    _, outcome = read(path)

    assert (len(outcome.skipped), outcome.reasons.total()) == (1000, 1500)

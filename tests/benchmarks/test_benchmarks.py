"""The benchmarks measure what they say, on a few rows of the tests' own database."""

import re
from io import StringIO
from urllib.parse import quote

import pytest
from django.core.management import call_command
from django.db import connection

from benchmarks import formats, growth, latency, rival, tables
from benchmarks.bench import Bench
from benchmarks.run_stages import STAGES
from benchmarks.spec import BUSINESS, SMALL, SMALL_ROWS
from benchmarks.targets import RIVAL_TIMES, TARGETS

ROWS = 300
pytestmark = pytest.mark.django_db(transaction=True)


def url() -> str:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    login = f"{quote(database['USER'])}:{quote(database['PASSWORD'])}"
    return (
        f"postgres://{login}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    )


@pytest.fixture
def bench(tmp_path) -> Bench:
    for business, rows in ((BUSINESS, ROWS), (SMALL, SMALL_ROWS)):
        call_command("create_business", business, stdout=StringIO())
        call_command(
            *("demo_data", f"--business={business}", f"--verifications={rows}"),
            "--companies=20",
            stdout=StringIO(),
        )
    return Bench(url=url(), folder=tmp_path, rows=ROWS, runs=1)


def test_format_is_measured_over_all_rows_of_the_one_business(bench):
    [gzipped] = formats.measure(bench, ["csv.gz"])

    assert gzipped.usage.rows == ROWS
    assert gzipped.usage.cpu_s > 0
    assert gzipped.usage.peak_mb > 0
    assert (gzipped.ratio is not None) == (connection.vendor == "postgresql")


def test_copy_reads_the_rows_that_an_export_does(bench):
    if not bench.has_copy:
        assert connection.vendor == "sqlite"
        return

    assert bench.copy().rows == ROWS


def test_stages_are_told_apart(bench):
    taken = bench.stages("csv", max_rows=ROWS)

    assert tuple(taken) == STAGES
    assert all(seconds >= 0 for seconds in taken.values())


def test_rival_exports_as_many_rows(bench):
    assert bench.rival("csv", max_rows=ROWS).rows == ROWS


def test_rival_is_compared_in_each_of_its_formats(bench, capsys, monkeypatch):
    monkeypatch.setattr(rival, "RIVAL_TIMES", {"csv": RIVAL_TIMES["csv"]})

    rival.report(bench)

    assert names(capsys.readouterr().out) == ["csv"]


def test_memory_is_told_for_each_size_there_are_rows_for(bench, capsys, monkeypatch):
    monkeypatch.setattr(growth, "TARGETS", {"ndjson": TARGETS["ndjson"]})

    growth.report(bench, (100, ROWS, 10 * ROWS))

    printed = capsys.readouterr().out
    assert names(printed) == ["ndjson"]
    assert re.findall(r"\d+ rows", printed) == ["100 rows", "300 rows"]


def test_every_format_but_pdf_answers_over_http(bench, capsys):
    latency.report(bench, requests=1)

    exports = [f"export {case}" for case in TARGETS if case != "pdf"]
    assert names(capsys.readouterr().out) == [*exports, "job status", "template"]


def names(printed: str) -> list[str]:
    """The first cell of each row but the head."""
    return [line.split("|")[1].strip() for line in printed.splitlines()[5:]]


def test_table_is_markdown_with_figures_to_the_right():
    assert tables.text(("name", "s"), [("a", "10.5"), ("longer", "2")]).split("\n") == [
        "| name   |    s |",
        "| ------ | ---: |",
        "| a      | 10.5 |",
        "| longer |    2 |",
    ]

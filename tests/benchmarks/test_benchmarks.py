"""The benchmarks measure what they say, on a few rows of the tests' own database."""

import re

import pytest
from django.db import connection

from benchmarks import formats, growth, latency, rival, tables
from benchmarks.run_stages import STAGES
from benchmarks.targets import RIVAL_TIMES, TARGETS
from tests.benchmarks.printed import names

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_stack]


def test_format_is_measured_over_all_rows_of_the_one_business(bench):
    [gzipped] = formats.measure(bench, ["csv.gz"])

    assert gzipped.usage.rows == bench.rows
    assert gzipped.usage.cpu_s > 0
    assert gzipped.usage.peak_mb > 0
    assert (gzipped.ratio is not None) == (connection.vendor == "postgresql")


def test_copy_reads_the_rows_that_an_export_does(bench):
    if not bench.has_copy:
        assert connection.vendor == "sqlite"
        return

    assert bench.copy().rows == bench.rows


def test_stages_are_told_apart(bench):
    taken = bench.stages("csv", max_rows=bench.rows)

    assert tuple(taken) == STAGES
    assert all(seconds >= 0 for seconds in taken.values())


def test_rival_exports_as_many_rows(bench):
    assert bench.rival("csv", max_rows=bench.rows).rows == bench.rows


def test_rival_is_compared_in_each_of_its_formats(bench, capsys, monkeypatch):
    monkeypatch.setattr(rival, "RIVAL_TIMES", {"csv": RIVAL_TIMES["csv"]})

    rival.report(bench)

    assert names(capsys.readouterr().out) == ["csv"]


def test_memory_is_told_for_each_size_there_are_rows_for(bench, capsys, monkeypatch):
    monkeypatch.setattr(growth, "TARGETS", {"ndjson": TARGETS["ndjson"]})

    growth.report(bench, (100, bench.rows, 10 * bench.rows))

    printed = capsys.readouterr().out
    assert names(printed) == ["ndjson"]
    assert re.findall(r"\d+ rows", printed) == ["100 rows", "300 rows"]


def test_every_format_but_pdf_answers_over_http(bench, capsys):
    latency.report(bench, requests=1)

    exports = [f"export {case}" for case in TARGETS if case != "pdf"]
    assert names(capsys.readouterr().out) == [*exports, "job status", "template"]


def test_table_is_markdown_with_figures_to_the_right():
    assert tables.text(("name", "s"), [("a", "10.5"), ("longer", "2")]).split("\n") == [
        "| name   |    s |",
        "| ------ | ---: |",
        "| a      | 10.5 |",
        "| longer |    2 |",
    ]

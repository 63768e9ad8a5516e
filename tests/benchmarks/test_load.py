"""The load test counts what callers meet, on a service that it starts and ends."""

import pytest

from benchmarks import callers, job_times, load, memory
from benchmarks.installations import Installation, on_files
from benchmarks.timing import percentile
from tests.benchmarks.printed import cells, names


@pytest.mark.journey
@pytest.mark.one_stack
def test_callers_count_answers_and_failures_of_each_kind(bench, capsys):
    environment = bench.environment | {"EXPORT_LIMIT_TEMPLATES": "1"}
    one = Installation("one", environment)

    callers.report(one, keys=1, seconds=4, warm_seconds=2)

    printed = capsys.readouterr().out
    failures = {row[0]: row[9:] for row in cells(printed)}
    reads = next(row[1] for row in cells(printed) if row[0] == "template read")
    failures.pop("job creation", None)
    assert failures == {
        "export csv": ["0", "0"],
        "job status": ["0", "0"],
        "template read": ["0", f"{reads} x 429"],
    }
    assert [row[0] for row in cells(printed, table=1)] == ["1"]
    assert [row[0] for row in cells(printed, table=2)] == ["beat", "web", "worker"]


@pytest.mark.slow
@pytest.mark.journey
def test_jobs_are_timed_to_their_end(bench, capsys):
    one = Installation("one", bench.environment)

    job_times.report(one, rows=bench.rows, jobs=1, cases=("csv",))

    assert names(capsys.readouterr().out) == ["csv"]


@pytest.mark.slow
@pytest.mark.journey
def test_job_that_is_short_ends_the_timing(tmp_path):
    files = on_files(tmp_path, rows=30)

    with pytest.raises(RuntimeError, match="'rows_written': 30,"):
        job_times.report(files.unlimited(), rows=31, jobs=1, cases=("csv",))


def test_memory_that_grows_is_told():
    samples = [{"web": 100.0, "worker": 100.0}] * 2
    samples += [{"web": 500.0}] * 16
    samples += [{"web": 109.0, "worker": 111.0}] * 2

    assert memory.rows(samples) == [
        ["web", "100", "109", "+9.0%", "+10%", "yes"],
        ["worker", "100", "111", "+11.0%", "+10%", "NO"],
    ]


@pytest.mark.parametrize(("percent", "expected"), [(50, 10), (95, 19), (100, 20)])
def test_percentile_is_what_so_many_do_not_exceed(percent, expected):
    assert percentile(range(20, 0, -1), percent) == expected


def test_load_needs_its_servers(monkeypatch, capsys):
    monkeypatch.delenv("TEST_REDIS_URL", raising=False)

    assert load.main([]) == 2

    assert capsys.readouterr().out == (
        "TEST_POSTGRES_URL or TEST_REDIS_URL is not set: run make load\n"
    )

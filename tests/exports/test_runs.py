import hashlib

import pytest
from django.utils import timezone

from exports import claims, runs
from exports.errors import ExportError, LeaseLost, SizeExceeded
from exports.models import ExportFile, ExportJob, Mode
from exports.pipeline.sinks.storage import open_storage
from tests.exports.jobs_made import claimed, deeds_of, job
from tests.exports.stored import mine_of_three as mine
from tests.exports.stored import stored
from tests.exports.views.asking import BOTH, is_open

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)
__all__ = ["mine"]
QUEUE = "interactive"


def test_work_of_an_empty_queue_is_nothing(mine):
    runs.work(QUEUE, worker="w1")

    assert ExportJob.objects.count() == 0


def test_work_runs_the_next_job_to_its_end(mine):
    made = job(mine, columns=["business_name"])

    runs.work(QUEUE, worker="w1")

    done = ExportJob.objects.get()
    file = ExportFile.objects.get()
    content = (open_storage().root / file.key).read_bytes()
    assert (done.status, done.progress, done.worker) == ("completed", 1.0, "")
    assert (done.rows_written, done.rows_expected, done.attempt) == (3, 3, 1)
    assert content == b"business_name\r\n" + b"Mine Ltd\r\n" * 3
    assert file.sha256 == hashlib.sha256(content).hexdigest()
    assert (file.size, file.row_count, file.state) == (len(content), 3, "stored")
    assert stored() == [f"business_mine/{made.pk}/1.csv"] == [file.key]
    assert deeds_of(made) == [
        "export.requested",
        "export.processing",
        "export.completed",
    ]


def test_work_survives_a_job_that_fails(mine, settings):
    settings.EXPORTS = {**settings.EXPORTS, "MAX_ROWS": 2}
    made = job(mine, max_rows=None)

    runs.work("bulk", worker="w1")

    done = ExportJob.objects.get()
    assert (done.status, done.error_code) == ("failed", "EXPORT_SIZE_EXCEEDED")
    assert (stored(), ExportFile.objects.count()) == ([], 0)
    assert deeds_of(made)[-1] == "export.failed"


def test_job_that_breaks_fails_with_a_word_for_the_asker(mine, monkeypatch, caplog):
    def broken(*_, **__):
        raise RuntimeError("inner secret")

    monkeypatch.setattr("exports.pipeline.renderers.csv.Csv.end", broken)
    job(mine)

    runs.work(QUEUE, worker="w1")

    done = ExportJob.objects.get()
    assert (done.status, done.error_code) == ("failed", "EXPORT_ERROR")
    assert done.error_message == "the export broke; request id none finds the log"
    assert "inner secret" in caplog.text
    assert (stored(), is_open()) == ([], False)


def test_job_whose_end_cannot_be_recorded_fails_and_leaves_no_file(mine, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("no manifest")

    monkeypatch.setattr("exports.manifest.build", broken)
    made = job(mine)

    runs.work(QUEUE, worker="w1")

    done = ExportJob.objects.get()
    assert (done.status, done.rows_expected) == ("failed", None)
    assert (stored(), ExportFile.objects.count()) == ([], 0)
    assert deeds_of(made) == ["export.requested", "export.processing", "export.failed"]


def test_spec_that_no_longer_holds_fails_the_job(mine):
    made = job(mine)
    spec = made.spec | {"columns": ["renamed"]}
    ExportJob.objects.update(spec=spec)

    runs.work(QUEUE, worker="w1")

    done = ExportJob.objects.get()
    assert (done.status, done.error_code) == ("failed", "VALIDATION_ERROR")
    assert "unknown column 'renamed'" in done.error_message


def test_run_that_was_broken_off_closes_its_snapshot_at_once(mine, settings):
    settings.EXPORTS = {**settings.EXPORTS, "JOB_MAX_SIZE_CSV": 5}
    job(mine)
    made = claims.claim(QUEUE, worker="w1", now=timezone.now())

    with pytest.raises(SizeExceeded) as held:
        runs.run_job(made)

    # The error, which knows the broken run's frames, is still alive.
    assert (held.value.code, is_open()) == ("EXPORT_SIZE_EXCEEDED", False)


def test_stream_that_took_too_long_closes_its_snapshot_at_once(mine, settings):
    settings.EXPORTS = {**settings.EXPORTS, "INLINE_MAX_SECONDS": 0}
    made = job(mine, mode=Mode.IMMEDIATE, delivery="inline")

    with pytest.raises(ExportError, match="an inline answer may take 0 s") as held:
        list(runs.stream(made, worker="web"))

    assert (held.value.code, is_open()) == ("EXPORT_ERROR", False)


@pytest.mark.parametrize("format_name", ["excel", "parquet", "pdf"])
def test_stream_that_takes_too_long_to_build_is_broken_off_between_blocks(
    mine, settings, monkeypatch, format_name
):
    monkeypatch.setattr("exports.pipeline.rows.BLOCK_ROWS", 1)
    settings.EXPORTS = {**settings.EXPORTS, "INLINE_MAX_SECONDS": 0}
    values = {"format": format_name, "delivery": "inline", "batch_size": 1}
    made = job(mine, mode=Mode.IMMEDIATE, **values)
    seen = []

    with pytest.raises(ExportError, match="an inline answer may take 0 s"):
        list(runs.stream(made, worker="web", follow=lambda *rows: seen.append(rows)))

    assert (seen, is_open()) == ([(1, 3)], False)
    assert ExportJob.objects.get().status == "failed"


def test_run_now_answers_with_the_error(mine, settings):
    settings.EXPORTS = {**settings.EXPORTS, "IMMEDIATE_MAX_ROWS": 1}
    made = job(mine, mode=Mode.IMMEDIATE)

    with pytest.raises(SizeExceeded):
        runs.run_now(made, worker="web")

    assert ExportJob.objects.get().status == "failed"


def test_run_of_a_lost_job_counts_for_nothing(mine):
    """Another worker has claimed it anew, and this one comes to its end late."""
    made = job(mine)
    late = claims.claim(QUEUE, worker="w1", now=timezone.now())
    claimed(ExportJob.objects.get())

    with pytest.raises(LeaseLost):
        runs.run_job(late)

    now = ExportJob.objects.get()
    assert (now.status, now.worker, now.fence) == ("processing", "another", 2)
    assert (stored(), ExportFile.objects.count()) == ([], 0)
    assert deeds_of(made) == ["export.requested", "export.processing"]


def test_failure_of_a_lost_job_counts_for_nothing(mine, monkeypatch, caplog):
    job(mine)
    late = claims.claim(QUEUE, worker="w1", now=timezone.now())

    def overtaken(*_, **__):
        claimed(ExportJob.objects.get())
        raise RuntimeError("broke")

    monkeypatch.setattr("exports.pipeline.renderers.csv.Csv.end", overtaken)

    with pytest.raises(ExportError, match="the export broke"):
        runs.run_job(late)

    assert ExportJob.objects.get().status == "processing"
    assert "had moved on when it ended" in caplog.text


def test_relative_and_absolute_range_both_hold(mine):
    made = job(
        mine,
        filters={"date_range": "today"},
        time_range={"end": "2000-01-01T00:00:00Z"},
    )
    claims.claim(QUEUE, worker="w1", now=timezone.now())
    made.refresh_from_db()

    wanted = runs.plan_of(made).time_range.as_json()

    assert wanted["start"] == made.resolved_range["start"]
    assert wanted["end"] == "2000-01-01T00:00:00.000000+00:00"


def test_display_name_says_what_when_and_whose(mine):
    made = job(mine)
    stamp = made.created_at.strftime("%Y%m%d-%H%M%S")

    name = runs.display_name(made, "csv.gz")

    assert name == f"verifications-business_mine-{stamp}.csv.gz"

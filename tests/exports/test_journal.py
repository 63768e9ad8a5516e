"""One line about each export that is over, however it ended."""

import pytest
from django.db import transaction
from django.utils import timezone

from exports import claims, jobs, runs
from exports.models import ExportFile, ExportJob, Mode
from exports.states import JobStatus
from tests import make
from tests.exports.jobs_made import claimed, job
from tests.exports.views.asking import BOTH
from tests.logged import logged

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)


@pytest.fixture
def mine(settings, tmp_path):
    settings.EXPORT_STORAGE_URL = (tmp_path / "stored").as_uri()
    business = make.business("business_mine")
    make.verification(business)
    make.verification(make.business("business_other"))
    return business


def of(made: ExportJob, **facts):
    return {
        "logger": "kyb.export",
        "level": "info",
        "event": "export",
        "request_id": "req-1",
        "export_id": made.export_id,
        "business": "business_mine",
        "type": "verifications",
        "format": "csv",
        "mode": made.mode,
        "rows": 0,
        "bytes": None,
        "error_code": None,
        **facts,
    }


def lines(log):
    found = log.lines("kyb.export")
    for line in found:
        line.pop("seconds")
    return found


def asked(business, **spec):
    made = job(business, **spec)
    ExportJob.objects.filter(pk=made.pk).update(request_id="req-1")
    made.refresh_from_db()
    return made


def test_completed_job_is_told_with_its_file(mine):
    made = asked(mine)

    with logged() as log:
        runs.work("interactive", worker="w1")

    size = ExportFile.objects.get().size
    assert lines(log) == [of(made, outcome="completed", rows=1, bytes=size)]
    assert log.lines("kyb.export")[0]["seconds"] > 0


def test_failed_job_is_told_with_its_code(mine, settings):
    settings.EXPORTS = {**settings.EXPORTS, "MAX_ROWS": 0}
    made = asked(mine, max_rows=None)

    with logged() as log:
        runs.work("bulk", worker="w1")

    assert lines(log) == [of(made, outcome="failed", error_code="EXPORT_SIZE_EXCEEDED")]


def test_break_is_told_with_the_request_and_no_local_variables(mine, monkeypatch):
    def broken(*_, **__):
        canary = "variable".replace("var", "in-a-var")
        raise RuntimeError(f"{len(canary)} characters")

    monkeypatch.setattr("exports.pipeline.renderers.csv.Csv.end", broken)
    made = asked(mine)

    with logged() as log:
        runs.work("interactive", worker="w1")

    [trouble, end] = log.lines()
    assert end["outcome"] == "failed"
    assert (trouble["request_id"], trouble["level"]) == ("req-1", "error")
    assert trouble["event"] == f"export {made.export_id} broke"
    assert trouble["exception"][0]["exc_value"] == "13 characters"
    assert trouble["exception"][0]["frames"][-1]["name"] == "broken"
    assert "in-a-variable" not in log.text


def test_cancelled_job_that_never_ran_is_told_without_seconds(mine):
    made = asked(mine)

    with logged() as log:
        jobs.cancel(made, actor=make.SYSTEM, now=timezone.now())

    assert log.lines("kyb.export") == [of(made, outcome="cancelled", seconds=None)]


def test_lost_export_is_told_by_who_finds_it(mine):
    made = claimed(job(mine, mode=Mode.IMMEDIATE), seconds=-1)

    with logged() as log:
        claims.reap(now=timezone.now())

    assert lines(log) == [
        of(made, request_id="", outcome="failed", error_code="worker_lost")
    ]


def test_export_at_once_is_told_too(mine):
    made = job(mine, mode=Mode.IMMEDIATE)

    with logged() as log:
        runs.run_now(made, worker="web")

    size = ExportFile.objects.get().size
    assert lines(log) == [
        of(made, request_id="", outcome="completed", rows=1, bytes=size)
    ]


def test_end_that_is_rolled_back_is_not_told(mine):
    made = claimed(job(mine))

    with logged() as log, transaction.atomic():
        jobs.move(made, JobStatus.CANCELLED, actor=make.SYSTEM, now=timezone.now())
        transaction.set_rollback(True)

    assert ExportJob.objects.get().status == "processing"
    assert log.lines("kyb.export") == []

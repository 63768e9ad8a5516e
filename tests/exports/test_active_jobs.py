"""How many jobs of a business may wait or run at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from exports.errors import Conflict
from exports.models import ExportJob, Mode
from exports.states import JobStatus
from tests import make
from tests.exports.jobs_made import claimed, ended, job
from tests.exports.views.asking import client, error, spec

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _three(settings):
    settings.EXPORTS = {**settings.EXPORTS, "MAX_ACTIVE_JOBS_PER_BUSINESS": 3}


def test_job_above_the_bound_is_a_conflict(mine):
    caller = client(mine)
    for _ in range(3):
        assert caller.post("/v1/export/jobs", spec(mine), format="json").json()[
            "job_id"
        ]

    answer = caller.post("/v1/export/jobs", spec(mine), format="json")

    assert error(answer) == (409, "CONFLICT", [])
    assert "has 3 jobs that wait or run" in answer.json()["error"]["message"]
    assert ExportJob.objects.count() == 3


def test_only_what_waits_or_runs_counts(mine):
    for status in (JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED):
        ended(job(mine), status)
    job(mine, mode=Mode.IMMEDIATE)
    for _ in range(3):
        job(make.business("business_other"))
    claimed(job(mine))
    job(mine)
    last = job(mine)

    with pytest.raises(Conflict):
        job(mine)

    ended(last, JobStatus.CANCELLED)
    assert job(mine).status == JobStatus.PENDING


def test_bound_holds_when_many_ask_at_once(mine):
    def ask(number):
        try:
            job(mine)
        except Conflict:
            return "refused"
        finally:
            connections.close_all()
        return "made"

    with ThreadPoolExecutor(12) as pool:
        outcomes = sorted(pool.map(ask, range(12)))

    assert outcomes == ["made"] * 3 + ["refused"] * 9
    assert ExportJob.objects.count() == 3

"""A run that was stopped reads nothing on, even while its error is remembered."""

import pytest
from django.db import connection
from django.utils import timezone

from exports import claims, runs
from exports.errors import Cancelled
from exports.leases import Lease
from tests import make
from tests.exports.jobs_made import job
from tests.exports.views.asking import BOTH

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)
_OPEN = {
    # A checkpoint is kept from emptying the log by each open snapshot.
    "sqlite": "PRAGMA wal_checkpoint(TRUNCATE)",
    "postgresql": "SELECT count(*) FROM pg_stat_activity WHERE xact_start IS NOT NULL"
    " AND datname = current_database() AND pid <> pg_backend_pid()",
}


def open_reads():
    with connection.cursor() as cursor:
        cursor.execute(_OPEN[connection.vendor])
        return cursor.fetchone()[0]


def test_stopped_run_leaves_no_cursor(settings, tmp_path, monkeypatch):
    settings.EXPORT_STORAGE_URL = (tmp_path / "stored").as_uri()
    mine = make.business("business_mine")
    for _ in range(4):
        make.verification(mine)
    job(mine, batch_size=1)
    made = claims.claim("interactive", worker="w1", now=timezone.now())

    def stop(*_):
        assert connection.vendor != "sqlite" or open_reads() == 1
        raise Cancelled("the job was cancelled")

    monkeypatch.setattr("exports.pipeline.rows.BLOCK_ROWS", 1)
    monkeypatch.setattr(Lease, "wrote", stop)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":  # it would wait for the reader
            cursor.execute("PRAGMA busy_timeout = 0")

    with pytest.raises(Cancelled) as held:
        runs.run_job(made)

    assert (open_reads(), made.status) == (0, "cancelled")
    assert held.value.__traceback__ is not None
    connection.close()

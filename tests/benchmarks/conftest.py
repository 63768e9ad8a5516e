"""The tests' own database, with a few rows in it, as a benchmark's."""

from io import StringIO
from urllib.parse import quote

import pytest
from django.core.management import call_command
from django.db import connection

from benchmarks.bench import Bench
from benchmarks.spec import BUSINESS, SMALL, SMALL_ROWS

ROWS = 300


def url() -> str:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    login = f"{quote(database['USER'])}:{quote(database['PASSWORD'])}"
    return (
        f"postgres://{login}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    )


@pytest.fixture
def bench(transactional_db, tmp_path) -> Bench:
    for business, rows in ((BUSINESS, ROWS), (SMALL, SMALL_ROWS)):
        call_command("create_business", business, stdout=StringIO())
        call_command(
            *("demo_data", f"--business={business}", f"--verifications={rows}"),
            "--companies=20",
            stdout=StringIO(),
        )
    return Bench(url=url(), folder=tmp_path, rows=ROWS, runs=1)

"""The service does what its OpenAPI document says, whatever it is sent.

The program runs against a live server over the test's own database, with all checks.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from customers import ids
from exports import runs
from exports.models import ExportFile, ExportJob
from exports.throttles import KINDS
from templates_app.models import ExportTemplate
from tests import make
from tests.exports.jobs_made import job
from tests.exports.views.asking import BOTH

CONFIG: Final = Path(__file__).with_name("schemathesis.toml")


# The names that the document gives as examples.
BUSINESS: Final = "business_123"
EXAMPLE: Final = "01JD3Z5V8N8Q0C9X2T4W6Y8Z0A"
SCOPES: Final = ("exports:write", "exports:read", "templates:write")


@pytest.fixture
def names(settings, tmp_path) -> dict[str, str]:
    """What is there, for the program to name: it finds them in its environment."""
    unlimited = dict.fromkeys((f"LIMIT_{kind.upper()}" for kind in KINDS), 10**9)
    unlimited |= {"MAX_ACTIVE_JOBS_PER_BUSINESS": 10**9}
    settings.EXPORTS = {**settings.EXPORTS, **unlimited, "EVENTS_SECONDS": 0.1}
    settings.EXPORT_STORAGE_URL = (tmp_path / "stored").as_uri()
    mine, other = make.business(BUSINESS), make.business("business_other")
    for business in (mine, other):
        make.verification(business)
        make.report(business)
        make.audit_log(business)
        make.user_account(business)
    made = job(mine)
    ExportJob.objects.filter(pk=made.pk).update(id=ids.read("job", f"job_{EXAMPLE}"))
    runs.work("interactive", worker="test")
    ExportTemplate.objects.create(
        business=mine, slug="good_ones", name="A", export_type="reports", format="csv"
    )
    _, key = make.api_key(mine, scopes=SCOPES)
    return {
        "SCHEMA_KEY": key,
        "SCHEMA_BUSINESS": mine.id,
        "SCHEMA_JOB": f"job_{EXAMPLE}",
        "SCHEMA_WAITING_JOB": job(mine).job_id,
        "SCHEMA_EXPORT": f"exp_{EXAMPLE}",
    }


def run(url: str, names: dict[str, str], folder: Path, *, examples: int) -> None:
    program = Path(sys.executable).with_name("st")
    found = subprocess.run(
        [
            *(program, "--config-file", CONFIG, "run", f"{url}/v1/schema/"),
            *("--checks", "all", "--seed", "1", "--max-examples", str(examples)),
            *("--header", f"Authorization: Bearer {names['SCHEMA_KEY']}"),
            "--continue-on-failure",
        ],
        cwd=folder,
        env=os.environ | names,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    # It came past the refusals: how often is chance, but it must have exported.
    assert ExportFile.objects.count() > 5


@pytest.mark.timeout(600)
@pytest.mark.django_db(transaction=True, databases=BOTH)
def test_service_does_what_its_document_says(live_server, names, tmp_path):
    run(live_server.url, names, tmp_path, examples=20)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.django_db(transaction=True, databases=BOTH)
def test_service_does_what_its_document_says_at_length(live_server, names, tmp_path):
    run(live_server.url, names, tmp_path, examples=300)

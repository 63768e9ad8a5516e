"""The service does what its OpenAPI document says, whatever it is sent.

The program runs against a live server over the test's own database, with all checks
but one. That too much of what it makes up is filtered out comes of the real names that
it is given: where it wants a wrong one, it throws them away.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from django.db import connection

from customers.models import AuditEvent
from exports.models import ExportBatch, ExportJob, Mode
from exports.states import JobStatus
from tests.exports.views.asking import BOTH

CONFIG: Final = Path(__file__).with_name("schemathesis.toml")


# A job that is deleted loses its file, and stays. (That a deleted template is gone is
# looked at in its own tests.)
EXCLUDED: Final = ("use_after_free",)


ALL: Final = "examples,coverage,fuzzing,stateful"
# To go through the bounds of each parameter takes three quarters of the time.
SHORT: Final = "examples,fuzzing,stateful"


def run(
    url: str, names: dict[str, str], folder: Path, *, examples: int, phases: str = ALL
) -> str:
    """What the program tells at its end."""
    program = Path(sys.executable).with_name("st")
    found = subprocess.run(
        [
            *(program, "--config-file", CONFIG, "run", f"{url}/v1/schema/"),
            *("--checks", "all", "--exclude-checks", ",".join(EXCLUDED)),
            *("--suppress-health-check", "filter_too_much"),
            *("--seed", "1", "--max-examples", str(examples), "--phases", phases),
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
    return found.stdout


def cases(told: str) -> int:
    [number] = re.findall(r"^ +(\d+) generated, \1 passed", told, re.MULTILINE)
    return int(number)


def links_followed(told: str) -> int:
    [number] = re.findall(r"API Links: +(\d+) covered", told)
    return int(number)


def accepted() -> dict[str, int]:
    """By the operation that makes something: what came past all refusals."""
    ended_well = ExportJob.objects.filter(status=JobStatus.COMPLETED)
    first = ExportJob.objects.filter(batch=None, retried_from=None)
    return {
        "export_now": ended_well.filter(mode=Mode.IMMEDIATE).count(),
        "export_now, inline": ended_well.filter(mode=Mode.INLINE).count(),
        "job_create": first.filter(mode=Mode.BACKGROUND).count() - 2,
        "job_retry": ExportJob.objects.exclude(retried_from=None).count(),
        "batch_create": ExportBatch.objects.count() - 1,
        "template_create": AuditEvent.objects.filter(action="template.created").count(),
    }


def test_figures_are_read_from_what_the_program_tells():
    told = "  API Links:    10 covered / 73\n\nTest cases:\n  29 generated, 29 passed\n"

    assert (cases(told), links_followed(told)) == (29, 10)


# Over SQLite it is part of the long form alone: it takes minutes.
if connection.vendor == "postgresql":

    @pytest.mark.timeout(600)
    @pytest.mark.django_db(transaction=True, databases=BOTH)
    def test_service_does_what_its_document_says(live_server, names, worker, tmp_path):
        told = run(live_server.url, names, tmp_path, examples=12, phases=SHORT)

        # Which is chance, but most must have been let through; at length each.
        assert sum(count > 0 for count in accepted().values()) >= len(accepted()) - 2
        assert links_followed(told) >= 5


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.django_db(transaction=True, databases=BOTH)
def test_service_does_what_its_document_says_at_length(
    live_server, names, worker, tmp_path
):
    told = run(live_server.url, names, tmp_path, examples=150)

    assert cases(told) >= 5000
    assert [name for name, count in accepted().items() if count < 1] == []
    assert links_followed(told) >= 5

"""How large a stored file may be, of every format: to the byte."""

import re

import pytest

from exports import runs
from exports.models import ExportFile, ExportJob
from exports.pipeline.renderers import RENDERERS
from exports.pipeline.sinks.storage import open_storage
from tests import make
from tests.exports.jobs_made import deeds_of, job
from tests.exports.views.asking import BOTH, body, client, error, export, spec

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)
KINDS = [*((name, {}) for name in RENDERERS), ("csv", {"compression": "gzip"})]
every_kind = pytest.mark.parametrize(("format_name", "values"), KINDS)


@pytest.fixture
def mine(settings, tmp_path):
    settings.EXPORT_STORAGE_URL = (tmp_path / "stored").as_uri()
    mine = make.business("business_mine")
    for _ in range(3):
        make.verification(mine)
    make.verification(make.business("business_other"))
    return mine


@pytest.fixture
def limit(settings):
    def set_to(most, format_name, *, job=False):
        name = {"excel": "XLSX"}.get(format_name, format_name.upper())
        knob = f"{'JOB_' if job else ''}MAX_SIZE_{name}"
        settings.EXPORTS = {**settings.EXPORTS, knob: most}

    return set_to


def lying():
    return [path for path in open_storage().root.rglob("*") if path.is_file()]


def told(message):
    """Limit and size, as an error tells them."""
    found = re.search(r"larger than (\d+) bytes \(over (\d+) so far\)", message)
    return tuple(int(number) for number in found.groups())


@every_kind
def test_immediate_file_may_be_as_large_as_its_limit(mine, limit, format_name, values):
    caller, asked = client(mine), {"format": format_name} | values
    size = export(caller, mine, **asked)["file_size"]

    limit(size, format_name)
    made = export(caller, mine, **asked)

    assert made["file_size"] == len(body(caller.get(made["file_url"]))) == size


@every_kind
def test_immediate_file_that_is_one_byte_larger_is_refused(
    mine, limit, format_name, values
):
    caller, asked = client(mine), {"format": format_name} | values
    size = export(caller, mine, **asked)["file_size"]
    before = lying()
    limit(size - 1, format_name)

    answer = caller.post("/v1/export", spec(mine, **asked), format="json")

    assert error(answer) == (413, "EXPORT_SIZE_EXCEEDED", [])
    most, reached = told(answer.json()["error"]["message"])
    assert (most, reached <= size) == (size - 1, True)
    assert reached > most
    assert (lying(), ExportFile.objects.count()) == (before, 1)


def ran(mine, **values):
    """A job at its end."""
    made = job(mine, **values)
    runs.work("interactive", worker="w1")
    return ExportJob.objects.get(pk=made.pk)


@every_kind
def test_file_of_a_job_may_be_as_large_as_its_limit_and_no_byte_larger(
    mine, limit, format_name, values
):
    asked = {"format": format_name} | values
    size = ran(mine, **asked).file.size

    limit(size, format_name, job=True)
    allowed = ran(mine, **asked)
    before = lying()
    limit(size - 1, format_name, job=True)
    refused = ran(mine, **asked)

    assert (allowed.status, allowed.file.size) == ("completed", size)
    assert (refused.status, refused.error_code) == ("failed", "EXPORT_SIZE_EXCEEDED")
    assert told(refused.error_message)[0] == size - 1
    assert (lying(), deeds_of(refused)[-1]) == (before, "export.failed")
    assert not hasattr(refused, "file")


def test_limits_of_jobs_are_their_own(mine, limit):
    limit(5, "csv")

    assert ran(mine).status == "completed"

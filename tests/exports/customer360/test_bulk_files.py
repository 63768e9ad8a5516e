"""What bulk jobs store, opened by programs that did not write it; and its limits."""

import subprocess
from datetime import UTC, datetime

import pytest

from exports.models import ExportFile, ExportJob
from tests.exports.customer360.bulk_made import (
    content,
    manager,
    members,
    people,
    waiting,
    worked,
)
from tests.exports.customer360.reading_report import checked, squeezed
from tests.exports.stored import stored
from tests.exports.views.asking import BOTH

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=BOTH),
    pytest.mark.usefixtures("root"),
]
__all__ = ["manager"]
KINDS = [
    *({"format": name} for name in ("pdf", "csv", "xlsx", "json")),
    {"format": "csv", "compression": "gzip"},
    {"format": "xlsx", "workbook": True},
]


def read(pdf: bytes) -> str:
    told = subprocess.run(
        ["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True
    )
    return squeezed(told.stdout.decode())


def test_reports_of_many_are_whole_pdfs_each_of_its_own_customer(manager, tmp_path):
    waiting(people(3), manager, format="pdf", includeAnalytics=True)
    worked()

    found = [*members().values()]
    assert [checked(each, tmp_path) for each in found] == ["0: "] * 3
    texts = [read(each) for each in found]
    for mark in ("Person{}", "O-{}", "Note{}"):
        holders = [
            [number for number in range(4) if mark.format(number) in text]
            for text in texts
        ]
        assert holders == [[0], [1], [2]]
    assert [text for text in texts if "Charlie" in text] == []


def size_of(customers, manager, **options) -> int | None:
    """Of the file; None when it was too large."""
    ExportFile.objects.all().delete()
    ExportJob.objects.all().delete()
    waiting(customers, manager, **options)
    # JSON tells the moment: of another, the archive might have another size.
    ExportJob.objects.update(created_at=datetime(2025, 2, 1, tzinfo=UTC))
    done = worked()
    if done.status == "completed":
        return len(content())
    assert done.error_code == "EXPORT_SIZE_EXCEEDED"
    return None


@pytest.mark.parametrize("options", KINDS, ids=str)
def test_limit_of_the_whole_is_exact_and_leaves_nothing(manager, settings, options):
    customers = people(2)
    size = size_of(customers, manager, **options)
    [known] = stored()
    knob = f"JOB_MAX_SIZE_{options['format'].upper()}"

    settings.EXPORTS = settings.EXPORTS | {knob: size - 1}
    over = size_of(customers, manager, **options)
    left = [path for path in stored() if path != known]
    rows = ExportFile.objects.count()
    settings.EXPORTS = settings.EXPORTS | {knob: size}
    fits = size_of(customers, manager, **options)

    assert (over, left, rows, fits) == (None, [], 0, size)

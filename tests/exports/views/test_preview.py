import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from customers.models import AuditEvent, Verification
from exports.models import ExportFile, ExportJob
from tests import make
from tests.exports.views.asking import BOTH, body, client, deeds, error, export, spec

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)


@pytest.fixture
def mine():
    business = make.business("business_mine")
    make.verification(make.business("business_other"))
    return business


def preview(business, *, scopes=("exports:write", "exports:read"), **values):
    caller = client(business, scopes=scopes)
    answer = caller.post("/v1/export/preview", spec(business, **values), format="json")
    assert answer.status_code == 200, answer.content
    return answer.json()


def many(business, count):
    """So many rows of one company, a second apart."""
    row = make.verification(business, score=Decimal("0.5000"))
    for number in range(1, count):
        row.pk = None
        row._state.adding = True
        row.created_at = make.NOW + timedelta(seconds=number)
        row.id = Verification._meta.pk.get_default()
        row.save(force_insert=True)


def test_preview_shows_what_the_file_would_hold(mine):
    company = make.company(mine, name="=1+1")
    make.verification(company, score=Decimal("0.8750"))
    columns = [
        {"name": "business_name", "label": "Name", "transform": "lower"},
        {"name": "score", "transform": "round:1"},
        "reviewer_email",
    ]
    asked = {"columns": columns, "on_denied": "mask"}

    told = preview(mine, **asked)

    caller = client(mine)
    file = body(caller.get(export(caller, mine, **asked)["file_url"]))
    rows = list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"), newline="")))
    assert (
        told["rows"]
        == rows
        == [{"Name": "'=1+1", "score": "0.9", "reviewer_email": "***"}]
    )
    assert told["columns"] == ["Name", "score", "reviewer_email"]
    assert (told["estimated_rows"], told["estimated_bytes"]) == (1, len(file))
    assert told["fits_immediate"] is True


def test_preview_stores_nothing_and_is_audited(mine):
    make.verification(mine)

    preview(mine, columns=["id"])

    assert not ExportJob.objects.exists()
    assert not ExportFile.objects.exists()
    assert deeds(mine) == ["export.previewed"]
    event = AuditEvent.objects.get(action="export.previewed")
    assert event.details == {
        "export_type": "verifications",
        "format": "csv",
        "columns": ["id"],
        "rows": 1,
    }


def test_preview_of_many_rows_shows_20_and_estimates_the_rest(mine):
    many(mine, 620)

    told = preview(mine, columns=["id", "score"])

    caller = client(mine)
    whole = export(caller, mine, columns=["id", "score"])
    assert (len(told["rows"]), told["estimated_rows"]) == (20, 620)
    assert told["estimated_bytes"] == whole["file_size"]  # each row is as long


@pytest.mark.parametrize("name", ["excel", "pdf", "parquet", "json", "xml", "yaml"])
def test_every_format_has_an_estimate(mine, name):
    many(mine, 40)

    told = preview(mine, format=name, columns=["id", "score"])

    whole = export(client(mine), mine, format=name, columns=["id", "score"])
    assert told["estimated_bytes"] == whole["file_size"]


def test_preview_keeps_to_max_rows(mine):
    many(mine, 30)

    told = preview(mine, max_rows=3)

    assert (len(told["rows"]), told["estimated_rows"]) == (3, 3)


def test_preview_of_nothing_has_columns_and_no_rows(mine):
    told = preview(mine, columns=["id"])

    assert (told["columns"], told["rows"], told["estimated_rows"]) == (["id"], [], 0)


def test_preview_resolves_relative_ranges(mine):
    make.verification(mine, created_at=timezone.now())
    make.verification(mine, created_at=timezone.now() - timedelta(days=400))

    told = preview(mine, filters={"date_range": "last_7_days"})

    assert told["estimated_rows"] == 1


def test_what_is_too_much_for_an_immediate_export_does_not_fit(mine, settings):
    many(mine, 4)
    settings.EXPORTS = {**settings.EXPORTS, "IMMEDIATE_MAX_ROWS": 3}
    by_rows = preview(mine)
    settings.EXPORTS = {
        **settings.EXPORTS,
        "IMMEDIATE_MAX_ROWS": 10,
        "MAX_SIZE_CSV": 100,
    }
    by_bytes = preview(mine)

    assert (by_rows["fits_immediate"], by_bytes["fits_immediate"]) == (False, False)
    assert by_rows["estimated_rows"] == 4


def test_preview_refuses_what_an_export_refuses(mine):
    caller = client(mine)

    def ask(**values):
        return error(
            caller.post("/v1/export/preview", spec(mine, **values), format="json")
        )

    assert ask(columns=["nonsense"])[:2] == (400, "VALIDATION_ERROR")
    assert ask(columns=["reviewer_email"]) == (403, "FORBIDDEN", ["columns"])
    assert ask(template_id="absent")[:2] == (404, "TEMPLATE_NOT_FOUND")
    assert not AuditEvent.objects.filter(action="export.previewed").exists()


def test_key_that_may_only_read_gets_no_preview(mine):
    caller = client(mine, scopes=["exports:read"])

    answer = caller.post("/v1/export/preview", spec(mine), format="json")

    assert error(answer) == (403, "FORBIDDEN", [])

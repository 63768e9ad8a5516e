"""What was done with an export, and why others failed, in words beside the codes."""

import pytest
from django.utils import translation

from exports.admin import called
from exports.errors import ExportError
from exports.models import ExportJob
from exports.states import JobStatus
from tests import make
from tests.customers.admin.asking import at_admin, page
from tests.exports.jobs_made import ended, job


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "asked for (export.requested)"), ("de", "verlangt (export.requested)")],
)
def test_trail_of_an_export_is_told_in_words(language, told):
    mine = make.business("business_mine")
    row = job(mine)

    answer = at_admin("auditor", mine).get(
        page(ExportJob, "change", row.pk), headers={"Accept-Language": language}
    )

    assert f"<td>{told}</td>" in answer.content.decode()


@pytest.mark.django_db
def test_dashboard_says_why_exports_failed():
    mine = make.business("business_mine")
    ended(job(mine), JobStatus.FAILED)

    shown = at_admin("viewer", mine).get("/admin/").content.decode()

    assert "it broke: the log knows more" in shown
    assert "EXPORT_ERROR" in shown


def codes(kind: type[ExportError]) -> set[str]:
    return {kind.code}.union(*map(codes, kind.__subclasses__()))


def test_codes_without_words_are_those_no_export_fails_with():
    of_requests = {
        *("NOT_FOUND", "BUSINESS_NOT_FOUND", "JOB_NOT_FOUND"),
        *("TEMPLATE_NOT_FOUND", "CUSTOMER_NOT_FOUND", "EXPORT_NOT_FOUND"),
        *("REQUEST_TOO_LARGE", "IDEMPOTENCY_MISMATCH", "RATE_LIMIT_EXCEEDED"),
    }

    with translation.override("de"):
        silent = {code for code in codes(ExportError) if not called.error_name(code)}

    assert silent == of_requests

"""The page of an export tells no more of it than its file may tell the reader."""

import pytest
from django.urls import reverse

from exports import runs
from exports.models import ExportJob
from tests import make
from tests.customers.admin.asking import at_admin, page
from tests.exports.jobs_made import job
from tests.exports.stored import storage
from tests.exports.views.asking import BOTH

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)
PERSONAL = {"columns": ["id"], "filters": {"reviewer_email_contains": "rosa"}}


@pytest.fixture
def mine(settings, tmp_path):
    storage(settings, tmp_path)
    business = make.business("business_mine")
    make.verification(business)
    make.verification(make.business("business_other"))
    return business


def seen(role: str, row: ExportJob, business) -> dict[str, bool]:
    client = at_admin(role, business)
    shown = client.get(page(ExportJob, "change", row.pk)).content.decode()
    download = reverse("admin:exports_download", args=[row.pk])
    return {
        "filter": "reviewer_email_contains" in shown,
        "manifest": "manifest_version" in shown,
        "button": download in shown,
        "download": "/v1/export/files/" in client.get(download).headers["Location"],
    }


@pytest.mark.parametrize(("role", "may"), [("operator", True), ("viewer", False)])
def test_page_of_an_export_of_personal_columns(mine, role, may):
    row = job(mine, **PERSONAL)
    runs.work("interactive", worker="test")

    assert seen(role, row, mine) == dict.fromkeys(
        ("filter", "manifest", "button", "download"), may
    )


@pytest.mark.parametrize(("role", "may"), [("manager", True), ("viewer", False)])
def test_page_of_an_export_that_waits(mine, role, may):
    row = job(mine, **PERSONAL)

    assert seen(role, row, mine)["filter"] == may

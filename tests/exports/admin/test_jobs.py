"""The list of exports and one export's page: what they tell, and to whom."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from exports import runs
from exports.models import ExportJob, Mode
from exports.states import JobStatus
from tests import make
from tests.customers.admin.asking import at_admin, listed, page
from tests.exports.customer360.bulk_made import waiting
from tests.exports.jobs_made import claimed, ended, in_state, job
from tests.exports.views.asking import BOTH

pytestmark = pytest.mark.django_db
running = pytest.mark.django_db(transaction=True, databases=BOTH)


def finished(of) -> ExportJob:
    made = job(of, columns=["id"])
    runs.work("interactive", worker="test")
    made.refresh_from_db()
    return made


def texts(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_list_tells_each_status_in_a_word():
    made = {status: in_state(status) for status in JobStatus}

    shown = texts(at_admin(is_superuser=True).get(page(ExportJob, "changelist")))

    for status, word in (
        ("pending", "waiting"),
        ("processing", "running"),
        ("completed", "completed"),
        ("failed", "failed"),
        ("cancelled", "cancelled"),
    ):
        assert f'<span class="kyb-status kyb-{status}">{word}</span>' in shown
        assert made[JobStatus(status)].export_id in shown


def test_running_export_shows_how_far_it_is(mine):
    row = claimed(job(mine), rows_written=1500, rows_expected=6000, progress=0.25)

    shown = texts(at_admin("viewer", mine).get(page(ExportJob, "changelist")))

    bar = f'<progress max="100" value="25" aria-label="Progress of {row.export_id}"'
    assert bar in shown
    assert "1,500 of 6,000 rows" in shown
    assert f'data-job="{row.job_id}" data-live' in shown


@pytest.mark.parametrize("shown", ["export_id", "job_id"])
def test_search_finds_an_export_by_its_id(mine, shown):
    row = job(mine)
    job(mine)
    other = job(make.business("business_theirs"))
    client = at_admin("viewer", mine)

    assert listed(client, ExportJob, q=f" {getattr(row, shown)} ") == {row.pk}
    assert listed(client, ExportJob, q=getattr(other, shown)) == set()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"format": "csv"}, {"csv"}),
        ({"export_type": "reports"}, {"reports"}),
        ({"status__exact": "failed"}, {"failed"}),
        ({"mode__exact": "immediate"}, {"immediate"}),
        ({"business": "business_mine"}, {"csv", "reports", "failed", "immediate"}),
    ],
)
def test_filter_narrows_the_list(mine, query, found):
    made = {
        "csv": job(mine),
        "reports": job(mine, export_type="reports", format="json"),
        "failed": ended(job(mine, format="json"), JobStatus.FAILED),
        "immediate": job(mine, format="json", mode=Mode.IMMEDIATE),
    }

    seen = listed(at_admin("viewer", mine), ExportJob, **query)

    assert seen == {made[name].pk for name in found}


def test_list_takes_as_many_queries_for_many_rows_as_for_three(mine):
    client = at_admin("manager", mine)
    for _ in range(3):
        job(mine)
    client.get(page(ExportJob, "changelist"))
    with CaptureQueriesContext(connection) as few:
        client.get(page(ExportJob, "changelist"))
    ExportJob.objects.bulk_create(
        ExportJob(
            business=mine,
            mode=Mode.BACKGROUND,
            export_type="reports",
            format="csv",
            spec={},
            actor_kind="key",
            actor_id="key",
            actor_label="key",
            clearance=0,
            created_at=timezone.now(),
        )
        for _ in range(297)
    )

    with CaptureQueriesContext(connection) as many:
        answer = client.get(page(ExportJob, "changelist"))

    assert len(answer.context["cl"].result_list) == 50
    assert len(many) == len(few)


@running
def test_page_of_an_export_tells_all_of_it(mine):
    make.verification(make.company(mine, name="Acme & Sons"))
    row = finished(mine)

    shown = texts(at_admin("viewer", mine).get(page(ExportJob, "change", row.pk)))

    assert row.file.sha256 in shown
    assert "&quot;row_count&quot;: 1" in shown
    assert "&quot;export_type&quot;: &quot;verifications&quot;" in shown
    assert [word in shown for word in ("export.requested", "export.completed")] == [
        True,
        True,
    ]
    assert reverse("admin:exports_download", args=[row.pk]) in shown


@pytest.mark.parametrize("kind", ["job_id", "export_id"])
def test_page_is_found_by_the_id_that_is_shown(mine, kind):
    row = job(mine)

    answer = at_admin("viewer", mine).get(page(ExportJob, "change", getattr(row, kind)))

    assert (answer.status_code, answer.context["job"].pk) == (200, row.pk)


def test_page_marks_the_step_that_it_is_at(mine):
    row = claimed(job(mine), current_step=3)

    steps = at_admin("viewer", mine).get(page(ExportJob, "change", row.pk))

    places = [step["place"] for step in steps.context["steps"]]
    assert places == ["done", "done", "now", "ahead", "ahead"]


def test_progress_tells_of_the_own_exports_alone(mine):
    own = claimed(job(mine), rows_written=10, rows_expected=20, progress=0.5)
    foreign = job(make.business("business_theirs"))
    client = at_admin("viewer", mine)
    address = reverse("admin:exports_progress")

    told = client.get(address, {"ids": f"{own.job_id},{foreign.job_id},nonsense"})

    assert set(told.json()) == {own.job_id}
    assert told.json()[own.job_id]["live"] is True
    assert 'value="50"' in told.json()[own.job_id]["html"]


def test_progress_is_for_who_may_see_exports():
    nobody = make.staff()
    nobody.memberships.all().delete()
    client = at_admin()
    client.force_login(nobody)

    assert client.get(reverse("admin:exports_progress")).status_code == 403


def test_exports_of_customers_are_for_who_may_see_customers(mine):
    manager = make.staff("manager", mine)
    row = waiting([make.customer(mine)], manager)
    auditor, operator = at_admin("auditor", mine), at_admin("operator", mine)
    superuser = at_admin(is_superuser=True)

    assert listed(operator, ExportJob) == {row.pk}
    assert listed(superuser, ExportJob) == {row.pk}
    assert listed(auditor, ExportJob) == set()
    assert operator.get(page(ExportJob, "change", row.pk)).status_code == 200
    assert auditor.get(page(ExportJob, "change", row.pk)).status_code == 302


@running
def test_download_goes_to_the_address_that_proves_the_file(mine):
    make.verification(make.company(mine))
    row = finished(mine)
    client = at_admin("viewer", mine)

    answer = client.get(reverse("admin:exports_download", args=[row.pk]))
    file = client.get(answer.headers["Location"])

    assert answer.headers["Location"] == f"/v1/export/files/{row.export_id}"
    assert len(b"".join(file.streaming_content).splitlines()) == 2
    file.close()


def test_download_of_what_has_no_file_leads_back(mine):
    row = job(mine)

    answer = at_admin("viewer", mine).get(
        reverse("admin:exports_download", args=[row.pk])
    )

    assert answer.headers["Location"] == page(ExportJob, "change", row.pk)

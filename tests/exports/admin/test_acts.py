"""Cancel, run again, delete: asked first, done by the same functions as over HTTP."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from exports import runs
from exports.models import ExportJob
from exports.states import FileState, JobStatus
from tests import make
from tests.customers.admin.asking import at_admin, page
from tests.exports.jobs_made import claimed, deeds_of, ended, job
from tests.exports.views.asking import BOTH

pytestmark = [pytest.mark.django_db, pytest.mark.pages]
running = pytest.mark.django_db(transaction=True, databases=BOTH)


def ask(row: ExportJob, act: str) -> str:
    return reverse("admin:exports_act", args=[row.pk, act])


def said(answer) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_cancel_asks_first_and_then_cancels(mine):
    row = job(mine)
    client = at_admin("operator", mine)

    asked = client.get(ask(row, "cancel"))
    before = ExportJob.objects.get(pk=row.pk).status
    done = client.post(ask(row, "cancel"))

    row.refresh_from_db()
    assert "Cancel this export?" in asked.content.decode()
    assert (before, row.status) == (JobStatus.PENDING, JobStatus.CANCELLED)
    assert done.headers["Location"] == page(ExportJob, "change", row.pk)
    assert deeds_of(row) == ["export.requested", "export.cancelled"]


def test_cancel_of_a_running_export_is_a_wish(mine):
    row = claimed(job(mine))

    at_admin("operator", mine).post(ask(row, "cancel"))

    row.refresh_from_db()
    assert (row.status, row.cancel_requested) == (JobStatus.PROCESSING, True)


def test_run_again_leads_to_the_new_export(mine):
    row = ended(job(mine), JobStatus.CANCELLED)

    answer = at_admin("manager", mine).post(ask(row, "retry"))

    made = ExportJob.objects.exclude(pk=row.pk).get()
    assert made.retried_from_id == row.pk
    assert answer.headers["Location"] == page(ExportJob, "change", made.pk)


def test_run_again_asks_for_the_password_again(mine):
    row = ended(job(mine, password="correct horse"), JobStatus.CANCELLED)
    client = at_admin("manager", mine)

    short = client.post(ask(row, "retry"), {"password": "short"})
    client.post(ask(row, "retry"), {"password": "battery staple"})

    made = ExportJob.objects.exclude(pk=row.pk).get()
    assert "at least 8 characters" in short.content.decode()
    assert made.is_encrypted


@running
def test_delete_takes_the_file_and_leaves_the_record(mine):
    make.verification(make.company(mine))
    row = job(mine)
    runs.work("interactive", worker="test")

    at_admin("operator", mine).post(ask(row, "delete"))

    row.refresh_from_db()
    assert row.file.state == FileState.DELETED
    assert "file.deleted" in deeds_of(row)


@pytest.mark.parametrize("act", ["cancel", "retry", "delete"])
@pytest.mark.parametrize("role", ["viewer", "auditor"])
def test_who_exports_nothing_is_asked_nothing(mine, role, act):
    row = job(mine)
    client = at_admin(role, mine)

    shown = client.get(page(ExportJob, "change", row.pk)).content.decode()
    answers = [client.get(ask(row, act)), client.post(ask(row, act))]

    row.refresh_from_db()
    assert [answer.status_code for answer in answers] == [403, 403]
    assert ask(row, act) not in shown
    assert row.status == JobStatus.PENDING


@pytest.mark.parametrize("act", ["cancel", "retry", "delete", "nonsense"])
def test_foreign_export_is_as_if_it_were_not_there(mine, act):
    row = job(make.business("business_theirs"))

    answer = at_admin("manager", mine).post(ask(row, act))

    row.refresh_from_db()
    assert answer.headers["Location"] == page(ExportJob, "changelist")
    assert (said(answer), row.status) == (["There is no such export."], "pending")


def test_what_no_longer_fits_is_told(mine):
    row = ended(job(mine), JobStatus.CANCELLED)

    answer = at_admin("operator", mine).post(ask(row, "cancel"))

    assert said(answer) == ["The export has moved on: that is not possible."]


def test_run_again_is_refused_to_who_sees_less_than_the_export_holds(mine):
    row = ended(job(mine, columns=["notes"]), JobStatus.CANCELLED)

    answer = at_admin("operator", mine).post(ask(row, "retry"))

    [told] = said(answer)
    assert "notes" in told
    assert ExportJob.objects.count() == 1


def test_refusal_is_told_in_its_own_words(mine):
    row = ended(job(mine), JobStatus.FAILED)
    ExportJob.objects.filter(pk=row.pk).update(spec=row.spec | {"columns": ["gone"]})

    answer = at_admin("manager", mine).post(ask(row, "retry"))

    [told] = said(answer)
    assert "gone" in told
    assert ExportJob.objects.count() == 1

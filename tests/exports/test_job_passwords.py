"""A job's password is wrapped while it lives, and gone however it ends."""

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.core import serializers
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from customers.models import AuditEvent
from exports import claims, jobs, passwords, runs
from exports.errors import ExportError, Invalid, LeaseLost
from exports.models import ExportFile, ExportJob, Mode
from exports.pipeline.sinks.storage import open_storage
from exports.states import FINAL, JobStatus
from tests import make
from tests.exports.jobs_made import claimed, ended, job
from tests.exports.pipeline import unlocking
from tests.exports.pipeline.unlocking import PASSWORD

BOTH = ["default", "snapshot"]
pytestmark = [
    pytest.mark.django_db(transaction=True, databases=BOTH),
    pytest.mark.usefixtures("root"),
]


@pytest.fixture
def waiting():
    return job(password=PASSWORD)


def wrapped(of):
    """As the table has it."""
    return ExportJob.objects.values_list("wrapped_password", flat=True).get(pk=of.pk)


def everything():
    """Every row of what knows of exports, as text."""
    rows = [*ExportJob.objects.all(), *ExportFile.objects.all()]
    return serializers.serialize("json", [*rows, *AuditEvent.objects.all()])


def test_password_is_kept_wrapped_while_the_job_lives(waiting):
    assert waiting.is_encrypted
    assert wrapped(waiting) not in {"", PASSWORD}
    assert passwords.of(waiting) == PASSWORD
    assert PASSWORD not in everything()
    assert "password" not in waiting.spec


def test_job_without_a_password_keeps_none():
    made = job()

    assert (made.is_encrypted, wrapped(made), passwords.of(made)) == (
        *(False, "", None),
    )


def test_wrapped_password_is_of_its_job_alone(waiting):
    other = job(waiting.business, password="another-one-9")
    other.wrapped_password = waiting.wrapped_password

    with pytest.raises(ExportError, match="can no longer be read"):
        passwords.of(other)


def test_completed_job_has_forgotten_it_and_made_a_protected_file(waiting):
    make.verification(waiting.business)

    runs.work("interactive", worker="test")

    file = ExportFile.objects.get()
    stored = open_storage().open(file.key)
    with stored:
        [(name, content)] = unlocking.members(stored.read()).items()
    assert (name, content.count(b"\r\n")) == ("verifications.csv", 2)
    assert (file.content_type, file.name[-8:]) == ("application/zip", ".csv.zip")
    assert file.manifest["encryption"] == {
        "method": "WinZip AE-2",
        "algorithm": "AES-256",
    }
    assert wrapped(waiting) == ""
    assert PASSWORD not in everything()


def test_failed_job_has_forgotten_it(waiting, settings):
    settings.EXPORTS = settings.EXPORTS | {"JOB_MAX_SIZE_CSV": 1}
    make.verification(waiting.business)

    runs.work("interactive", worker="test")

    waiting.refresh_from_db()
    assert (waiting.status, waiting.wrapped_password) == ("failed", "")
    assert PASSWORD not in everything()


def test_broken_job_has_forgotten_it(waiting, monkeypatch):
    def broken(_):
        raise OSError(PASSWORD)

    monkeypatch.setattr(runs, "plan_of", broken)

    runs.work("interactive", worker="test")

    waiting.refresh_from_db()
    assert (waiting.status, waiting.wrapped_password) == ("failed", "")
    assert PASSWORD not in everything()


def test_job_cancelled_while_it_waited_has_forgotten_it(waiting):
    jobs.cancel(waiting, actor=make.SYSTEM, now=timezone.now())

    assert (waiting.status, wrapped(waiting)) == ("cancelled", "")


@pytest.mark.parametrize("attempt", [1, 3])
@pytest.mark.parametrize("cancel", [True, False])
def test_reaped_job_keeps_it_for_another_attempt_only(waiting, attempt, cancel):
    claimed(waiting, seconds=-60, attempt=attempt, cancel_requested=cancel)

    claims.reap(now=timezone.now())

    waiting.refresh_from_db()
    is_over = cancel or attempt == 3
    assert (waiting.status in FINAL, wrapped(waiting) == "") == (is_over, is_over)


def test_export_whose_process_died_before_it_began_has_forgotten_it():
    made = job(password=PASSWORD, mode=Mode.IMMEDIATE)
    ExportJob.objects.update(created_at=timezone.now() - timedelta(hours=1))

    claims.reap(now=timezone.now())

    made.refresh_from_db()
    assert (made.status, wrapped(made)) == ("failed", "")


def test_stream_that_is_left_has_forgotten_it():
    made = job(password=PASSWORD, mode=Mode.COMMAND)
    chunks = runs.stream(made, worker="test")

    next(chunks)
    kept = wrapped(made)
    chunks.close()

    assert kept != ""
    assert (made.status, wrapped(made)) == ("cancelled", "")


def test_who_lost_the_job_takes_no_password_away(waiting):
    old = ExportJob.objects.get(pk=waiting.pk)
    claimed(waiting)

    with pytest.raises(LeaseLost):
        jobs.move(old, JobStatus.CANCELLED, actor=make.SYSTEM, now=timezone.now())

    assert wrapped(waiting) == waiting.wrapped_password


@pytest.mark.parametrize(
    "changes",
    [
        {"wrapped_password": ""},
        {"is_encrypted": False},
        {"status": "cancelled", "completed_at": timezone.now()},
    ],
)
def test_database_refuses_a_password_that_does_not_fit_the_state(waiting, changes):
    with pytest.raises(IntegrityError), transaction.atomic():
        ExportJob.objects.filter(pk=waiting.pk).update(**changes)


def test_job_whose_password_cannot_be_opened_makes_no_file(waiting, settings):
    settings.SECRETS_KEYS = [Fernet.generate_key().decode()]

    runs.work("interactive", worker="test")

    waiting.refresh_from_db()
    assert waiting.status == "failed"
    assert waiting.error_message == "a kept secret can no longer be read: give it again"
    assert ExportFile.objects.count() == 0


def test_retry_is_given_the_password_again(waiting):
    old = ended(waiting, JobStatus.FAILED)

    again = jobs.retry(
        old, actor=make.SYSTEM, now=timezone.now(), password="another-one-9"
    )

    assert (again.is_encrypted, passwords.of(again)) == (True, "another-one-9")
    assert again.spec == old.spec


@pytest.mark.parametrize(
    ("had", "given", "message"),
    [
        (PASSWORD, None, "password is required"),
        (None, PASSWORD, "password is not taken here"),
        (PASSWORD, "short", "password must have 8 to 99 characters"),
        (PASSWORD, 12345678, "password must be a text"),
    ],
)
def test_retry_refuses_what_does_not_fit_the_old_job(had, given, message):
    old = ended(job(password=had), JobStatus.CANCELLED)

    with pytest.raises(Invalid, match=message):
        jobs.retry(old, actor=make.SYSTEM, now=timezone.now(), password=given)

    assert ExportJob.objects.count() == 1


def test_password_is_in_no_statement_that_is_sent_to_the_database():
    said = []

    def told(execute, sql, params, many, context):
        said.append(f"{sql} {params}")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(told):
        made = job(password=PASSWORD)
        runs.work("interactive", worker="test")

    made.refresh_from_db()
    assert made.status == "completed"
    assert [line for line in said if PASSWORD in line] == []

"""What is to be told is written with the deed, for those whom it concerns."""

import pytest
from django.db import transaction
from django.utils import timezone

from exports import batches, files, jobs, outbox, runs
from exports.errors import ExportError, LeaseLost
from exports.models import Delivery, ExportJob, Mode
from exports.states import Event, JobStatus
from tests import make
from tests.exports.delivery.conftest import woken
from tests.exports.jobs_made import claimed, job
from tests.exports.webhooks_made import told, webhook

__all__ = ["woken"]
pytestmark = pytest.mark.django_db
MAIL = {"email": ["ops@example.com"]}


@pytest.fixture(autouse=True)
def theirs():
    """Whose endpoint must hear nothing."""
    business = make.business("business_theirs")
    webhook(business)
    yield business
    assert told(business) == []


def end(of: ExportJob, to: JobStatus) -> ExportJob:
    fields = {"rows_expected": 0} if to is JobStatus.COMPLETED else {}
    error = ExportError("broke") if to is JobStatus.FAILED else None
    jobs.move(
        claimed(of), to, actor=make.SYSTEM, now=timezone.now(), error=error, **fields
    )
    return of


@pytest.mark.parametrize(
    "status", [JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED]
)
def test_end_of_a_job_is_told(mine, status):
    hook, _ = webhook(mine)

    made = end(job(mine), status)

    [delivery] = Delivery.objects.all()
    assert (delivery.event, delivery.target) == (f"export.{status}", str(hook.pk))
    assert delivery.payload == {
        "type": f"export.{status}",
        "timestamp": made.completed_at.isoformat(timespec="microseconds"),
        "data": {
            "business_id": "business_mine",
            "export_id": made.export_id,
            "job_id": made.job_id,
            "batch_id": None,
            "type": "verifications",
            "format": "csv",
            "status": status,
            "error_code": "EXPORT_ERROR" if status is JobStatus.FAILED else None,
        },
    }


def test_run_that_is_taken_up_again_is_no_end(mine):
    webhook(mine)

    jobs.move(
        claimed(job(mine)), JobStatus.PENDING, actor=make.SYSTEM, now=timezone.now()
    )

    assert told(mine) == []


def test_endpoint_hears_what_it_listens_to(mine):
    webhook(mine, events=["export.failed"])
    other, _ = webhook(mine, events=["export.completed", "export.expired"])

    end(job(mine), JobStatus.COMPLETED)

    assert told(mine) == [("export.completed", str(other.pk))]


def test_endpoints_are_told_of_the_same_event(mine):
    webhook(mine)
    webhook(mine)

    end(job(mine), JobStatus.COMPLETED)

    ids = Delivery.objects.values_list("event_id", flat=True)
    assert (len(ids), len(set(ids))) == (2, 1)


def test_end_that_is_rolled_back_is_told_to_nobody(
    mine, woken, django_capture_on_commit_callbacks
):
    webhook(mine)
    running = job(mine)

    with (
        django_capture_on_commit_callbacks(execute=True),
        pytest.raises(RuntimeError, match="after the move"),
    ):
        end_and_break(running)

    assert (told(mine), woken) == ([], [])


def end_and_break(of: ExportJob) -> None:
    with transaction.atomic():
        end(of, JobStatus.CANCELLED)
        raise RuntimeError("after the move")


def test_end_that_was_lost_is_told_to_nobody(mine):
    webhook(mine)
    running = claimed(job(mine))
    mine_then = ExportJob.objects.get(pk=running.pk)
    claimed(running)

    with pytest.raises(LeaseLost):
        jobs.move(mine_then, JobStatus.CANCELLED, actor=make.SYSTEM, now=timezone.now())

    assert told(mine) == []


def test_workers_hear_of_it_after_the_commit(
    mine, woken, django_capture_on_commit_callbacks
):
    webhook(mine)
    running = claimed(job(mine))

    with django_capture_on_commit_callbacks() as later:
        jobs.move(running, JobStatus.CANCELLED, actor=make.SYSTEM, now=timezone.now())
        assert woken == []
    for each in later:
        each()

    assert woken == ["deliveries"]


def test_receivers_of_mail_are_told_in_their_language(mine):
    receivers = ["ops@example.com", {"address": "a@example.com", "language": "de"}]
    made = job(mine, notify={"email": receivers})

    end(made, JobStatus.FAILED)

    rows = Delivery.objects.order_by("id")
    assert list(rows.values_list("channel", "target", "language", "payload")) == [
        ("email", "ops@example.com", "en", {"job": str(made.pk)}),
        ("email", "a@example.com", "de", {"job": str(made.pk)}),
    ]


@pytest.mark.parametrize("mode", [Mode.IMMEDIATE, Mode.BACKGROUND])
def test_immediate_exports_are_told_too(mine, mode):
    webhook(mine)
    made = end(job(mine, mode=mode, notify=MAIL), JobStatus.COMPLETED)

    shown = made.job_id if mode is Mode.BACKGROUND else None
    assert told(mine)[1:] == [("export.completed", "ops@example.com")]
    [hook] = Delivery.objects.filter(channel="webhook")
    assert hook.payload["data"]["job_id"] == shown


def test_what_an_operator_runs_is_told_to_nobody(mine):
    webhook(mine)

    end(job(mine, mode=Mode.COMMAND, notify=MAIL), JobStatus.COMPLETED)

    assert told(mine) == []


def batch(of) -> list[ExportJob]:
    spec = {"export_type": "verifications", "format": "csv"}
    wanted = {"business_id": of.id, "exports": [spec, spec]}
    made = batches.request_batch(wanted, actor=make.SYSTEM, now=timezone.now())
    return list(made.jobs)


@pytest.mark.parametrize(
    ("ends", "status"),
    [
        ((JobStatus.COMPLETED, JobStatus.COMPLETED), "completed"),
        ((JobStatus.COMPLETED, JobStatus.FAILED), "partly_failed"),
        ((JobStatus.FAILED, JobStatus.FAILED), "failed"),
        ((JobStatus.CANCELLED, JobStatus.CANCELLED), "cancelled"),
    ],
)
def test_end_of_a_batch_is_told_with_its_last_job(mine, ends, status):
    webhook(mine, events=["batch.completed"])
    first, second = batch(mine)

    end(first, ends[0])
    assert told(mine) == []
    end(second, ends[1])

    [delivery] = Delivery.objects.all()
    assert delivery.payload["data"] == {
        "business_id": "business_mine",
        "batch_id": first.batch.batch_id,
        "status": status,
    }


def test_disabled_endpoint_is_told_nothing(mine):
    hook, _ = webhook(mine)
    hook.status, hook.disabled_for = "disabled", "by hand"
    hook.save()

    end(job(mine), JobStatus.COMPLETED)

    assert told(mine) == []


def test_what_waits_without_a_message_gets_one(mine, woken):
    webhook(mine)
    end(job(mine), JobStatus.COMPLETED)
    woken.clear()

    assert outbox.rewake(now=timezone.now())
    assert woken == ["deliveries"]


def test_nothing_that_waits_gets_no_message(woken):
    assert not outbox.rewake(now=timezone.now())
    assert woken == []


def test_event_of_another_app_reaches_endpoints_and_mail(mine):
    hook, _ = webhook(mine)
    data = {"schedule_id": "sch_1", "name": "Nightly", "reason": "it failed 5 times"}

    with transaction.atomic():
        event, now = Event.SCHEDULE_PAUSED, timezone.now()
        outbox.publish(event, business_id=mine.id, data=data, now=now)
        receivers = [outbox.Receiver("owner@example.com", "de")]
        outbox.mail(event, business_id=mine.id, receivers=receivers, data=data, now=now)

    assert told(mine) == [
        ("schedule.paused", str(hook.pk)),
        ("schedule.paused", "owner@example.com"),
    ]


@pytest.mark.django_db(transaction=True, databases=["default", "snapshot"])
def test_expiry_of_a_file_is_told(mine, settings, tmp_path):
    settings.EXPORT_STORAGE_URL = tmp_path.as_uri()
    webhook(mine, events=["export.expired"])
    from_then = timezone.now()
    settings.EXPORTS = settings.EXPORTS | {"FILE_TTL_SECONDS": 0}
    made = job(mine)
    runs.work(made.queue, worker="test")

    files.expire(now=timezone.now())
    files.expire(now=timezone.now())

    [delivery] = Delivery.objects.all()
    assert delivery.event == "export.expired"
    assert delivery.payload["data"]["export_id"] == made.export_id
    assert delivery.created_at > from_then

"""A real mail server is given what a receiver should read, and not too often."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import AuditEvent
from exports import files, jobs, outbox, runs
from exports.delivery import deliveries
from exports.errors import ExportError
from exports.models import Attempt, Delivery
from exports.outbox import Receiver
from exports.states import Event, JobStatus
from tests import make
from tests.exports.delivery.mailing import part, subject_of
from tests.exports.jobs_made import claimed, job
from tests.exports.views.asking import BOTH

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=BOTH),
    pytest.mark.usefixtures("woken"),
]


@pytest.fixture
def mine():
    return make.business(
        "business_mine", name="Müller & Söhne", time_zone="Europe/Berlin"
    )


@pytest.fixture(autouse=True)
def _stored(settings, tmp_path):
    settings.EXPORT_STORAGE_URL = tmp_path.as_uri()


def completed(of, *receivers):
    make.verification(of)
    made = job(of, notify={"email": list(receivers)})
    runs.work(made.queue, worker="test")
    made.refresh_from_db()
    return made


def failed(of, *receivers):
    made = claimed(job(of, notify={"email": list(receivers)}))
    error = ExportError("the storage <is> full")
    now = timezone.now()
    jobs.move(made, JobStatus.FAILED, actor=make.SYSTEM, now=now, error=error)
    return made


def test_mail_has_a_signed_link_and_no_data(mine, mail_server):
    made = completed(mine, "ops@example.com")

    deliveries.deliver_due()

    [mail] = mail_server.mails
    link = files.link(made.file, reader=make.SYSTEM)
    text, html = part(mail, "plain"), part(mail, "html")
    assert mail["To"] == "ops@example.com"
    assert subject_of(mail) == "Export verifications (csv) is ready – Müller & Söhne"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert (link in text, link.replace("&", "&amp;") in html) == (True, True)
    assert ("1 row, " in text, "Europe/Berlin" in text) == (True, True)
    assert "Müller &amp; Söhne" in html
    stored = (deliveries.Delivery.objects.get().payload, "Rosa Meier" in text + html)
    assert stored == ({"job": str(made.pk)}, False)


def test_mail_is_in_the_language_of_its_receiver(mine, mail_server):
    completed(mine, {"address": "ops@example.com", "language": "de"})

    deliveries.deliver_due()

    [mail] = mail_server.mails
    assert subject_of(mail) == "Export verifications (csv) ist fertig – Müller & Söhne"
    assert mail["Content-Language"] == "de"
    assert 'lang="de"' in part(mail, "html")
    assert "1 Zeile, " in part(mail, "plain")
    assert "Der Link gilt bis" in part(mail, "plain")
    assert "weil Ihre Adresse für Exporte" in part(mail, "plain")


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("en", "Export verifications (csv) has failed"),
        ("de", "Export verifications (csv) ist fehlgeschlagen"),
    ],
)
def test_mail_of_a_failure_says_why(mine, mail_server, language, subject):
    made = failed(mine, {"address": "ops@example.com", "language": language})

    deliveries.deliver_due()

    [mail] = mail_server.mails
    assert subject_of(mail).startswith(subject)
    assert f"the storage <is> full (EXPORT_ERROR, {made.job_id})" in part(mail, "plain")
    assert "the storage &lt;is&gt; full" in part(mail, "html")


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Export verifications (csv) was cancelled"),
        ("de", "Export verifications (csv) wurde abgebrochen"),
    ],
)
def test_mail_of_a_cancelled_job_has_no_link(mine, mail_server, language, told):
    receiver = {"address": "ops@example.com", "language": language}
    made = job(mine, notify={"email": [receiver]})
    jobs.cancel(made, actor=make.SYSTEM, now=timezone.now())

    deliveries.deliver_due()

    assert subject_of(mail_server.mails[0]).startswith(told)
    assert "http" not in mail_server.texts()[0]


def test_file_that_is_gone_has_no_link(mine, mail_server):
    made = completed(mine, "ops@example.com")
    files.delete(made.file, actor=make.SYSTEM)

    deliveries.deliver_due()

    assert "http" not in mail_server.texts()[0]
    assert "run the export again" in mail_server.texts()[0]


def test_second_mail_waits_and_gathers_what_comes_meanwhile(mine, mail_server):
    other = make.business("business_other")
    failed(mine, "ops@example.com")
    began = timezone.now()
    deliveries.deliver_due()
    for _ in range(3):
        failed(mine, "ops@example.com")
    failed(other, "ops@example.com")
    failed(mine, "else@example.com")

    deliveries.deliver_due()
    assert [mail["To"] for mail in mail_server.mails[1:]] == [
        "ops@example.com",
        "else@example.com",
    ]
    assert "business_other" in subject_of(mail_server.mails[1])
    waiting = Delivery.objects.pending()
    soonest = min(each.due_at for each in waiting) - timedelta(seconds=300)
    assert began <= soonest <= timezone.now()
    an_age_ago = timezone.now() - timedelta(seconds=301)
    Delivery.objects.exclude(ended_at=None).update(ended_at=an_age_ago)
    waiting.update(due_at=timezone.now())

    deliveries.deliver_due()

    digest = mail_server.mails[-1]
    assert len(mail_server.mails) == 4
    assert subject_of(digest) == "3 messages about exports – Müller & Söhne"
    assert part(digest, "plain").count("has failed") == 3
    assert not Delivery.objects.pending().exists()


def test_digest_is_in_german_too(mine, mail_server):
    for _ in range(2):
        failed(mine, {"address": "ops@example.com", "language": "de"})

    deliveries.deliver_due()

    assert subject_of(mail_server.mails[0]).startswith("2 Nachrichten über Exporte")


@pytest.mark.parametrize(
    ("refusal", "state"),
    [("550 no such mailbox", "failed"), ("451 later", "pending")],
)
def test_refusal_is_final_when_the_server_says_so(mine, mail_server, refusal, state):
    mail_server.refusals["ops@example.com"] = refusal
    failed(mine, "ops@example.com")

    deliveries.deliver_due()

    assert Delivery.objects.get().state == state
    assert Attempt.objects.get().error == f"the mail server answered {refusal[:3]}"


def test_mail_server_that_is_away_is_tried_again(mine, mail_server, settings):
    failed(mine, "ops@example.com")
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    deliveries.deliver_due()
    settings.EMAIL_PORT = port
    Delivery.objects.update(due_at=timezone.now())

    deliveries.deliver_due()

    told = list(Attempt.objects.values_list("error", flat=True))
    assert told == ["the mail server broke off: ConnectionRefusedError", ""]
    assert len(mail_server.mails) == 1


def test_mail_is_audited(mine, mail_server):
    made = failed(mine, "ops@example.com")

    deliveries.deliver_due()

    event = AuditEvent.objects.get(action="mail.sent")
    assert (event.business_id, event.details) == (
        "business_mine",
        {"to": "ops@example.com", "event": "export.failed", "job": str(made.pk)},
    )


@pytest.mark.parametrize(
    ("language", "subject", "note"),
    [
        ("en", "The webhook whk_1 was disabled", "the receiver says that it is gone"),
        ("de", "Der Webhook whk_1 wurde abgeschaltet", "der Empfänger meldet, dass"),
    ],
)
def test_owner_of_a_webhook_reads_why_it_was_disabled(
    mine, mail_server, language, subject, note
):
    outbox.mail(
        Event.DISABLED,
        business_id=mine.id,
        receivers=[Receiver("owner@example.com", language)],
        data={
            "webhook_id": "whk_1",
            "reason": "the receiver says that it is gone (410)",
        },
        now=timezone.now(),
    )

    deliveries.deliver_due()

    assert subject_of(mail_server.mails[0]).startswith(subject)
    assert note in mail_server.texts()[0]


@pytest.mark.parametrize(
    ("language", "subject", "reason"),
    [
        (
            "en",
            "The schedule Nightly was paused",
            "5 runs in a row have failed.",
        ),
        (
            "de",
            "Der Zeitplan Nightly wurde angehalten",
            "5 Läufe hintereinander sind fehlgeschlagen.",
        ),
    ],
)
def test_owner_of_a_schedule_reads_why_it_was_paused(
    mine, mail_server, language, subject, reason
):
    outbox.mail(
        Event.SCHEDULE_PAUSED,
        business_id=mine.id,
        receivers=[Receiver("owner@example.com", language)],
        data={"schedule_id": "sch_1", "name": "Nightly", "failures": 5},
        now=timezone.now(),
    )

    deliveries.deliver_due()

    assert subject_of(mail_server.mails[0]).startswith(subject)
    assert reason in mail_server.texts()[0]


def test_name_of_a_business_writes_no_header(mail_server):
    mine = make.business("business_odd", name="A\r\nBcc: x@example.com")
    failed(mine, "ops@example.com")

    deliveries.deliver_due()

    assert mail_server.mails[0]["Bcc"] is None
    assert subject_of(mail_server.mails[0]).endswith("– A Bcc: x@example.com")

"""Nobody learns from a missing file that it was not brought, and never will be."""

import pytest
from django.utils import timezone

from customers.authentication import actor_for_user
from customers.models import AuditEvent, Membership
from exports import jobs, outbox, runs, webhooks
from exports.delivery import deliveries
from exports.models import Delivery, Mode
from exports.outbox import Receiver
from exports.states import Event
from tests import make
from tests.exports.delivery.mailing import subject_of
from tests.exports.destinations_made import destination, make_due, server_body
from tests.exports.stored import mine_and_another, storage
from tests.exports.views.asking import BOTH
from tests.exports.webhooks_made import webhook
from tests.services.processes import free_port

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=BOTH),
    pytest.mark.usefixtures("development", "woken"),
]
NAMED = {"address": "ops@example.com", "language": "de"}


@pytest.fixture
def mine(settings, tmp_path):
    storage(settings, tmp_path)
    settings.EXPORTS = settings.EXPORTS | {"DELIVERY_RETRY_SECONDS": "1"}
    made = mine_and_another()
    listening(make.business("business_other"), "theirs@example.com")
    return made


def listening(of, contact):
    """A webhook that is not told of exports."""
    return webhook(of, events=["schedule.paused"], contact=contact)[0]


@pytest.fixture
def nowhere(mine):
    """A server that nobody is at."""
    return destination(server_body(mine, host="127.0.0.1", port=free_port()))


def export(of, to, *, actor=make.SYSTEM, **spec) -> None:
    """One whose file waits for the destination."""
    wanted = {"business_id": of.id, "export_type": "verifications", "format": "csv"}
    wanted |= {"destinations": [to.destination_id]} | spec
    now = timezone.now()
    made = jobs.request_export(wanted, actor=actor, now=now, mode=Mode.BACKGROUND)
    runs.work(made.queue, worker="test")
    Delivery.objects.filter(event=Event.COMPLETED, channel="email").delete()


def give_up() -> None:
    for _ in range(2):
        make_due()
        deliveries.deliver_due()


def told() -> list[tuple[str, str]]:
    """Who, and in which language."""
    mails = Delivery.objects.filter(event=Event.UNDELIVERED).order_by("target")
    return list(mails.values_list("target", "language"))


def test_those_whom_the_export_names_are_told(mine, nowhere):
    listening(mine, "hooks@example.com")
    export(mine, nowhere, notify={"email": [NAMED, "else@example.com"]})

    make_due()
    deliveries.deliver_due()
    before = told()
    give_up()

    assert before == []
    assert told() == [("else@example.com", "en"), ("ops@example.com", "de")]
    brought = Delivery.objects.get(channel="sftp")
    mail = Delivery.objects.filter(event=Event.UNDELIVERED).first()
    assert (brought.state, mail.business_id) == ("failed", "business_mine")
    assert mail.payload == {
        "type": "verifications",
        "format": "csv",
        "job": brought.payload["job"],
        "destination": "Drop",
        "delivery_id": brought.delivery_id,
        "error": "the connection was refused",
        "attempts": 2,
    }
    assert AuditEvent.objects.filter(action="destination.failed").count() == 1


def test_account_that_asked_for_it_is_told_once(mine, nowhere):
    owner = make.staff(of=mine)
    actor = actor_for_user(owner)
    export(mine, nowhere, actor=actor, notify={"email": [owner.email]})
    export(mine, nowhere, actor=actor)

    for _ in range(2):
        give_up()

    assert told() == [(owner.email, "en")] * 2


@pytest.mark.parametrize("loss", ["left", "moved"])
def test_account_that_may_no_longer_know_is_not_told(mine, nowhere, loss):
    owner = make.staff(of=mine)
    export(mine, nowhere, actor=actor_for_user(owner))
    if loss == "moved":
        Membership.objects.update(business=make.business("business_other"))
    else:
        type(owner).objects.update(is_active=False)

    give_up()

    assert told() == []


def test_contacts_of_webhooks_are_told_when_nobody_is_named(mine, nowhere):
    for contact in ("hooks@example.com", "hooks@example.com", None):
        listening(mine, contact)
    closed = listening(mine, "closed@example.com")
    webhooks.change(closed, {"status": "disabled"}, actor=make.SYSTEM, now=make.NOW)
    export(mine, nowhere)

    give_up()

    assert told() == [("hooks@example.com", "en")]


def test_nobody_is_told_where_no_mail_is_set_up(mine, nowhere, settings):
    settings.MAIL_IS_SET_UP = False
    listening(mine, "hooks@example.com")
    export(mine, nowhere)

    give_up()

    assert (told(), Delivery.objects.get(channel="sftp").state) == ([], "failed")


NOT_BROUGHT = {
    "type": "verifications",
    "format": "csv",
    "destination": "Drop",
    "error": "the connection was refused",
    "delivery_id": "dlv_1",
    "attempts": 2,
}
NO_JOB = {"name": "Nightly", "reason": "it <broke>", "code": "FORBIDDEN"}


@pytest.mark.parametrize(
    ("event", "language", "subject", "note"),
    [
        (
            Event.UNDELIVERED,
            "en",
            "Export verifications (csv) was not brought to Drop",
            "2 attempts have failed, and there will be no other: the connection was",
        ),
        (
            Event.UNDELIVERED,
            "de",
            "Export verifications (csv) wurde nicht zu Drop gebracht",
            "2 Versuche sind fehlgeschlagen, und es folgt keiner mehr: die Verbindung",
        ),
        (
            Event.RUN_FAILED,
            "en",
            "A run of the schedule Nightly has failed",
            "it <broke> (FORBIDDEN, sch_1)",
        ),
        (
            Event.RUN_FAILED,
            "de",
            "Ein Lauf des Zeitplans Nightly ist fehlgeschlagen",
            "it <broke> (FORBIDDEN, sch_1)",
        ),
    ],
)
def test_mail_says_why_in_the_language_of_its_receiver(
    mine, mail_server, event, language, subject, note
):
    outbox.mail(
        event,
        business_id=mine.id,
        receivers=[Receiver("ops@example.com", language)],
        data=NOT_BROUGHT | NO_JOB | {"schedule_id": "sch_1"},
        now=timezone.now(),
    )

    deliveries.deliver_due()

    text = mail_server.texts()[0]
    assert subject_of(mail_server.mails[0]).startswith(subject)
    assert (text.count(note), "http" in text) == (1, False)

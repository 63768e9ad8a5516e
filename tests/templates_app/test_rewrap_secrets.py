"""After the key of secrets was changed, everything kept is of use under the new one."""

from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import CommandError, call_command

from customers.models import AuditEvent
from exports import credentials, passwords, webhooks
from exports.models import Destination, ExportJob, Webhook
from templates_app import launching
from templates_app.management.commands.rewrap_secrets import KEPT
from templates_app.models import Schedule
from tests import make
from tests.exports.destinations_made import SECRET, bucket_body, destination
from tests.exports.jobs_made import job
from tests.exports.webhooks_made import secret_of, webhook
from tests.templates_app.schedules_made import schedule

pytestmark = pytest.mark.django_db
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
PASSWORD = "correct horse battery"


@pytest.fixture
def mine(settings):
    settings.SECRETS_KEYS = [OLD]
    return make.business("business_mine")


def rewrapped() -> list[str]:
    told = StringIO()
    call_command("rewrap_secrets", stdout=told)
    return told.getvalue().splitlines()


def test_old_key_can_be_dropped_and_every_secret_is_still_of_use(mine, settings):
    hook, first = webhook(mine)
    hook, second = webhooks.rotate(hook, actor=make.SYSTEM, now=make.NOW)
    destination(bucket_body(mine))
    schedule(mine, password=PASSWORD)
    job(mine, password=PASSWORD)
    job(mine)

    settings.SECRETS_KEYS = [NEW, OLD]
    lines = rewrapped()
    settings.SECRETS_KEYS = [NEW]

    hook = Webhook.objects.get()
    assert secret_of(hook) == second
    hook.wrapped_secret = hook.wrapped_old_secret
    assert secret_of(hook) == first
    assert credentials.of(Destination.objects.get())["secret_access_key"] == SECRET
    assert launching._password(Schedule.objects.get()) == PASSWORD  # noqa: SLF001 -- as a run gets it
    kept = ExportJob.objects.exclude(wrapped_password="")
    assert [passwords.of(each) for each in kept] == [PASSWORD]
    assert lines == [
        "exports_webhook.wrapped_secret: 1 kept, 1 wrapped anew",
        "exports_webhook.wrapped_old_secret: 1 kept, 1 wrapped anew",
        "exports_destination.wrapped_credentials: 1 kept, 1 wrapped anew",
        "templates_app_schedule.wrapped_password: 1 kept, 1 wrapped anew",
        "exports_exportjob.wrapped_password: 1 kept, 1 wrapped anew",
    ]


def test_second_time_nothing_is_left_to_do(mine, settings):
    webhook(mine)
    settings.SECRETS_KEYS = [NEW, OLD]
    rewrapped()

    kept = Webhook.objects.values_list("wrapped_secret", flat=True).get()
    again = rewrapped()

    assert again[0] == "exports_webhook.wrapped_secret: 1 kept, 0 wrapped anew"
    assert Webhook.objects.values_list("wrapped_secret", flat=True).get() == kept


def test_what_no_key_opens_is_named_and_left_as_it_is(mine, settings):
    lost = webhook(mine)[0]
    settings.SECRETS_KEYS = [NEW]
    kept = destination(bucket_body(mine))
    kept_before = Webhook.objects.values_list("wrapped_secret", flat=True).get()

    with pytest.raises(CommandError, match=f"webhook {lost.pk}"):
        rewrapped()

    assert Webhook.objects.values_list("wrapped_secret", flat=True).get() == kept_before
    assert credentials.of(Destination.objects.get(pk=kept.pk))
    event = AuditEvent.objects.get(action="secrets.rewrapped")
    assert (event.outcome, event.business_id) == ("failed", None)
    assert event.details == {"lost": [f"webhook {lost.pk}"]}


def test_every_column_that_keeps_a_wrapped_secret_is_known():
    columns = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if "wrapped" in field.name
    }

    assert {(model, column) for _, model, column in KEPT} == columns

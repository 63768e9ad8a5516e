"""A file that was not brought to its destination, for good: who is told of it."""

from collections.abc import Iterator
from datetime import datetime
from typing import cast

from django.conf import settings

from customers.authentication import actor_for_user
from customers.models import User
from exports import outbox
from exports.conf import knob
from exports.models import Delivery, Destination, ExportJob, Webhook
from exports.outbox import Receiver
from exports.states import Event


def tell(delivery: Delivery, *, error: str, now: datetime) -> None:
    """To be called in the transaction that gives it up.

    The export itself has ended well: no event of a webhook says otherwise.
    """
    jobs = ExportJob.objects.for_business(delivery.business_id)
    job = jobs.filter(pk=delivery.payload["job"]).first()
    if job is None or not settings.MAIL_IS_SET_UP:
        return
    told = {"type": job.export_type, "format": job.format, "job": str(job.pk)}
    told |= {"destination": cast("Destination", delivery.destination).name}
    told |= {"delivery_id": delivery.delivery_id, "error": error}
    outbox.mail(
        Event.UNDELIVERED,
        business_id=delivery.business_id,
        receivers=_receivers(job),
        data=told | {"attempts": delivery.tries},
        now=now,
    )


def _receivers(job: ExportJob) -> list[Receiver]:
    """Each address once: whom the export names, and whose it is.

    A key that names nobody has no address; then those who are told of its webhooks are.
    """
    found = [Receiver(**each) for each in outbox.receivers_of(job)]
    others = list(_account(job))
    if not found and not others:
        others = list(_contacts(job.business_id))
    language = str(knob("MAIL_LANGUAGE"))
    found += [Receiver(address, language) for address in others]
    # What is named first has its own language.
    return list({each.address.lower(): each for each in reversed(found)}.values())


def _account(job: ExportJob) -> Iterator[str]:
    """Of a member of staff who asked for it, or has the schedule that did."""
    if job.actor_kind != "staff":
        return
    user = User.objects.filter(pk=job.actor_id, is_active=True, is_staff=True).first()
    if user is not None and user.email and actor_for_user(user).grant(job.business_id):
        yield user.email


def _contacts(business_id: str) -> Iterator[str]:
    active = Webhook.objects.for_business(business_id).active().exclude(contact="")
    yield from active.order_by("contact").values_list("contact", flat=True).distinct()

"""Destinations are made, changed, tested and deleted here: checked and audited."""

from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any, Final

from django.db import transaction

from customers import audit, ids
from customers.actors import Actor
from exports import credentials, outbox, policy
from exports.conf import knob
from exports.delivery import CHANNELS, naming
from exports.delivery.destination import DestinationChannel, NotSent, Parcel
from exports.destination_bodies import CHANGEABLE, NEW, changed, fields, new
from exports.errors import Conflict, ExportError
from exports.models import Delivery, Destination

SCOPE: Final = "webhooks:write"
"""Whoever may say where this service calls may say where it brings files."""
_CONTENT: Final = b"A test of an export's destination. It may be deleted.\n"


@dataclass(frozen=True, slots=True)
class Tested:
    """:ivar error: without anything secret; empty when the file arrived.

    :ivar left: it is still there: it could not be deleted.
    """

    name: str
    error: str
    left: bool
    seconds: float

    @property
    def arrived(self) -> bool:
        return not self.error


def create(body: Any, *, actor: Actor, now: datetime) -> Destination:
    """:raises ExportError: whatever is wrong with the body or the asking.

    :raises Conflict: there are as many as may be.
    """
    business_id = policy.business_of(body, actor).id
    policy.granted(actor, SCOPE, business_id)
    row, secret = new(fields(body, NEW))
    destination = Destination(
        id=ids.new_id(), business_id=business_id, created_at=now, updated_at=now, **row
    )
    credentials.keep(destination, secret)
    with policy.changing(business_id):
        own = Destination.objects.for_business(business_id)
        policy.check_room(own, "MAX_DESTINATIONS_PER_BUSINESS", of="destinations")
        destination.save(force_insert=True)
        audit.record_row(
            "destination.created",
            destination,
            actor=actor,
            kind=destination.kind,
        )
    return destination


def change(
    destination: Destination, body: Any, *, actor: Actor, now: datetime
) -> Destination:
    """What the body leaves out stays.

    :raises ExportError: whatever is wrong with the body or the asking.
    """
    values = changed(fields(body, CHANGEABLE), kind=destination.kind)
    with policy.changing_row(destination) as row:
        if not values:
            return row
        row.name, row.path = (values.get(each, getattr(row, each)) for each in _PLAIN)
        if "host_key" in values:
            row.address = row.address | {"host_key": values["host_key"]}
        if "credentials" in values:
            credentials.keep(row, values["credentials"])
        row.updated_at = now
        row.save(
            update_fields=[
                "name",
                "path",
                "address",
                "wrapped_credentials",
                "updated_at",
            ]
        )
        audit.record_row(
            "destination.changed", row, actor=actor, changed=sorted(values)
        )
    return row


_PLAIN: Final = ("name", "path")


def delete(destination: Destination, *, actor: Actor) -> None:
    """With what is on its way to it, and its log."""
    with policy.changing_row(destination) as row:
        audit.record_row("destination.deleted", row, actor=actor)
        row.delete()


def test(destination: Destination, *, actor: Actor, now: datetime) -> Tested:
    """Brings a small file there as an export would be brought, and deletes it."""
    channel = CHANNELS[destination.kind]()
    # The table holds other channels too, which bring nothing.
    if not isinstance(channel, DestinationChannel):
        raise ExportError(f"nothing is brought by {destination.kind}")
    name = naming.for_a_test(
        destination.path,
        business_id=destination.business_id,
        zone=destination.business.time_zone,
        now=now,
    )
    begun = monotonic()
    error, left = _tried(channel, destination, name)
    tested = Tested(name, error, left, monotonic() - begun)
    with transaction.atomic():
        audit.record_row(
            "destination.tested",
            destination,
            actor=actor,
            name=name,
            error=error,
        )
    return tested


def _tried(
    channel: DestinationChannel, destination: Destination, name: str
) -> tuple[str, bool]:
    """What went wrong, and whether the file is still there."""
    mark = name.rpartition("/")[2]
    parcel = Parcel(name, chunks=[_CONTENT], size=len(_CONTENT), mark=mark)
    # Somebody waits for the answer.
    seconds = 2 * float(knob("DESTINATION_TIMEOUT_SECONDS"))
    arrived = False
    try:
        with channel.reached(destination, delivery=None, seconds=seconds) as place:
            place.put(parcel)
            arrived = True
            place.remove(name)
    except (NotSent, ExportError) as error:
        # Who may write there need not be one who may delete.
        return ("", True) if arrived else (error.message, False)
    return "", False


def redeliver(delivery: Delivery, *, actor: Actor, now: datetime) -> Delivery:
    """The same file once more, under the same name.

    :raises Conflict: it is still on its way.
    """
    with transaction.atomic():
        if not outbox.send_again(delivery, now=now):
            raise Conflict("the delivery is pending: it is still on its way")
        if delivery.destination is not None:
            shown = delivery.delivery_id
            audit.record_row(
                "destination.redelivered",
                delivery.destination,
                actor=actor,
                delivery=shown,
            )
    return delivery

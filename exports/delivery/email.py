"""Mail: what became of exports, with a signed link and never the data.

What waits for one receiver of a business goes out as one mail, and the next one not
before a while has passed.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from smtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
)
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.db.models import Max
from django.template.loader import render_to_string
from django.utils import translation

from customers import audit
from customers.actors import system
from exports.conf import knob
from exports.delivery import letters
from exports.delivery.base import Channel, Outcome
from exports.models import Delivery
from exports.states import DeliveryState

_HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


class EmailChannel(Channel):
    gathers = True

    def may_go_at(self, delivery: Delivery) -> datetime | None:
        sent = Delivery.objects.to_the_same(delivery).filter(
            state=DeliveryState.DELIVERED
        )
        last: datetime | None = sent.aggregate(last=Max("ended_at"))["last"]
        pause = timedelta(seconds=knob("MAIL_DIGEST_SECONDS"))
        return None if last is None else last + pause

    def deliver(self, deliveries: Sequence[Delivery], *, now: datetime) -> Outcome:
        with translation.override(deliveries[0].language):
            letter = letters.letter(deliveries, now=now)
        try:
            _mail(letter, to=deliveries[0].target).send()
        except SMTPRecipientsRefused as error:
            [(code, _)] = error.recipients.values()
            return _refused(code)
        except SMTPAuthenticationError:
            return Outcome("the mail server did not let this service in")
        except SMTPResponseException as error:
            return _refused(error.smtp_code)
        except (OSError, SMTPException) as error:
            return Outcome(f"the mail server broke off: {type(error).__name__}")
        return Outcome()

    def settled(
        self, deliveries: Sequence[Delivery], outcome: Outcome, *, now: datetime
    ) -> None:
        for delivery in deliveries:
            if not outcome.error:
                audit.record(
                    "mail.sent",
                    actor=system("deliveries"),
                    business_id=delivery.business_id,
                    object_type="delivery",
                    object_id=delivery.delivery_id,
                    details={"to": delivery.target, "event": delivery.event}
                    | delivery.payload,
                    now=now,
                )


def _refused(code: int) -> Outcome:
    return Outcome(f"the mail server answered {code}", is_final=code >= 500)


def _mail(letter: letters.Letter, *, to: str) -> EmailMultiAlternatives:
    context: dict[str, Any] = {"letter": letter}
    mail = EmailMultiAlternatives(
        subject=letter.subject,
        body=render_to_string("exports/mail.txt", context),
        to=[to],
        headers=_HEADERS | {"Content-Language": letter.language},
    )
    mail.attach_alternative(render_to_string("exports/mail.html", context), "text/html")
    return mail

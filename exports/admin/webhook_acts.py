"""What staff do to a webhook by a button: each asks first, and is the API's deed."""

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.admin.acting import person
from exports import webhooks
from exports.admin.questions import Question
from exports.models import Delivery, Webhook
from exports.states import DeliveryState, WebhookStatus


def secret_page(request: HttpRequest, webhook: Webhook, secret: str) -> HttpResponse:
    """The one page that shows it: no copy of it is kept by a browser either."""
    told = {
        **admin.site.each_context(request),
        "opts": Webhook._meta,
        "title": _("The secret of the webhook"),
        "webhook": webhook,
        "secret": secret,
    }
    answer = TemplateResponse(request, "exports/admin/secret.html", told)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _test(webhook: Webhook, request: HttpRequest) -> None:
    webhooks.test(webhook, actor=person(request).actor, now=timezone.now())


def _rotate(webhook: Webhook, request: HttpRequest) -> HttpResponse:
    actor = person(request).actor
    rotated, secret = webhooks.rotate(webhook, actor=actor, now=timezone.now())
    return secret_page(request, rotated, secret)


def _change(webhook: Webhook, request: HttpRequest, **body: Any) -> None:
    actor = person(request).actor
    webhooks.change(webhook, body, actor=actor, now=timezone.now())


def _delete(webhook: Webhook, request: HttpRequest) -> HttpResponse:
    webhooks.delete(webhook, actor=person(request).actor)
    return redirect("admin:exports_webhook_changelist")


def _redeliver(delivery: Delivery, request: HttpRequest) -> None:
    webhooks.redeliver(delivery, actor=person(request).actor, now=timezone.now())


def _is_active(webhook: Webhook, _actor: object) -> bool:
    return webhook.status == WebhookStatus.ACTIVE


ACTS: Final[Mapping[str, Question[Webhook]]] = {
    "test": Question(
        title=_("Send a test"),
        text=_("Send it the event webhook.test, once?"),
        done=_("The test is on its way: the log shows what became of it."),
        run=_test,
    ),
    "rotate": Question(
        title=_("Rotate the secret"),
        text=_(
            "Make a new secret? The one before goes on signing for a day: give the"
            " receiver the new one in that time."
        ),
        run=_rotate,
        is_grave=True,
    ),
    "enable": Question(
        title=_("Enable"),
        text=_("Enable it? It is told what happens from now on."),
        done=_("The webhook is active."),
        run=lambda webhook, request: _change(webhook, request, status="active"),
        fits=lambda webhook, actor: not _is_active(webhook, actor),
    ),
    "disable": Question(
        title=_("Disable"),
        text=_("Disable it? What waits for it fails, and it is told nothing more."),
        done=_("The webhook is disabled."),
        run=lambda webhook, request: _change(webhook, request, status="disabled"),
        fits=_is_active,
        is_grave=True,
    ),
    "delete": Question(
        title=_("Delete"),
        text=_("Delete it, with the log of its deliveries?"),
        done=_("The webhook is deleted."),
        run=_delete,
        is_grave=True,
    ),
}
REDELIVER: Final[Question[Delivery]] = Question(
    title=_("Send again"),
    text=_("Send the same event once more, with its own id?"),
    done=_("It is on its way again: the log shows what becomes of it."),
    run=_redeliver,
    fits=lambda delivery, _actor: delivery.state != DeliveryState.PENDING,
)

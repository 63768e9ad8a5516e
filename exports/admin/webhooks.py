"""Webhooks in the admin: their list, a page each with its deliveries, and the form."""

from typing import Any, Final
from urllib.parse import urlsplit

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers import ids
from customers.admin.acting import Role, person
from customers.admin.owned import BusinessFilter
from customers.models import Business
from exports import webhooks
from exports.admin import called, questions, refusals, webhook_acts
from exports.admin.pages import PagedAdmin
from exports.admin.webhook_form import WebhookForm
from exports.models import Delivery, Webhook
from exports.states import DeliveryState, WebhookStatus

_DELIVERIES: Final = 25
STATES: Final = {
    WebhookStatus.ACTIVE: _("active"),
    WebhookStatus.DISABLED: _("disabled"),
}


@admin.register(Webhook)
class WebhookAdmin(PagedAdmin[Webhook]):
    """Managers act, as their scope says; all see what there is, without whole URLs."""

    scope = webhooks.SCOPE
    page = "exports/admin/webhook.html"
    acts = webhook_acts.ACTS
    list_display = (
        *("webhook", "business", "host", "description", "state", "succeeded_at"),
    )
    list_filter = (BusinessFilter, "status")
    list_select_related = ("business",)
    search_fields = ("description",)
    search_help_text = _("An id of a webhook, or a description")
    ordering = ("-created_at", "-id")

    @admin.display(description=_("webhook"))
    def webhook(self, row: Webhook) -> str:
        return row.webhook_id

    @admin.display(description=_("host"))
    def host(self, row: Webhook) -> str:
        """The rest of a URL may be a secret of the receiver's."""
        return urlsplit(row.url).hostname or "–"

    @admin.display(description=_("state"), ordering="status")
    def state(self, row: Webhook) -> Any:
        return STATES[WebhookStatus(row.status)]

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        key = ids.read("whk", search_term.strip())
        if key is not None:
            return queryset.filter(pk=key), False
        return super().get_search_results(request, queryset, search_term)

    def get_urls(self) -> list[URLPattern]:
        inside = self.admin_site.admin_view
        return [
            path(
                "<path:object_id>/deliveries/<str:delivery>/redeliver/",
                inside(self.redeliver_view),
                name="webhook_redeliver",
            ),
            *super().get_urls(),
        ]

    def whole(self, request: HttpRequest, row: Webhook) -> dict[str, Any]:
        log = Delivery.objects.filter(webhook=row).newest_first()
        pages = Paginator(log.prefetch_related("attempts"), _DELIVERIES)
        shown = pages.get_page(request.GET.get("page", "1"))
        may = self.may_act(request, row)
        is_signing = row.overlap_until and row.overlap_until > timezone.now()
        return {
            "state": self.state(row),
            "address": row.url if may else self.host(row),
            "overlap_until": row.overlap_until if is_signing else None,
            "page": shown,
            "deliveries": [_told(each) for each in shown],
            "is_fresh": any(each.state == DeliveryState.PENDING for each in shown),
        }

    def redeliver_view(
        self, request: HttpRequest, object_id: str, delivery: str
    ) -> HttpResponse:
        row = self.found(request, object_id)
        key = ids.read("dlv", delivery)
        sent = Delivery.objects.filter(webhook=row, pk=key) if row and key else None
        found = sent.select_related("webhook", "business").first() if sent else None
        if row is None or found is None:
            return self.gone(request)
        if not self.may_act(request, row):
            raise PermissionDenied
        told = self.context(request, row.webhook_id)
        told["about"] = f"{found.delivery_id}, {found.event}"
        act, back = webhook_acts.REDELIVER, self.address(row)
        return questions.ask(request, act, found, back=back, context=told)

    def filled_in(self, request: HttpRequest, row: Webhook | None) -> HttpResponse:
        who = person(request)
        data = request.POST if request.method == "POST" else None
        reach = who.reach(roles=(Role.MANAGER,))
        own = Business.objects.filter(reach.rows("id")).order_by("name", "id")
        form = WebhookForm(data, own=own, actor=who.actor, row=row)
        saved = form.save(now=timezone.now()) if form.is_valid() else None
        if saved is not None:
            webhook, secret = saved
            if secret is not None:
                return webhook_acts.secret_page(request, webhook, secret)
            messages.success(request, _("The webhook is saved."))
            return redirect(self.address(webhook))
        title = row.webhook_id if row else _("Add a webhook")
        told = self.context(request, title) | {"form": form, "row": row}
        told["back"] = self.address(row) if row else None
        return TemplateResponse(request, "exports/admin/webhook_form.html", told)


def _told(delivery: Delivery) -> dict[str, Any]:
    is_over = delivery.state != DeliveryState.PENDING
    return {
        "delivery": delivery,
        "word": called.delivered(delivery.state),
        "is_over": is_over,
        "attempts": [
            {"at": each.at, "status": each.status, "error": refusals.told(each.error)}
            for each in delivery.attempts.all()
        ],
        "next_at": None if is_over else delivery.due_at,
    }

"""One customer's report over HTTP."""

from typing import Any, Final

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
)
from rest_framework.request import Request

from customers import audit
from customers.models import Customer
from customers.permissions import EXPORT_CUSTOMER
from exports.customer360 import export, faults, language, limits, parameters
from exports.customer360.formats import FORMATS
from exports.customer360.options import DAYS, DEFAULTS, MOST, uuid
from exports.customer360.serializers import (
    CHALLENGE,
    WHOLE,
    limit_headers,
)
from exports.customer360.staff_view import StaffView, account, check_anywhere
from exports.errors import ExportError
from exports.views.answers import caller, header

_ID: Final = OpenApiParameter(
    "customer_id",
    {"type": "string", "format": "uuid"},
    OpenApiParameter.PATH,
    examples=[OpenApiExample("a customer", "01890a5d-ac96-774b-bcce-b302099a8057")],
)
_BOOLEAN: Final = {"type": "string", "enum": ["true", "false"]}
_TEXTS: Final = {
    "format": "Of the file",
    "includeOrders": "Orders with their lines; a CSV holds the orders alone",
    "includeNotes": "Notes; no part of a CSV",
    "includeTags": "Tags and segments",
    "includeAnalytics": "Spend by month, orders by status, top products; no part of"
    " a CSV",
    "dateRange": "Of orders, notes and analytics; figures are of the whole history",
    "orderLimit": "How many orders, newest first; all is for csv and json alone",
    "compression": "A .gz file; for csv and json alone",
}
_SCHEMAS: Final[dict[str, dict[str, Any]]] = {
    "format": {"type": "string", "enum": list(FORMATS)},
    "dateRange": {"type": "string", "enum": list(DAYS)},
    "orderLimit": {
        "oneOf": [
            {"type": "integer", "minimum": 1, "maximum": MOST},
            {"type": "string", "enum": ["all"]},
        ]
    },
    "compression": {"type": "string", "enum": ["gzip"]},
}


def _shown(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


_PARAMETERS: Final = [
    OpenApiParameter(
        name,
        _SCHEMAS.get(name, _BOOLEAN)
        | ({} if default is None else {"default": _shown(default)}),
        description=_TEXTS[name],
    )
    for name, default in DEFAULTS.items()
]
_CACHE: Final = {"type": "string", "enum": ["HIT", "MISS"]}
_HEADERS: Final = [
    CHALLENGE,
    header("Content-Disposition", "The name of the file", 200),
    header("X-Cache", "Whether it was built before", 200, schema=_CACHE),
    header(
        "X-Export-Size",
        "Bytes of the file; not of a streamed one",
        200,
        schema=WHOLE,
        always=False,
    ),
    header("Retry-After", "Seconds, after which to ask again", 429, 503, schema=WHOLE),
    *limit_headers(
        "any window", always=(200, 400, 403, 404, 429), at_times=(405, 413, 500, 503)
    ),
]
_MEDIA_TYPES: Final = (
    *(each.media_type.partition(";")[0] for each in FORMATS.values()),
    "application/gzip",
)
_FILE: Final = OpenApiResponse({"description": "The bytes of the file"}, "The report")


class CustomerExportView(StaffView):
    http_method_names = ["get", "head"]
    limit_kind = limits.EXPORTS
    audited = "customer.export"

    @extend_schema(
        operation_id="customer_export",
        summary="One customer's report, as a file",
        description="For staff with the permission customers.export_customer. The"
        " same report is kept for 5 minutes, until anything of the customer changes.",
        parameters=[_ID, *_PARAMETERS, *_HEADERS],
        responses={
            **{(200, kind): _FILE for kind in _MEDIA_TYPES},
            **faults.errors(400, 403, 404, 405, 413, 429),
        },
    )
    def get(self, request: Request, customer_id: str) -> HttpResponseBase:
        actor = caller(request)
        try:
            wanted = parameters.read(customer_id, request.query_params.lists())
            found = export.find(wanted, actor=actor)
        except ExportError:
            # Who may export nobody is told nothing else.
            check_anywhere(request)
            raise
        self.business_id = found.business_id
        row = Customer(pk=found.customer_id, business_id=found.business_id)
        if not account(request).has_perm(EXPORT_CUSTOMER, row):
            raise faults.no_permission(EXPORT_CUSTOMER)
        asking = export.Asking(
            found=found,
            options=wanted.options,
            actor=actor,
            now=timezone.now(),
            language=language.of_asker(request),
        )
        answer = export.answer(asking)
        try:
            self._record(asking, answer)
        except BaseException:
            answer.discard()
            raise
        return _file(asking, answer, is_head=request.method == "HEAD")

    def object_id(self) -> str:
        key = uuid(self.kwargs.get("customer_id", ""))
        return str(key) if key else ""

    def _record(self, asking: export.Asking, answer: export.Answer) -> None:
        """Before the first byte is sent: what has left is on record."""
        audit.record(
            self.audited,
            actor=asking.actor,
            business_id=self.business_id,
            object_type="customer",
            object_id=str(asking.found.customer_id),
            outcome="ok",
            details={
                "cache": _cache(answer),
                "size": answer.size,
                "options": dict(asking.options.values),
                "language": asking.language,
            },
        )


def _file(
    asking: export.Asking, answer: export.Answer, *, is_head: bool
) -> HttpResponseBase:
    response: HttpResponseBase
    if isinstance(answer.content, export.Begun):
        response = StreamingHttpResponse(answer.content)
        if is_head:
            # The server would read it to its end, and throw it away.
            answer.discard()
            response = StreamingHttpResponse(())
    else:
        response = HttpResponse(answer.content)
        response["X-Export-Size"] = response["Content-Length"] = str(answer.size)
    response["Content-Type"] = asking.options.media_type
    response["Content-Disposition"] = f'attachment; filename="{asking.name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Cache"] = _cache(answer)
    return response


def _cache(answer: export.Answer) -> str:
    return "HIT" if answer.is_hit else "MISS"

"""Files: proved before each answer, whole or in ranges, by key or by signed link."""

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import content_disposition_header, parse_etags
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
)
from rest_framework import permissions
from rest_framework.decorators import action
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from customers import audit, security
from customers.actors import Actor
from customers.addresses import client_address
from exports import files, metrics, policy
from exports.errors import ExportNotFound
from exports.models import ExportFile
from exports.views.answers import a_file, errors
from exports.views.base import ApiViewSet
from exports.views.parsers import no_unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

EXPORT_ID: Final = OpenApiParameter(
    "export_id",
    str,
    OpenApiParameter.PATH,
    examples=[OpenApiExample("an export", "exp_01JD3Z5V8N8Q0C9X2T4W6Y8Z0A")],
)
# Spectacular passes them on as they are; its types know names only.
_ANYBODY: Final[Any] = [{"apiKey": []}, {"session": []}, {}]
_NO_NUL: Final = {"type": "string", "pattern": "^[^\\x00]*$"}
_LINK: Final = [
    OpenApiParameter("expires", _NO_NUL, description="Of a signed link"),
    OpenApiParameter("signature", _NO_NUL, description="Of a signed link"),
]
_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII | re.IGNORECASE)


class FileViewSet(ApiViewSet):
    limit_kinds = {"retrieve": "downloads", "manifest": "downloads"}
    permission_classes = [permissions.AllowAny]
    lookup_field = "export_id"
    lookup_value_regex = "[^/]+"

    @extend_schema(
        operation_id="file_read",
        summary="The file of an export, by key or by its signed link",
        description="Its sha256 is checked before the first byte is sent. Of what sends"
        " none (HEAD, 304, 416), its size is.",
        parameters=[
            EXPORT_ID,
            *_LINK,
            OpenApiParameter("Range", str, OpenApiParameter.HEADER),
            OpenApiParameter("If-Range", str, OpenApiParameter.HEADER),
            OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER),
        ],
        responses={
            **a_file(200, 206),
            304: OpenApiResponse(description="You have it already"),
            416: OpenApiResponse(description="No such range"),
            **errors(400, 403, 404, 410, 500, 503),
        },
        auth=_ANYBODY,
    )
    def retrieve(self, request: Request, export_id: str) -> HttpResponseBase:
        no_unknown(request, ("expires", "signature"))
        file, actor = self._allowed(request, export_id)
        if request.method == "HEAD":
            # Nothing of it leaves: there is no download to tell of.
            return _answer(request, file)
        answer = metrics.downloaded(
            file.job.format, serve=lambda: _answer(request, file)
        )
        audit.record(
            "export.downloaded",
            actor=actor,
            business_id=file.business_id,
            object_type="export",
            object_id=file.job.export_id,
            details={"status": answer.status_code, "sha256": file.sha256},
        )
        return answer

    @extend_schema(
        operation_id="file_manifest",
        summary="What the file is, who asked for it, what was done to its cells",
        parameters=[EXPORT_ID, *_LINK],
        responses={200: OpenApiTypes.OBJECT, **errors(400, 403, 404, 410)},
        auth=_ANYBODY,
    )
    @action(detail=True, methods=["get"])
    def manifest(self, request: Request, export_id: str) -> Response:
        no_unknown(request, ("expires", "signature"))
        file, _ = self._allowed(request, export_id)
        return Response(file.manifest, headers={"Cache-Control": "private, no-store"})

    def _allowed(self, request: Request, export_id: str) -> tuple[ExportFile, Actor]:
        """The file and who asks for it.

        :raises ExportError: not found, not theirs, or a link that is false or over.
        """
        known = request.auth if isinstance(request.auth, Actor) else None
        expires = request.query_params.get("expires", "")
        signature = request.query_params.get("signature")
        # A link serves whoever was given it, signed in or not.
        is_linked = files.is_genuine(export_id, expires, signature or "")
        if known is not None and not is_linked:
            return _own(export_id, known), known
        if signature is None:
            raise NotAuthenticated
        files.check_link(export_id, expires, signature, now=timezone.now())
        if known is None:
            # Only a genuine link counts: nobody else can use its limit up.
            self.count(f"link:{export_id}")
        file = files.find(export_id)
        # Others' accounts and keys have no name in the trail of this business.
        is_theirs = known is not None and known.grant(file.business_id) is not None
        return file, known if known and is_theirs else _holder(request, export_id)


def _own(export_id: str, actor: Actor) -> ExportFile:
    """The file, by a key or a session alone.

    :raises ExportError: not found, not theirs, or not for them to see.
    """
    file = files.find(export_id)
    absent = ExportNotFound(f"there is no export '{export_id[:40]}'")
    if file.job.is_for_staff:
        # Its link opens it, and no key.
        raise absent
    if actor.grant(file.business_id) is None:
        security.refused("business_refused", actor=actor, business=file.business_id)
        raise absent
    policy.granted(actor, "exports:read", file.business_id)
    files.check_cleared(file, reader=actor)
    return file


def _holder(request: Request, export_id: str) -> Actor:
    return Actor(
        kind="link",
        id=export_id,
        label="holder of a signed link",
        request_id=str(getattr(request, "request_id", "")),
        ip_address=client_address(request),
    )


@dataclass(frozen=True, slots=True)
class _Span:
    """:ivar status: 206 when a range was asked for, though it may be all of it."""

    start: int
    length: int
    status: int = 206


def _answer(request: Request, file: ExportFile) -> HttpResponseBase:
    etag = f'"{file.sha256}"'
    answer: HttpResponseBase
    span = _span(request, file.size, etag)
    if _is_known(request.headers.get("If-None-Match", ""), etag):
        files.check_there(file, now=timezone.now())
        answer = _without_content(304)
    elif span is None:
        files.check_there(file, now=timezone.now())
        answer = _without_content(416)
        answer["Content-Range"] = f"bytes */{file.size}"
    else:
        answer = _sent(file, span, is_head=request.method == "HEAD")
    _describe(answer, file, etag)
    return answer


def _sent(file: ExportFile, span: _Span, *, is_head: bool) -> StreamingHttpResponse:
    content: Iterable[bytes] = ()
    if is_head:
        # To read all of it would take as long as to send it.
        files.check_there(file, now=timezone.now())
    else:
        stored = files.open_proved(file, now=timezone.now())
        content = files.Piece(stored, start=span.start, length=span.length)
    answer = StreamingHttpResponse(
        content, content_type=file.content_type, status=span.status
    )
    answer["Content-Length"] = str(span.length)
    if span.status == 206:
        end = span.start + span.length - 1
        answer["Content-Range"] = f"bytes {span.start}-{end}/{file.size}"
    return answer


def _without_content(status: int) -> HttpResponse:
    answer = HttpResponse(status=status)
    del answer["Content-Type"]
    return answer


def _describe(answer: HttpResponseBase, file: ExportFile, etag: str) -> None:
    digest = base64.b64encode(bytes.fromhex(file.sha256)).decode()
    answer["ETag"] = etag
    answer["Repr-Digest"] = f"sha-256=:{digest}:"
    answer["Accept-Ranges"] = "bytes"
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=file.name
    )


def _is_known(if_none_match: str, etag: str) -> bool:
    """RFC 9110, section 13.1.2: weak comparison; ``*`` is whatever there is."""
    known = parse_etags(if_none_match)
    return "*" in known or etag in {tag.removeprefix("W/") for tag in known}


def _span(request: Request, size: int, etag: str) -> _Span | None:
    """What is asked for; None when it is outside of the file.

    A range that is not understood, several ranges, or one of an older file: all of it.
    """
    whole = _Span(0, size, status=200)
    headers = request.headers
    found = _RANGE.fullmatch(headers.get("Range", "").strip())
    # RFC 9110, section 14.2: only GET has ranges.
    if found is None or request.method != "GET":
        return whole
    if headers.get("If-Range", etag) != etag:
        return whole
    first, last = found.groups()
    if not first and not last:
        return whole
    if not first:
        length = min(int(last), size)
        return _Span(size - length, length) if length else None
    start, end = int(first), min(int(last or size - 1), size - 1)
    if last and int(last) < start:
        return whole
    return _Span(start, end - start + 1) if start < size else None

"""Everything that can be refused or go wrong, each with a code and an HTTP status.

::

    ExportError                     500  EXPORT_ERROR
    |-- Invalid                     400  VALIDATION_ERROR
    |   `-- QueryRefused                 QUERY_REFUSED (a custom query, or its run)
    |-- Forbidden                   403  FORBIDDEN
    |-- NotFound                    404  NOT_FOUND
    |   |-- BusinessNotFound             BUSINESS_NOT_FOUND
    |   |-- JobNotFound                  JOB_NOT_FOUND
    |   |-- TemplateNotFound             TEMPLATE_NOT_FOUND
    |   |-- CustomerNotFound             CUSTOMER_NOT_FOUND
    |   `-- ExportNotFound               EXPORT_NOT_FOUND
    |-- Conflict                    409  CONFLICT
    |-- Expired                     410  EXPORT_EXPIRED
    |-- SizeExceeded                413  EXPORT_SIZE_EXCEEDED
    |-- RequestTooLarge             413  REQUEST_TOO_LARGE
    |-- IdempotencyMismatch         422  IDEMPOTENCY_MISMATCH
    |-- RateLimited                 429  RATE_LIMIT_EXCEEDED
    |-- Incomplete                  500  EXPORT_ERROR (rows written are not rows found)
    |-- FileDamaged                 500  EXPORT_ERROR (stored bytes are not the bytes)
    |-- Cancelled                   409  CONFLICT (asked for, inside a run)
    |-- WorkerLost                  500  worker_lost (no attempt is left)
    |-- LeaseLost                   500  EXPORT_ERROR (another worker has the job now)
    `-- Unavailable                 503  SERVICE_UNAVAILABLE (worth another try)
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final, NotRequired, Self, TypedDict

CODES: Final[Mapping[int, str]] = {
    400: "VALIDATION_ERROR",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    413: "REQUEST_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    429: "RATE_LIMIT_EXCEEDED",
    503: "SERVICE_UNAVAILABLE",
}
"""Of what the framework refuses, by its status."""


class Detail(TypedDict):
    """The last three are of a query that is refused."""

    field: str
    message: str
    line: NotRequired[int | None]
    column: NotRequired[int | None]
    reason: NotRequired[str]


def placed(detail: Detail, at: str) -> Detail:
    """What is wrong with a part of a request, told of the whole."""
    return {
        "field": f"{at}.{detail['field']}".removesuffix(".body"),
        "message": f"{at}: {detail['message']}",
    }


class ExportError(Exception):
    """Anticipated; its message is written for the person who asked."""

    code: ClassVar[str] = "EXPORT_ERROR"
    http_status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, details: Sequence[Detail] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.details = list(details)


class Invalid(ExportError):
    code = "VALIDATION_ERROR"
    http_status = 400

    @classmethod
    def of(cls, details: Sequence[Detail]) -> "Invalid":
        """One error for all that is wrong; its message is the first of them."""
        return cls(details[0]["message"], details=details)

    @classmethod
    def field(cls, field: str, message: str) -> "Invalid":
        return cls.of([{"field": field, "message": message}])


class QueryRefused(Invalid):
    """:ivar line: counted from 1, as is ``column``; None: the query as a whole."""

    code = "QUERY_REFUSED"

    def __init__(
        self, reason: str, *, line: int | None = None, column: int | None = None
    ) -> None:
        where = f"line {line}, column {column}: " if line else ""
        message = f"custom_query: {where}{reason}"
        detail: Detail = {
            "field": "custom_query",
            "message": message,
            "line": line,
            "column": column,
            "reason": reason,
        }
        super().__init__(message, details=[detail])
        self.reason, self.line, self.column = reason, line, column


class Forbidden(ExportError):
    code = "FORBIDDEN"
    http_status = 403


class NotFound(ExportError):
    code = "NOT_FOUND"
    http_status = 404

    @classmethod
    def of(cls, noun: str, shown: str) -> Self:
        """Of an id that leads to none, or to none of theirs: alike."""
        return cls(f"there is no {noun} '{shown[:40]}'")


class BusinessNotFound(NotFound):
    code = "BUSINESS_NOT_FOUND"

    @classmethod
    def named(cls, business_id: str) -> Self:
        return cls(f"there is no business '{business_id[:64]}'")


class JobNotFound(NotFound):
    code = "JOB_NOT_FOUND"


class TemplateNotFound(NotFound):
    code = "TEMPLATE_NOT_FOUND"


class CustomerNotFound(NotFound):
    code = "CUSTOMER_NOT_FOUND"


class ExportNotFound(NotFound):
    code = "EXPORT_NOT_FOUND"


class Conflict(ExportError):
    code = "CONFLICT"
    http_status = 409


class Expired(ExportError):
    code = "EXPORT_EXPIRED"
    http_status = 410


class SizeExceeded(ExportError):
    code = "EXPORT_SIZE_EXCEEDED"
    http_status = 413


class RequestTooLarge(ExportError):
    code = "REQUEST_TOO_LARGE"
    http_status = 413


class IdempotencyMismatch(ExportError):
    code = "IDEMPOTENCY_MISMATCH"
    http_status = 422


class RateLimited(ExportError):
    """:ivar retry_after: in whole seconds; a request is let through after them."""

    code = "RATE_LIMIT_EXCEEDED"
    http_status = 429

    def __init__(self, message: str, *, retry_after: int = 60) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Incomplete(ExportError):
    """Rows written, rows counted and rows closed with are not the same number."""


class FileDamaged(ExportError):
    """A stored file is gone or altered; its bytes are never served."""


class Cancelled(ExportError):
    code = "CONFLICT"
    http_status = 409


class LeaseLost(ExportError):
    """The fence has moved on: another worker runs this job, this run must stop."""


class WorkerLost(ExportError):
    """The process that ran the job is gone, and no attempt is left."""

    code = "worker_lost"


class Unavailable(ExportError):
    code = "SERVICE_UNAVAILABLE"
    http_status = 503
    retryable = True

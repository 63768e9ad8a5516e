"""What a process counts as it happens.

Each process keeps its sums in files of its own below ``settings.METRICS_DIR``, which
outlive it; a scrape adds up all of them. Nothing is counted twice: what the database's
tables tell is read from there.
"""

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from prometheus_client import Counter, Histogram

CACHES: Final = ("templates", "customer_360")
CHANNELS: Final = ("webhook", "email", "s3", "sftp")
CREDENTIALS: Final = ("bearer", "link", "none", "password")
_METHODS: Final = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_SECONDS: Final = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60)
_SERVED: Final = {
    200: "served",
    206: "range",
    304: "not_modified",
    416: "no_such_range",
}
_Answer = TypeVar("_Answer")

_requests: Final = Counter(
    "kyb_http_requests_total",
    "Requests answered",
    ["method", "route", "status"],
    registry=None,
)
_seconds: Final = Histogram(
    "kyb_http_request_seconds",
    "Seconds until an answer began",
    ["method", "route"],
    buckets=_SECONDS,
    registry=None,
)
_downloads: Final = Counter(
    "kyb_downloads_total",
    "Files asked for by somebody who may have them",
    ["format", "outcome"],
    registry=None,
)
_cache_reads: Final = Counter(
    "kyb_cache_reads_total", "Reads of a cache", ["cache", "result"], registry=None
)
_limit_refusals: Final = Counter(
    "kyb_limit_refusals_total", "Calls over a rate limit", ["kind"], registry=None
)
_refused_credentials: Final = Counter(
    "kyb_refused_credentials_total",
    "Requests whose credentials were refused or missing",
    ["kind"],
    registry=None,
)
_deliveries: Final = Counter(
    "kyb_deliveries_total",
    "Attempts to tell somebody of an event",
    ["channel", "outcome"],
    registry=None,
)


def begin(limit_kinds: Iterable[str]) -> None:
    """Series that are known before anything has happened start at 0.

    A rate misses the first event of a series that begins with it.
    """
    for kind in limit_kinds:
        _limit_refusals.labels(kind)
    for kind in CREDENTIALS:
        _refused_credentials.labels(kind)
    for cache in CACHES:
        for result in ("hit", "miss"):
            _cache_reads.labels(cache, result)
    for channel in CHANNELS:
        for outcome in ("delivered", "retried", "failed"):
            _deliveries.labels(channel, outcome)


def request_answered(
    method: str | None, *, route: str, status: int, seconds: float
) -> None:
    """:param route: the template of the address, never the address as it was sent."""
    # Anybody may make methods up.
    verb = method if method in _METHODS else "other"
    _requests.labels(verb, route, f"{status // 100}xx").inc()
    _seconds.labels(verb, route).observe(seconds)


def downloaded(format_name: str, *, serve: Callable[[], _Answer]) -> _Answer:
    """What it gives, counted under its status, or under the code of its error."""
    try:
        answer = serve()
    except Exception as error:
        code = getattr(error, "code", "EXPORT_ERROR")
        _downloads.labels(format_name, str(code)).inc()
        raise
    outcome = _SERVED.get(getattr(answer, "status_code", 200), "other")
    _downloads.labels(format_name, outcome).inc()
    return answer


def cache_read(cache: str, *, hit: bool) -> None:
    """:param cache: of ``CACHES``."""
    _cache_reads.labels(cache, "hit" if hit else "miss").inc()


def limit_refused(kind: str) -> None:
    _limit_refusals.labels(kind).inc()


def credentials_refused(kind: str) -> None:
    """:param kind: of ``CREDENTIALS``."""
    _refused_credentials.labels(kind).inc()


def delivered(channel: str, *, outcome: str) -> None:
    """:param outcome: delivered, retried when it is to be tried again, or failed."""
    _deliveries.labels(channel, outcome).inc()

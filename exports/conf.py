"""Every knob of the service: type, default, meaning; read from the environment.

``settings.EXPORTS`` may override one; the environment variable is ``EXPORT_<NAME>``.
"""

from dataclasses import dataclass
from typing import Any, Final

import environ
from django.conf import settings

_env: Final = environ.Env()
MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Knob:
    kind: type
    default: Any
    help: str


KNOBS: Final[dict[str, Knob]] = {
    "IMMEDIATE_MAX_ROWS": Knob(int, 50_000, "rows of an immediate export"),
    "MAX_ROWS": Knob(int, 1_000_000, "rows of any export, and the largest max_rows"),
    "INLINE_MAX_SECONDS": Knob(int, 600, "seconds an inline answer may take"),
    "INLINE_IDLE_SECONDS": Knob(float, 30.0, "seconds a client may read nothing"),
    "FILE_TTL_SECONDS": Knob(int, 86_400, "seconds until a file expires"),
    "LEASE_SECONDS": Knob(float, 15.0, "seconds a claim holds without a heartbeat"),
    "HEARTBEAT_SECONDS": Knob(float, 5.0, "seconds between renewals of a lease"),
    "PROGRESS_SECONDS": Knob(float, 0.5, "seconds between writes of progress"),
    "REAP_SECONDS": Knob(float, 5.0, "seconds between looks for lost jobs"),
    "MAX_ATTEMPTS": Knob(int, 3, "how often a job is run before it fails"),
    "BULK_ROWS": Knob(int, 100_000, "max_rows from which a job is bulk work"),
    "MAX_ACTIVE_JOBS_PER_BUSINESS": Knob(
        int, 100, "jobs of a business that may wait or run at once"
    ),
    "MAX_TEMPLATES_PER_BUSINESS": Knob(int, 200, "templates that a business may keep"),
    "MAX_SCHEDULES_PER_BUSINESS": Knob(int, 100, "schedules that a business may keep"),
    "SCHEDULE_GRACE_SECONDS": Knob(int, 300, "seconds late, and yet not missed"),
    "SCHEDULE_MAX_FAILURES": Knob(int, 5, "failures in a row that pause a schedule"),
    "MAX_WEBHOOKS_PER_BUSINESS": Knob(int, 20, "webhooks that a business may keep"),
    "MAX_SIZE_PDF": Knob(int, 50 * MIB, "bytes of an immediate PDF"),
    "MAX_SIZE_CSV": Knob(int, 100 * MIB, "bytes of an immediate CSV"),
    "MAX_SIZE_XLSX": Knob(int, 25 * MIB, "bytes of an immediate workbook"),
    "MAX_SIZE_JSON": Knob(int, 10 * MIB, "bytes of an immediate JSON"),
    "MAX_SIZE_DEFAULT": Knob(int, 100 * MIB, "bytes of any other immediate file"),
    "JOB_MAX_SIZE_PDF": Knob(int, 200 * MIB, "bytes of a job's PDF"),
    "JOB_MAX_SIZE_DEFAULT": Knob(int, 2048 * MIB, "bytes of any other job's file"),
    "EVENTS_SECONDS": Knob(float, 25.0, "seconds until an event stream ends itself"),
    "EVENTS_MAX_STREAMS": Knob(int, 8, "event streams open at once, per web process"),
    "LIMIT_EXPORTS": Knob(int, 50, "exports a minute, per key"),
    "LIMIT_JOBS": Knob(int, 10, "creations of jobs a minute, per key"),
    "LIMIT_TEMPLATES": Knob(int, 100, "calls to templates a minute, per key"),
    "LIMIT_DOWNLOADS": Knob(int, 200, "files and manifests a minute, per key"),
    "LIMIT_OTHER": Knob(int, 600, "all other calls a minute, per key"),
    "RATE_LIMIT_MAX": Knob(int, 5, "customer-360 exports in a window, per address"),
    "RATE_LIMIT_WINDOW_MS": Knob(int, 60_000, "milliseconds of that window"),
    "BULK_RATE_LIMIT_MAX": Knob(
        int, 2, "bulk customer-360 exports in a window, per address"
    ),
    "BULK_RATE_LIMIT_WINDOW_MS": Knob(int, 300_000, "milliseconds of that window"),
    "QUERY_SECONDS": Knob(float, 30.0, "seconds a statement of a custom query has"),
    "QUERY_TOTAL_SECONDS": Knob(float, 300.0, "seconds a custom query has in all"),
    "QUERY_MAX_BYTES": Knob(int, 512 * MIB, "bytes of text that a custom query gives"),
    "QUERY_MAX_MEMORY": Knob(
        int, 512 * MIB, "on SQLite: bytes that the process may grow by meanwhile"
    ),
    "QUERY_MAX_AT_ONCE": Knob(
        int, 8, "custom queries that run at once, per process; of a business half"
    ),
    "IDEMPOTENCY_TTL_SECONDS": Knob(int, 86_400, "seconds an answer is replayed"),
    "DELIVERY_RETRY_SECONDS": Knob(
        str,
        "5,30,120,600,1800,3600,7200,14400,21600,36000",
        "seconds between the attempts of a delivery; after the last one it has failed",
    ),
    "DELIVERY_LEASE_SECONDS": Knob(float, 60.0, "seconds an attempt may take"),
    "DELIVERY_LOG_SECONDS": Knob(
        int, 2_592_000, "seconds a delivery that is over is kept"
    ),
    "WEBHOOK_TIMEOUT_SECONDS": Knob(float, 10.0, "seconds until a receiver answers"),
    "WEBHOOK_SECRET_OVERLAP_SECONDS": Knob(
        int, 86_400, "seconds the secret before the last one signs too"
    ),
    "WEBHOOK_ALLOW_HTTP": Knob(bool, False, "http: too; for development"),
    "WEBHOOK_NETWORKS": Knob(
        str, "", "networks that are not public and may be called; for development"
    ),
    "MAX_DESTINATIONS_PER_BUSINESS": Knob(
        int, 20, "destinations that a business may keep"
    ),
    "DESTINATION_TIMEOUT_SECONDS": Knob(
        float, 20.0, "seconds a destination may be silent"
    ),
    "DESTINATION_MAX_SECONDS": Knob(
        float, 3600.0, "seconds an attempt to bring a file may take in all"
    ),
    "MAIL_DIGEST_SECONDS": Knob(
        int, 300, "seconds between mails of a business to one receiver"
    ),
    "MAIL_LANGUAGE": Knob(str, "en", "of receivers who are given none: en or de"),
    "TEMPLATE_RESOLVER": Knob(str, "", "dotted path: (template_id, business) -> spec"),
}


def knob(name: str) -> Any:
    """The value in force: settings first, then the environment, then the default."""
    entry = KNOBS[name]
    if name in settings.EXPORTS:
        return settings.EXPORTS[name]
    return _env.get_value(f"EXPORT_{name}", cast=entry.kind, default=entry.default)


def max_bytes(format_name: str, *, background: bool) -> int:
    """How large a stored file of this format may be.

    ``EXPORT_MAX_SIZE_<FORMAT>`` or ``EXPORT_JOB_MAX_SIZE_<FORMAT>`` of any format
    counts; formats without a knob of their own fall back to the default one.
    """
    prefix = "JOB_MAX_SIZE" if background else "MAX_SIZE"
    name = {"excel": "XLSX"}.get(format_name, format_name.upper())
    full = f"{prefix}_{name}"
    if full in KNOBS:
        return int(knob(full))
    if full in settings.EXPORTS:
        return int(settings.EXPORTS[full])
    default = knob(f"{prefix}_DEFAULT")
    return int(_env.get_value(f"EXPORT_{full}", cast=int, default=default))

"""How long the admin takes where there is much to list: every page, by itself."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from http.client import HTTPConnection
from typing import Any, Final

from benchmarks import tables, timing
from benchmarks.bench import Bench
from benchmarks.database import analyse, manage
from benchmarks.disturbed import Host
from benchmarks.latency import serving
from benchmarks.spec import BUSINESS, SMALL
from benchmarks.targets import ADMIN_P95_MS
from benchmarks.timing import Answer, timed

TITLES: Final = ("page", *timing.TITLES)
JOBS: Final = 100_000
REQUESTS: Final = 20
_WARM: Final = 2
_READERS: Final = {"superuser": None, "manager of the small business": SMALL}
_MAKE: Final = """
import json
from datetime import timedelta
from django.contrib import admin
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.urls import reverse
from django.utils import timezone
from customers.models import AuditEvent, Business, Membership, User
from exports.models import ExportFile, ExportJob, Worker
from kyb_export.sessions import SessionStore

now, formats = timezone.now(), ("csv", "json", "excel", "pdf")
ends = ["completed"] * 18 + ["failed", "cancelled"]
Worker.objects.note("benchmark")
for first in range(0, {jobs}, 2000):
    made = []
    for number in range(first, min(first + 2000, {jobs})):
        at = now - timedelta(seconds=number * 30 * 86400 / {jobs})
        end = ends[number % 20] if number % 100 else "pending"
        done = None if end == "pending" else at + timedelta(seconds=number % 97 / 7)
        made.append(ExportJob(
            business_id={businesses!r}[number % 5 == 0], mode="background",
            export_type=("verifications", "reports", "audit_logs")[number % 3],
            format=formats[number % 4], spec={{"columns": ["id", "status"] * 6}},
            actor_kind="staff", actor_id="1", actor_label="benchmark", clearance=3,
            status=end, created_at=at, started_at=done and at, completed_at=done,
            rows_written=number, rows_expected=number,
            error_code="EXPORT_ERROR" if end == "failed" else "",
        ))
    ExportJob.objects.bulk_create(made)
    ExportFile.objects.bulk_create(
        ExportFile(
            job=job, business_id=job.business_id, state="stored", name="f",
            content_type="text/csv", size=job.rows_written * 90, sha256="0" * 64,
            row_count=job.rows_written, rows_expected=job.rows_written,
            completeness="complete", columns=["id"] * 12,
            manifest={{"columns": ["id", "status", "score"] * 40}}, seconds=1,
            generated_at=job.completed_at, expires_at=now,
        )
        for job in made if job.status == "completed"
    )
    AuditEvent.objects.bulk_create(
        AuditEvent(
            at=job.created_at, business_id=job.business_id, actor_kind="staff",
            actor_id="1", actor_label="benchmark", outcome="ok",
            action="customer.export" if place % 9 == 0 else "export.requested",
            object_type="export", object_id=job.export_id,
            details={{"cache": "HIT" if place % 2 else "MISS"}},
        )
        for place, job in enumerate(made)
    )

def cookie(name, business_id):
    user = User.objects.create_user(
        name, is_staff=True, is_superuser=business_id is None
    )
    if business_id:
        Membership.objects.create(
            user=user, business_id=business_id, role="manager"
        )
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key

def pages(business_id):
    index = reverse("admin:index")
    yield "dashboard, 30 days", index + "?period=30"
    yield "dashboard, today", index + "?period=1"
    yield "new export", reverse("admin:new_export")
    for model, lists in admin.site._registry.items():
        kind = model._meta
        name = f"admin:{{kind.app_label}}_{{kind.model_name}}"
        title = kind.verbose_name_plural
        address = reverse(name + "_changelist")
        yield str(title), address
        if lists.search_fields:
            yield f"{{title}}, searched", address + "?q=limit"
            yield f"{{title}}, searched in vain", address + "?q=zyxw"
        if "BusinessFilter" in str(lists.list_filter):
            chosen = business_id or {businesses[1]!r}
            yield f"{{title}}, of one business", address + f"?business={{chosen}}"
        rows = model.objects.all()
        if business_id and hasattr(model, "business"):
            rows = rows.filter(business_id=business_id)
        row = rows.order_by("-pk").first()
        if row is not None:
            yield f"one of {{title}}", reverse(name + "_change", args=[row.pk])

print(json.dumps([
    {{"reader": name, "cookie": cookie(name, key), "pages": dict(pages(key))}}
    for name, key in {readers!r}.items()
]))
"""


def report(bench: Bench, *, jobs: int = JOBS, requests: int = REQUESTS) -> None:
    told = _made(bench, jobs)
    if bench.has_copy:
        analyse(bench.url)
    with serving(bench.environment, folder=bench.folder) as port:
        for reader in told:
            print(
                f"\n## The admin's pages for a {reader['reader']}:"
                f" {bench.rows:,} verifications, {jobs:,} jobs, {requests} of each\n"
            )
            with _browser(port, reader["cookie"]) as ask, Host() as host:
                rows = [
                    [title, *timing.cells(answers, ADMIN_P95_MS, host)]
                    for title, answers in _timed(ask, reader, requests)
                ]
            print(tables.text(TITLES, rows))
            print(f"\n{host}")


def _made(bench: Bench, jobs: int) -> list[dict[str, Any]]:
    """Readers: their cookie, and title -> address of all that they may open."""
    script = _MAKE.format(jobs=jobs, businesses=(BUSINESS, SMALL), readers=_READERS)
    done = manage(
        *("shell", "--no-imports", "--command", script), environment=bench.environment
    )
    readers: list[dict[str, Any]] = json.loads(done.splitlines()[-1])
    return readers


@contextmanager
def _browser(port: int, cookie: str) -> Iterator[Callable[[str], int]]:
    """What asks for a page, and says its status."""
    headers = {"Cookie": f"sessionid={cookie}"}
    with closing(HTTPConnection("127.0.0.1", port, timeout=120)) as connection:

        def ask(path: str) -> int:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status

        yield ask


def _timed(
    ask: Callable[[str], int], reader: dict[str, Any], requests: int
) -> Iterator[tuple[str, list[Answer]]]:
    for title, path in reader["pages"].items():
        status = ask(path)
        if status in {302, 403}:
            continue  # it is not theirs to see
        if status != 200:
            raise RuntimeError(f"{path}: {status}")
        for _ in range(_WARM - 1):
            ask(path)
        yield title, [timed(partial(ask, path)) for _ in range(requests)]

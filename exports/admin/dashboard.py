"""The admin's first page: what exports came to lately, and what waits now."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.admin.acting import person
from customers.admin.narrowing import PERIODS, Days
from customers.models import AuditEvent, Business
from exports.admin import bars, called
from exports.admin.figures import Figure, Links
from exports.admin.kept import figures
from exports.admin.progress import WORDS
from exports.admin.summing import Group, Percentiles, Sums, added, total
from exports.models import ExportJob, Mode, Worker
from exports.states import JobStatus

_USUAL: Final = 7
_MOST_BUSINESSES: Final = 500
_READ: Final = "customer.export"
"""The event of one customer's whole history, which says whether it was cached."""


def shown(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the page tells: of the person's own businesses, or of the chosen one."""
    now = timezone.now()
    days = Days.lately(_period(request), now=now)
    own = _businesses(request)
    chosen = request.GET.get("business", "")
    chosen = chosen if chosen in {each.id for each in own} else ""
    shared = {"business": chosen} if chosen else {}
    return {
        **context,
        "title": _("Dashboard"),
        "businesses": own,
        "chosen": chosen,
        "period": _period(request),
        "periods": PERIODS,
        **_ended(_rows(request, ExportJob, chosen), days, shared, now=now),
        "queue": _queue(request, _rows(request, ExportJob, chosen), shared, now=now),
        "cache": _cache(request, chosen, days),
    }


def _period(request: HttpRequest) -> int:
    asked = request.GET.get("period", "")
    return int(asked) if asked in map(str, PERIODS) else _USUAL


def _businesses(request: HttpRequest) -> list[Business]:
    rows = Business.objects.filter(person(request).reach().rows("id"))
    return list(rows.order_by("name", "id")[:_MOST_BUSINESSES])


def _rows(request: HttpRequest, model: Any, chosen: str) -> QuerySet[Any]:
    """What the list itself would show this person."""
    rows = admin.site.get_model_admin(model).get_queryset(request)
    return rows.filter(business_id=chosen) if chosen else rows


def _by_business(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The indexes by time begin with the business: so they serve who sees all, too."""
    return rows.filter(business_id__in=Business.objects.values("id"))


def _ended(
    rows: QuerySet[ExportJob], days: Days, shared: Mapping[str, str], *, now: datetime
) -> dict[str, Any]:
    """Of the exports that were asked for on these days."""
    jobs = _by_business(rows).filter(days.condition("created_at"))
    links = Links(ExportJob, {**shared, "created_at": str(days)})
    at, groups, taken = figures(jobs, now=now)
    return {
        "at": at,
        "tiles": _tiles(groups, links, taken),
        "days": _days(groups, links, days),
        "chart": bars.chart(added(groups, "day", "status"), days.all()),
        "kinds": _kinds(groups, links, taken),
        "failures": _failures(groups, links),
        "words": WORDS,
    }


def _tiles(
    groups: Mapping[Group, Sums],
    links: Links,
    taken: Mapping[tuple[Any, ...], Percentiles],
) -> list[tuple[Any, Figure | None]]:
    whole = total(groups.values())
    ends = {key[0]: each for key, each in added(groups, "status").items()}
    files, times = links.of_files(whole), links.of_times(taken.get(()))
    final = (JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED)
    return [
        (_("exports"), links.count(whole.exports)),
        *(
            (
                WORDS[status],
                links.count(ends.get(status, Sums()).exports, status__exact=status),
            )
            for status in final
        ),
        (_("rows"), files["rows"]),
        (_("bytes"), files["bytes"]),
        (_("half took at most"), times["p50"]),
        (_("95 of 100 took at most"), times["p95"]),
    ]


def _days(
    groups: Mapping[Group, Sums], links: Links, days: Days
) -> list[dict[str, Any]]:
    by_end, by_day = added(groups, "day", "status"), added(groups, "day")
    return [
        {
            "day": day,
            "exports": links.count(
                by_day.get((day,), Sums()).exports, created_at=day.isoformat()
            ),
            "ends": [
                links.count(
                    by_end.get((day, status), Sums()).exports,
                    created_at=day.isoformat(),
                    status__exact=status,
                )
                for status in WORDS
            ],
        }
        for day in days.all()
    ]


def _kinds(
    groups: Mapping[Group, Sums],
    links: Links,
    taken: Mapping[tuple[Any, ...], Percentiles],
) -> list[dict[str, Any]]:
    names = ("export_type", "format")
    failed = added(
        {key: each for key, each in groups.items() if key.error_code}, *names
    )
    kinds = []
    for key, each in added(groups, *names).items():
        kind = dict(zip(names, key, strict=True))
        bad = failed.get(key, Sums()).exports
        kinds.append(
            {
                **kind,
                "name": called.what(*key),
                "exports": links.count(each.exports, **kind),
                "failed": links.count(bad, **kind, status__exact=JobStatus.FAILED),
                **links.of_files(each, **kind),
                **links.of_times(taken.get(key), **kind),
            }
        )
    return kinds


def _failures(groups: Mapping[Group, Sums], links: Links) -> list[dict[str, Any]]:
    """The commonest first."""
    codes = added(groups, "error_code")
    found = [(code, each.exports) for (code,), each in codes.items() if code]
    return [
        {
            "code": code,
            "why": called.error_name(code),
            "exports": links.count(number, error_code=code),
        }
        for code, number in sorted(found, key=lambda pair: -pair[1])
    ]


def _queue(
    request: HttpRequest,
    rows: QuerySet[ExportJob],
    shared: Mapping[str, str],
    *,
    now: datetime,
) -> list[tuple[Any, Figure | None]]:
    jobs = rows.filter(mode=Mode.BACKGROUND)
    waiting = jobs.filter(status=JobStatus.PENDING).order_by("created_at", "id")
    running = jobs.filter(status=JobStatus.PROCESSING).order_by()
    links = Links(ExportJob, {**shared, "mode__exact": Mode.BACKGROUND})
    may_see = admin.site.get_model_admin(Worker).has_view_permission(request)
    alive = Worker.objects.seen_lately().count() if may_see else 0
    return [
        (
            _("waiting"),
            links.count(waiting.count(), status__exact=JobStatus.PENDING),
        ),
        (_("the oldest waits for"), _oldest(waiting.first(), links, now=now)),
        (
            _("running"),
            links.count(running.count(), status__exact=JobStatus.PROCESSING),
        ),
        (_("workers alive"), Links(Worker, {"alive": "yes"}).count(alive)),
    ]


def _oldest(job: ExportJob | None, links: Links, *, now: datetime) -> Figure | None:
    if job is None:
        return None
    seconds = max((now - job.created_at).total_seconds(), 0.0)
    return Figure("oldest", seconds, links.to({"id": str(job.pk)}))


def _cache(
    request: HttpRequest, chosen: str, days: Days
) -> list[tuple[Any, Figure | None]] | None:
    """None for those who may not see the events that tell of it."""
    if not admin.site.get_model_admin(AuditEvent).has_view_permission(request):
        return None
    rows = _by_business(_rows(request, AuditEvent, chosen).order_by())
    reads = rows.filter(days.condition("at"), action=_READ, outcome="ok")
    shared = {"business": chosen} if chosen else {}
    links = Links(
        AuditEvent,
        {**shared, "action": _READ, "outcome": "ok", "at": str(days)},
    )
    names = {"HIT": _("from the cache"), "MISS": _("built anew")}
    numbers = reads.aggregate(
        **{told: Count("pk", filter=Q(details__cache=told)) for told in names}
    )
    return [
        (name, links.count(numbers[told], cache=told)) for told, name in names.items()
    ]

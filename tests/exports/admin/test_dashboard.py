"""Each figure of the dashboard is that of the rows in the list that it leads to."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from math import ceil
from time import monotonic

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from customers import audit
from exports.admin.figures import Figure
from exports.models import ExportJob
from tests import make
from tests.customers.admin.asking import at_admin
from tests.exports.admin.dashboard_made import completed, some_of_all
from tests.exports.jobs_made import job

pytestmark = pytest.mark.django_db
INDEX = reverse("admin:index")


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    """Of today: no test is about the moment at which a day ends."""
    with time_machine.travel(timezone.now().replace(hour=12), tick=True):
        yield


def read(of, *outcomes: str) -> None:
    for told in outcomes:
        audit.record(
            "customer.export",
            actor=make.SYSTEM,
            business_id=of.id,
            details={"cache": told},
        )


class Numbers(HTMLParser):
    """The page's figures by their links, and numbers that lead nowhere."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[tuple[str, str, str]] = []
        self.bare: list[str] = []
        self._inside: list[str] = []
        self._link: dict[str, str | None] = {}
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self._inside.append(tag)
        if tag == "a":
            self._link = dict(attrs)

    def handle_endtag(self, tag):
        while self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data):
        if not re.search(r"\d", data) or not {"td", "dd"} & set(self._inside):
            return
        if "a" in self._inside and "data-measure" in self._link:
            found = (self._link["data-measure"], self._link["href"], data.strip())
            self.links.append(found)
        else:
            self.bare.append(data)


def nearest_rank(values: list[float], percent: int) -> float:
    return sorted(values)[ceil(percent * len(values) / 100) - 1]


def measured(measure: str, rows) -> float:
    """Of the rows in a list, one by one."""
    if measure == "count":
        return len(rows)
    if measure in {"p50", "p95"}:
        return nearest_rank([row.seconds for row in rows], int(measure[1:]))
    if measure == "oldest":
        return max((timezone.now() - row.created_at).total_seconds() for row in rows)
    name = {"rows": "row_count", "bytes": "size"}[measure]
    return sum(getattr(row.file, name) for row in rows)


def check_every_figure(client, query: dict[str, str]) -> list[str]:
    """What each is of the rows that its list holds; their measures."""
    began = monotonic()
    numbers = Numbers(client.get(INDEX, query).content.decode())
    measures = []
    for measure, link, text in dict.fromkeys(numbers.links):
        answer = client.get(link)
        assert answer.status_code == 200, link
        changelist = answer.context["cl"]
        value = measured(measure, list(changelist.queryset))
        if measure == "oldest":
            hours, minutes, seconds = re.search(r"(\d+):(\d+):(\d+)$", text).groups()
            shown = int(hours) * 3600 + int(minutes) * 60 + int(seconds)
            # Rounded when it was shown; a job that waits grows older meanwhile.
            assert -0.5 <= value - shown <= monotonic() - began + 0.5
        else:
            assert Figure(measure, value, link).text == text, (link, text)
        if measure == "count":
            assert changelist.result_count == value
        measures.append(measure)
    assert numbers.bare == []
    return measures


@pytest.mark.parametrize(
    "query",
    [
        {"period": "1"},
        {"period": "7"},
        {"period": "30", "business": "business_mine"},
    ],
    ids=str,
)
def test_every_figure_is_that_of_its_list(mine, theirs, query):
    some_of_all(mine)
    some_of_all(theirs)
    read(mine, "HIT", "HIT", "MISS")
    read(theirs, "HIT")

    found = check_every_figure(at_admin("manager", mine), query)

    assert set(found) == {"count", "rows", "bytes", "p50", "p95", "oldest"}
    assert len(found) > 25


def test_every_figure_of_a_superuser_is_of_all_businesses(mine, theirs):
    some_of_all(mine)
    some_of_all(theirs)
    read(mine, "HIT")
    client = at_admin(is_superuser=True)

    found = check_every_figure(client, {"period": "1"})

    whole = dict(client.get(INDEX, {"period": "1"}).context["tiles"])
    assert whole["exports"].value == 20
    assert len(found) > 20


def tiles(client, **query) -> dict[str, Figure]:
    found = dict(client.get(INDEX, query).context["tiles"])
    return {str(name): figure and figure.value for name, figure in found.items()}


def test_figures_are_of_the_own_businesses_alone(mine, theirs):
    completed(mine, rows=10, seconds=2)
    completed(theirs, rows=500, seconds=9)
    client = at_admin("viewer", mine)

    own, asked_for = tiles(client), tiles(client, business=theirs.id)

    assert own == asked_for
    assert own == {
        "exports": 1,
        "completed": 1,
        "failed": None,
        "cancelled": None,
        "rows": 10,
        "bytes": 1000,
        "half took at most": 2.0,
        "95 of 100 took at most": 2.0,
    }
    assert "Theirs" not in client.get(INDEX).content.decode()


def test_figures_are_kept_for_whoever_may_see_just_the_same(mine, theirs):
    completed(mine, rows=10, seconds=2)
    first = at_admin("viewer", mine).get(INDEX)
    completed(theirs, rows=500, seconds=9)
    completed(mine, rows=20, seconds=2)

    own, other, everything = (
        each.get(INDEX)
        for each in (
            at_admin("viewer", mine),
            at_admin("viewer", theirs),
            at_admin("viewer", everywhere=True),
        )
    )

    kept = dict(first.context["tiles"])["rows"].value
    rows = [
        dict(each.context["tiles"])["rows"].value for each in (own, other, everything)
    ]
    assert (kept, rows) == (10, [10, 500, 530])
    assert own.context["at"] == first.context["at"]
    assert first.context["at"].strftime("%H:%M:%S") in own.content.decode()


def test_period_and_business_are_chosen(mine, theirs):
    some_of_all(mine)
    some_of_all(theirs)
    client = at_admin("viewer", everywhere=True)

    of_all = [tiles(client, period=days)["exports"] for days in ("1", "7", "30")]
    of_one = tiles(client, period="30", business=mine.id)["exports"]
    of_nonsense = tiles(client, period="x", business="x")["exports"]

    assert (of_all, of_one, of_nonsense) == ([20, 26, 28], 14, 26)


def test_who_may_not_see_the_events_is_shown_no_cache(mine):
    read(mine, "HIT")

    shown = {
        role: at_admin(role, mine).get(INDEX).context["cache"]
        for role in ("viewer", "operator", "auditor")
    }

    assert (shown["viewer"], shown["operator"]) == (None, None)
    assert [figure and figure.value for _name, figure in shown["auditor"]] == [1, None]


def test_who_has_no_business_is_told_nothing(mine):
    some_of_all(mine)
    nobody = make.staff()
    nobody.memberships.all().delete()
    client = at_admin()
    client.force_login(nobody)

    numbers = Numbers(client.get(INDEX).content.decode())

    assert (numbers.links, numbers.bare) == ([], [])


def test_empty_dashboard_leads_nowhere(mine):
    page = at_admin("viewer", mine).get(INDEX)

    numbers = Numbers(page.content.decode())
    assert (numbers.links, numbers.bare) == ([], [])
    assert page.context["chart"].most == 0


def test_bars_of_a_day_are_its_exports(mine):
    some_of_all(mine)

    chart = at_admin("viewer", mine).get(INDEX).context["chart"]

    today = max(bar.x for bar in chart.bars)
    heights = {bar.status: bar.height for bar in chart.bars if bar.x == today}
    assert sum(heights.values()) == chart.height
    assert heights["completed"] == 6 * chart.height // chart.most
    assert chart.most == 10


def test_queries_do_not_grow_with_exports(mine):
    job(mine)
    client = at_admin("manager", mine)
    with CaptureQueriesContext(connection) as few:
        client.get(INDEX)
    some_of_all(mine)
    cache.clear()

    with CaptureQueriesContext(connection) as many:
        client.get(INDEX)

    assert len(many) == len(few)


@pytest.mark.parametrize("asked", ["2025", "2025-01-02..2025-01-01", "x..y"])
def test_days_that_are_none_are_refused(mine, asked):
    client = at_admin("viewer", mine)

    answer = client.get(
        reverse("admin:exports_exportjob_changelist"), {"created_at": asked}
    )

    assert (answer.status_code, answer.headers["Location"][-3:]) == (302, "e=1")


def test_unknown_narrowing_finds_nothing(mine):
    job(mine)

    answer = at_admin("viewer", mine).get(
        reverse("admin:exports_exportjob_changelist"), {"with": "nonsense"}
    )

    assert answer.context["cl"].result_count == 0
    assert ExportJob.objects.count() == 1

"""What many do at once: bounds hold, and no change is lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.utils import timezone

from exports.errors import Conflict
from templates_app import changes
from templates_app.models import ExportTemplate
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(deed, count=12):
    """What each of so many threads came to."""

    def alone(number):
        try:
            deed(number)
        except Conflict:
            return "refused"
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(count) as pool:
        return sorted(pool.map(alone, range(count)))


def body(**values):
    basic = {"business_id": "business_mine", "name": "A", "type": "reports"}
    return basic | {"format": "csv"} | values


def test_bound_on_templates_holds(mine, settings):
    settings.EXPORTS = {**settings.EXPORTS, "MAX_TEMPLATES_PER_BUSINESS": 5}

    def keep(number):
        sent = body(id=f"t{number}")
        changes.create(sent, actor=make.SYSTEM, now=timezone.now())

    assert at_once(keep) == ["done"] * 5 + ["refused"] * 7
    assert ExportTemplate.objects.count() == 5


def test_one_id_is_given_once(mine):
    def keep(number):
        changes.create(body(id="one"), actor=make.SYSTEM, now=timezone.now())

    assert at_once(keep) == ["done"] + ["refused"] * 11


def test_no_change_is_lost(mine):
    changes.create(body(id="one"), actor=make.SYSTEM, now=timezone.now())
    names = ["name", "description"]

    def change(number):
        changes.amend(
            "one",
            {names[number % 2]: f"value {number}"},
            actor=make.SYSTEM,
            business_id=mine.id,
            now=timezone.now(),
        )

    assert at_once(change) == ["done"] * 12
    row = ExportTemplate.objects.get()
    assert row.version == 13
    assert (row.name[:6], row.description[:6]) == ("value ", "value ")

from datetime import timedelta

import pytest
from django.utils import timezone

from exports.models import Worker

pytestmark = pytest.mark.django_db


def test_worker_is_noted_once_and_seen_again():
    Worker.objects.note("here:1")
    first = Worker.objects.get().seen_at
    Worker.objects.update(seen_at=first - timedelta(seconds=90))
    assert not Worker.objects.seen_lately().exists()

    Worker.objects.note("here:1")
    Worker.objects.note("here:2")

    assert [str(each) for each in Worker.objects.seen_lately().order_by("name")] == [
        "here:1",
        "here:2",
    ]
    assert abs(Worker.objects.first().seen_at - timezone.now()) < timedelta(seconds=30)


def test_worker_that_is_silent_for_a_day_is_forgotten():
    Worker.objects.create(name="a", seen_at=timezone.now() - timedelta(hours=25))
    Worker.objects.create(name="b", seen_at=timezone.now() - timedelta(hours=23))

    Worker.objects.note("c")

    assert sorted(each.name for each in Worker.objects.all()) == ["b", "c"]

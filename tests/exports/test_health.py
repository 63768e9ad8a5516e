import pytest
from django.db import DatabaseError
from redis.exceptions import RedisError

from exports import health

pytestmark = pytest.mark.django_db(databases=["default", "snapshot"])


def test_every_part_answers():
    assert health.look() == {"database": True, "cache": True, "storage": True}


@pytest.mark.parametrize("error", [DatabaseError("x"), OSError("x"), RedisError("x")])
@pytest.mark.parametrize("part", ["database", "cache", "storage"])
def test_part_that_breaks_does_not_answer(monkeypatch, part, error):
    def broken():
        raise error

    monkeypatch.setitem(health.PARTS, part, broken)

    assert health.look() == {
        name: name != part for name in ("database", "cache", "storage")
    }


def test_storage_that_is_gone_does_not_answer(settings, tmp_path):
    settings.EXPORT_STORAGE_URL = (tmp_path / "stored").as_uri()
    assert health.look()["storage"]
    (tmp_path / "stored").rmdir()

    assert not health.look()["storage"]

"""A size limit of n bytes: n is served, n + 1 is refused, and nothing of it is kept."""

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache

from tests import make
from tests.exports.customer360.staff_asks import deeds, get, refusal, token_client, url
from tests.exports.stored import stored
from tests.exports.views.asking import BOTH

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=BOTH),
    pytest.mark.usefixtures("root"),
]
KINDS = [
    *({"format": name} for name in ("pdf", "csv", "xlsx", "json")),
    {"format": "csv", "compression": "gzip"},
]


@pytest.fixture
def mine():
    make.customer(make.business("business_other"))
    customer = make.customer(make.business("business_mine"))
    for _ in range(3):
        make.order(customer)
    return customer


@pytest.fixture
def limit(settings):
    def set_to(format_name: str, size: int) -> None:
        knobs = {"RATE_LIMIT_MAX": 50, f"MAX_SIZE_{format_name.upper()}": size}
        settings.EXPORTS = settings.EXPORTS | knobs

    return set_to


def kept() -> list[str]:
    """Keys of bodies in the cache, whichever it is."""
    if django_settings.REDIS_URL:
        return [key for key in cache.keys("customer-360:*") if ":lock" not in key]
    entries = cache._cache  # noqa: SLF001 -- local memory lists its keys nowhere else
    return [key for key in entries if "customer-360:" in key and ":lock" not in key]


@pytest.mark.parametrize("query", KINDS, ids=str)
def test_limit_is_exact_and_leaves_nothing(mine, limit, query):
    staff, name = token_client("manager", mine.business), query["format"]
    limit(name, 10**9)
    size = len(get(staff, mine, **query).body)
    cache.clear()

    limit(name, size - 1)
    refused, again = (staff.get(url(mine, **query)) for _ in "12")
    left = kept() + stored()
    limit(name, size)
    served = get(staff, mine, **query)

    for answer in (refused, again):
        assert refusal(answer) == (
            *(413, "EXPORT_SIZE_EXCEEDED"),
            f"The export has {size} bytes and may have {size - 1}",
        )
    assert left == []
    assert (served.status_code, len(served.body), served["X-Cache"]) == (
        *(200, size),
        "MISS",
    )
    assert len(kept()) == 1
    assert deeds() == [
        ("ok", "MISS"),
        *[("refused", "EXPORT_SIZE_EXCEEDED")] * 2,
        ("ok", "MISS"),
    ]


def test_limit_holds_for_what_is_kept_already(mine, limit):
    staff = token_client("manager", mine.business)
    limit("csv", 10**9)
    size = len(get(staff, mine, format="csv").body)

    limit("csv", size - 1)

    assert staff.get(url(mine, format="csv")).status_code == 413

"""Long lists are counted up to a bound; beyond it the page says that it estimates."""

import re

import pytest
from django.db import connection

from customers.admin import counting
from customers.admin.counting import LongPaginator
from customers.models import Company
from tests import make
from tests.customers.admin.asking import at_admin, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(monkeypatch):
    monkeypatch.setattr(counting, "EXACT_UP_TO", 20)
    business = make.business("business_mine")
    for _ in range(30):
        make.company(business)
    make.company(make.business("business_theirs"))
    return business


def test_short_list_is_counted(mine):
    own = Company.objects.for_business(mine.id).order_by("id")
    rows = own.filter(pk__in=list(own.values_list("pk", flat=True)[:20]))

    paginator = LongPaginator(rows, 7)

    assert (paginator.count, paginator.is_estimated) == (20, False)
    assert LongPaginator([1, 2, 3], 2).count == 3


def test_long_list_is_estimated_where_the_database_can(mine):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE customers_company")

    answer = at_admin("viewer", mine).get(page(Company, "changelist"))

    paginator, shown = answer.context["cl"].paginator, answer.content.decode()
    said = re.search(r"\babout \d+ ", " ".join(shown.split())) is not None
    can = connection.vendor == "postgresql"
    assert (paginator.is_estimated, said) == (can, can)
    assert 21 <= paginator.count <= 35

"""No list of the admin asks the database more often for having more rows."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.models import User
from exports.models import Worker
from tests import make
from tests.customers.admin.asking import page
from tests.customers.admin.test_owned import MADE, OF_NOBODY

pytestmark = [pytest.mark.django_db, pytest.mark.one_stack]
FEW, MANY = 3, 300
OTHERS = {
    User: lambda number: User.objects.create(username=f"staff-{number}"),
    Group: lambda number: Group.objects.create(name=f"group {number}"),
    Worker: lambda number: Worker.objects.note(f"worker {number}"),
}


def filled(model, numbers) -> None:
    """Each row with a business of its own: one looked up per row would be seen."""
    for number in numbers:
        if model in OTHERS:
            OTHERS[model](number)
        else:
            MADE[model](make.business(f"business_{number}"))


def queries(client: Client, model) -> int:
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(page(model, "changelist"))
    assert answer.status_code == 200
    return len(asked)


def test_every_list_is_looked_at():
    assert set(admin.site._registry) == set(MADE) | OF_NOBODY  # noqa: SLF001 -- all
    assert set(OTHERS) == OF_NOBODY


@pytest.mark.parametrize("model", [*MADE, *OTHERS], ids=lambda model: model.__name__)
def test_list_of_many_rows_takes_as_many_queries_as_one_of_few(model):
    client = Client()
    client.force_login(make.staff(is_superuser=True))
    filled(model, range(FEW))
    queries(client, model)  # what is kept from the first time on

    few = queries(client, model)
    filled(model, range(FEW, MANY))

    assert queries(client, model) == few

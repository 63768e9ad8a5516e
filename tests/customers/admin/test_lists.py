"""The lists in the admin open, and what must not be changed there is not."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import path, reverse

from customers import audit
from tests import make

urlpatterns = [path("admin/", admin.site.urls)]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def signed_in(client):
    client.force_login(make.staff(is_superuser=True))
    return client


@pytest.mark.parametrize(
    "maker",
    [
        make.business,
        make.company,
        make.verification,
        make.report,
        make.audit_log,
        make.user_account,
        make.customer,
        make.order,
        make.staff,
        lambda: make.api_key()[0],
    ],
)
def test_list_takes_as_many_queries_for_three_rows_as_for_one(
    signed_in, maker, django_assert_num_queries
):
    row = maker()
    url = reverse(f"admin:customers_{type(row).__name__.lower()}_changelist")
    with CaptureQueriesContext(connection) as one:
        signed_in.get(url)
    maker()
    maker()

    with django_assert_num_queries(len(one)):
        answer = signed_in.get(url)

    assert answer.status_code == 200


def test_audit_event_opens_without_a_way_to_save(signed_in):
    event = audit.record("staff.sign_in", actor=make.SYSTEM, business_id=None)

    page = signed_in.get(reverse("admin:customers_auditevent_change", args=[event.pk]))
    answer = signed_in.post(page.wsgi_request.path, {"outcome": "changed"})

    assert (page.status_code, answer.status_code) == (200, 403)
    assert b'name="_save"' not in page.content


def test_api_key_opens_without_its_hash(signed_in):
    key, _ = make.api_key()

    page = signed_in.get(reverse("admin:customers_apikey_change", args=[key.pk]))

    assert page.status_code == 200
    assert key.secret_hash.encode() not in page.content

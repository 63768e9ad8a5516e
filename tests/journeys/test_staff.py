"""Staff who are signed in to the admin call the same endpoints."""

import pytest
import requests

from tests.journeys.documented import checked

pytestmark = pytest.mark.journey

PASSWORD = "correct horse battery"
MAKE_STAFF = f"""
from customers.models import Business, Membership, User

user = User.objects.create_user("olive", password="{PASSWORD}", is_staff=True)
business = Business.objects.get(pk="business_123")
Membership.objects.create(user=user, business=business, role="operator")
"""
SPEC = {"export_type": "verifications", "format": "csv", "columns": ["id"]}


@pytest.fixture(scope="module")
def session(stack):
    stack.manage("shell", "--no-imports", "--command", MAKE_STAFF)
    with requests.Session() as session:
        page = f"{stack.url}/admin/login/"
        session.get(page, timeout=30)
        fields = {"username": "olive", "password": PASSWORD, "next": "/admin/"}
        fields["csrfmiddlewaretoken"] = session.cookies["csrftoken"]
        session.post(page, data=fields, timeout=30)
        yield session


def posted(session, stack, business_id, **headers):
    spec = SPEC | {"business_id": business_id}
    url = f"{stack.url}/v1/export"
    return checked(session.post(url, json=spec, headers=headers, timeout=60))


def test_staff_export_what_their_role_allows(session, stack):
    token = {"X-CSRFToken": session.cookies["csrftoken"]}

    export = posted(session, stack, "business_123", **token).json()
    file = checked(session.get(export["file_url"], timeout=30))
    foreign = posted(session, stack, "charlie", **token)

    assert (export["row_count"], file.content.count(b"\r\n")) == (1200, 1201)
    assert (foreign.status_code, foreign.json()["error"]["code"]) == (
        404,
        "BUSINESS_NOT_FOUND",
    )


def test_session_without_its_token_writes_nothing(session, stack):
    answer = posted(session, stack, "business_123")

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "FORBIDDEN")
    listed = checked(session.get(f"{stack.url}/v1/export/jobs", timeout=30))
    assert listed.status_code == 200

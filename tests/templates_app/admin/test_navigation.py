"""The menu by role: what somebody may see, and nothing that refuses them."""

from typing import Final

import pytest
from django.test import Client, RequestFactory

from templates_app.admin import navigation
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.pages]
_KEPT: Final = ["Exports", "Templates", "Schedules", "Webhooks", "Destinations"]
_DATA: Final = ["Verifications", "Companies", "Reports"]
_PEOPLE: Final = ["Customers", "Orders", "User accounts"]
MENUS: Final = {
    "viewer": ["Dashboard", *_KEPT, *_DATA, "Audit logs", "Businesses", "Workers"],
    "operator": [
        *("Dashboard", "New export", *_KEPT, *_DATA, *_PEOPLE, "Audit logs"),
        *("Businesses", "Workers"),
    ],
    "manager": [
        *("Dashboard", "New export", *_KEPT, *_DATA, *_PEOPLE, "Audit logs"),
        *("Businesses", "API keys", "Audit events", "Workers"),
    ],
    "auditor": [
        *("Dashboard", *_KEPT, *_DATA, "Audit logs"),
        *("Businesses", "Audit events", "Workers"),
    ],
}
ADDS: Final = {
    "viewer": [],
    "operator": ["exporttemplate", "schedule"],
    "manager": ["apikey", "destination", "exporttemplate", "schedule", "webhook"],
    "auditor": [],
}
"""What a role makes, by the model's name."""
MODELS: Final = {
    "customers": ["apikey", "business", "user", "customer", "verification"],
    "exports": ["destination", "exportjob", "webhook"],
    "templates_app": ["exporttemplate", "schedule"],
}


def items(user) -> dict[str, str]:
    request = RequestFactory().get("/admin/")
    request.user = user
    found = [each for group in navigation.groups(request) for each in group["items"]]
    return {str(each["title"]): each["link"] for each in found}


@pytest.mark.parametrize("role", MENUS)
def test_menu_has_what_the_role_may_see_and_each_opens(role):
    user = make.staff(role, make.business("business_mine"))
    client = Client()
    client.force_login(user)

    found = items(user)
    opened = {name: client.get(link).status_code for name, link in found.items()}

    assert list(found) == MENUS[role]
    assert set(opened.values()) == {200}


def test_superuser_keeps_accounts_too():
    found = items(make.staff(is_superuser=True))

    assert set(found) - set(MENUS["manager"]) == {"Staff", "Groups"}


@pytest.mark.parametrize("role", ADDS)
def test_role_makes_what_it_may_and_nothing_else(role):
    client = Client()
    client.force_login(make.staff(role, make.business("business_mine")))

    statuses = {
        name: client.get(f"/admin/{app}/{name}/add/").status_code
        for app, names in MODELS.items()
        for name in names
    }

    assert sorted(name for name in statuses if statuses[name] == 200) == ADDS[role]
    assert {each for each in statuses.values() if each != 200} <= {403}

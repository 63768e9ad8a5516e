"""Staff at the admin: a browser each, and the addresses of its pages."""

from typing import Any

from django.test import Client
from django.urls import reverse

from customers.models import Business, Membership
from tests import make

PAYLOAD = "<script>document.title = 'run'</script><img src=x onerror=alert(1)>"


def at_admin(
    role: str = Membership.Role.MANAGER, of: Business | None = None, **values: Any
) -> Client:
    client = Client()
    client.force_login(make.staff(role, of, **values))
    return client


def page(model: Any, name: str, *args: Any) -> str:
    """:param name: ``changelist``, ``change``, ``history`` and so on."""
    kind = model._meta
    return reverse(f"admin:{kind.app_label}_{kind.model_name}_{name}", args=args)


def act(row: Any, name: str) -> str:
    """The page that asks whether to do this to the row."""
    kind = row._meta
    address = f"admin:{kind.app_label}_{kind.model_name}_act"
    return reverse(address, args=[row.pk, name])


def listed(client: Client, model: Any, **query: Any) -> set[Any]:
    """Keys of the rows that the list shows."""
    answer = client.get(page(model, "changelist"), query)
    assert answer.status_code == 200, answer.content
    return {row.pk for row in answer.context["cl"].result_list}

"""Staff who call, with a token or a session, and the customers whom they ask for."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, Final

import requests
from requests.adapters import HTTPAdapter

from tests.journeys.documented import checked
from tests.journeys.programs import eventually
from tests.journeys.stacks import Stack

PASSWORD: Final = "correct horse battery"
MINE, THEIRS = "business_123", "charlie"
PATH: Final = "/api/admin/customers/export"
MAKE: Final = f"""
from django.utils import timezone
from customers import keys
from customers.actors import system
from customers.models import Business, Customer, Membership, User

for name in ("{MINE}", "{THEIRS}"):
    business = Business.objects.get(pk=name)
    for number in range(3):
        customer = Customer.objects.create(
            business=business, external_id=f"J{{number}}", name=f"{{name}} {{number}}"
        )
        print(name, customer.pk)
mine = Business.objects.get(pk="{MINE}")
for name, role in (("maya", "manager"), ("vera", "viewer")):
    user = User.objects.create_user(name, password="{PASSWORD}", is_staff=True)
    Membership.objects.create(user=user, business=mine, role=role)
    _, text = keys.issue_token("t", user=user, actor=system("t"), now=timezone.now())
    print(name, text)
"""
_addresses: Final = count(2)


class _From(HTTPAdapter):
    """Sends from an address of this machine."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        own = {"source_address": (self._address, 0)}
        super().init_poolmanager(*args, **kwargs, **own)


def somewhere() -> requests.Session:
    """From an address that nobody has called from: its limits are its own."""
    number = next(_addresses)
    session = requests.Session()
    session.mount("http://", _From(f"127.0.{number // 250}.{number % 250 + 1}"))
    return session


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody, at one address."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    web: requests.Session = field(default_factory=somewhere)

    def elsewhere(self) -> "Staff":
        """The same one, from another address."""
        return replace(self, web=somewhere())

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """The answer, which is one that the document tells of."""
        headers = {**self.headers, **options.pop("headers", {})}
        answer = self.web.request(
            method,
            f"{self.url}{path}",
            headers=headers,
            cookies=dict(self.cookies),
            timeout=60,
            **options,
        )
        return checked(answer, is_read=not options.get("stream"))


@dataclass(frozen=True, slots=True)
class Staffed:
    """:ivar customers: three of each business."""

    stack: Stack
    tokens: Mapping[str, str]
    customers: Mapping[str, list[str]]

    def with_token(self, name: str = "maya") -> Staff:
        bearer = {"Authorization": f"Bearer {self.tokens[name]}"}
        return Staff(self.stack.url, bearer)

    def signed_in(self, name: str = "maya") -> Staff:
        web, page = somewhere(), f"{self.stack.url}/admin/login/"
        web.get(page, timeout=30)
        form = {"username": name, "password": PASSWORD, "next": "/admin/"}
        form["csrfmiddlewaretoken"] = web.cookies["csrftoken"]
        web.post(page, data=form, timeout=30)
        cookies = web.cookies.get_dict()
        return Staff(self.stack.url, {"X-CSRFToken": cookies["csrftoken"]}, cookies)

    def bulk(self, staff: Staff, **body: Any) -> requests.Response:
        """A job that is asked for."""
        asked = {"customerIds": self.customers[MINE], "format": "json"} | body
        return staff.call("POST", PATH, json=asked)


def staffed(stack: Stack) -> Staffed:
    found: dict[str, list[str]] = defaultdict(list)
    for line in stack.manage("shell", "--no-imports", "--command", MAKE):
        name, _, value = line.partition(" ")
        found[name].append(value)
    tokens = {name: found[name][0] for name in ("maya", "vera")}
    return Staffed(stack, tokens, {name: found[name] for name in (MINE, THEIRS)})


def ended(staff: Staff, asked: requests.Response) -> dict[str, Any]:
    """The job that was asked for, once it is over."""
    assert asked.status_code == 202, asked.text

    def over() -> dict[str, Any] | None:
        job = staff.call("GET", asked.headers["Location"]).json()
        return job if job["completed_at"] else None

    return dict(eventually(over, seconds=60, what="the end of the bulk job"))

"""No address tells a key of one business that a thing of another's is there.

The addresses are the resolver's own: one that the table below does not know fails.
"""

import json
import re
from collections.abc import Iterator
from typing import Final

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from exports import runs, webhooks
from tests import make
from tests.exports.destinations_made import bucket_body, destination
from tests.exports.views.asking import (
    BOTH,
    UNKNOWN_BATCH,
    UNKNOWN_EXPORT,
    UNKNOWN_JOB,
    UNKNOWN_SCHEDULE,
    client,
    export,
    same_refusal,
    spec,
    with_text,
)
from tests.exports.webhooks_made import webhook

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)

METHODS: Final = ("get", "post", "put", "patch", "delete")
WORD: Final = "[^/]+"
# Address -> methods that name a thing of a business, and what they name it by.
NAMING = {
    r"^v1/export/analytics$": {"get": "business"},
    r"^v1/export/audit$": {"get": "business"},
    r"^v1/export$": {"post": "business"},
    r"^v1/export/jobs$": {"get": "job", "post": "business"},
    rf"^v1/export/jobs/(?P<job_id>{WORD})$": {"get": "job", "delete": "job"},
    rf"^v1/export/jobs/(?P<job_id>{WORD})/cancel$": {"post": "job"},
    rf"^v1/export/jobs/(?P<job_id>{WORD})/retry$": {"post": "job"},
    rf"^v1/export/jobs/(?P<job_id>{WORD})/events$": {"get": "job"},
    r"^v1/export/preview$": {"post": "business"},
    r"^v1/export/query/check$": {"post": "business"},
    r"^v1/export/batches$": {"post": "business"},
    rf"^v1/export/batches/(?P<batch_id>{WORD})$": {"get": "batch"},
    rf"^v1/export/batches/(?P<batch_id>{WORD})/file$": {"get": "batch"},
    rf"^v1/export/files/(?P<export_id>{WORD})$": {"get": "export"},
    rf"^v1/export/files/(?P<export_id>{WORD})/manifest$": {"get": "export"},
    r"^v1/export/templates$": {"get": "template", "post": "business"},
    rf"^v1/export/templates/(?P<template_id>{WORD})$": dict.fromkeys(
        ("get", "put", "patch", "delete"), "template"
    ),
    r"^v1/export/schedules$": {"get": "business", "post": "business"},
    rf"^v1/export/schedules/(?P<schedule_id>{WORD})$": dict.fromkeys(
        ("get", "put", "patch", "delete"), "schedule"
    ),
    rf"^v1/export/schedules/(?P<schedule_id>{WORD})/run$": {"post": "schedule"},
    rf"^v1/export/schedules/(?P<schedule_id>{WORD})/runs$": {"get": "schedule"},
}
DESTINATION: Final = rf"v1/export/destinations/(?P<destination_id>{WORD})"
NAMING |= {
    r"^v1/export/destinations$": {"get": "business", "post": "business"},
    rf"^{DESTINATION}$": dict.fromkeys(("get", "patch", "delete"), "destination"),
    rf"^{DESTINATION}/test$": {"post": "destination"},
    rf"^{DESTINATION}/deliveries$": {"get": "destination"},
    rf"^{DESTINATION}/deliveries/(?P<delivery_id>{WORD})$": {"get": "delivery"},
    rf"^{DESTINATION}/deliveries/(?P<delivery_id>{WORD})/redeliver$": {
        "post": "delivery"
    },
}
WEBHOOK: Final = rf"v1/webhooks/(?P<webhook_id>{WORD})"
NAMING |= {
    r"^v1/webhooks$": {"get": "business", "post": "business"},
    rf"^{WEBHOOK}$": dict.fromkeys(("get", "patch", "delete"), "webhook"),
    rf"^{WEBHOOK}/test$": {"post": "webhook"},
    rf"^{WEBHOOK}/rotate$": {"post": "webhook"},
    rf"^{WEBHOOK}/deliveries$": {"get": "webhook"},
    rf"^{WEBHOOK}/deliveries/(?P<delivery_id>{WORD})$": {"get": "delivery"},
    rf"^{WEBHOOK}/deliveries/(?P<delivery_id>{WORD})/redeliver$": {"post": "delivery"},
}
# Alike for everybody: they name nothing that belongs to a business.
COMMON: Final = {
    "v1/export/keys": {"get"},
    "v1/health/export": {"get"},
    "v1/health/jobs": {"get"},
    r"^v1/export/types$": {"get"},
    "v1/schema/": {"get"},
    "v1/docs/": {"get"},
}
# The same for staff.
STAFF: Final = {
    "api/admin/customers/<str:customer_id>/export": {"get": "customer"},
    "api/admin/customers/export": {"post": "customer"},
    "api/admin/customers/export/<str:job_id>": {"get": "staff_job"},
    "api/admin/customers/export/<str:job_id>/cancel": {"post": "staff_job"},
}
ABSENT: Final = {
    "job": UNKNOWN_JOB,
    "batch": UNKNOWN_BATCH,
    "export": UNKNOWN_EXPORT,
    "business": "business_absent",
    "template": "absent_one",
    "schedule": UNKNOWN_SCHEDULE,
    "webhook": "whk_01J00000000000000000000000",
    "destination": "dst_01J00000000000000000000000",
    "delivery": "dlv_01J00000000000000000000000",
    "customer": "01890a5d-ac96-774b-bcce-b302099a8057",
    "staff_job": UNKNOWN_JOB,
}


def routes(found: URLResolver | None = None, head: str = "") -> Iterator[URLPattern]:
    for each in (found or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            yield from routes(each, head + str(each.pattern))
        elif str(each.pattern).lstrip("^").startswith(("v1/", "api/")):
            yield each


def methods_of(route: URLPattern) -> set[str]:
    actions = getattr(route.callback, "actions", None)
    if actions is not None:
        return set(actions) & set(METHODS)
    return {name for name in METHODS if hasattr(route.callback.view_class, name)}


class Theirs(dict[str, str]):
    """What the other business has, by what it is named by: made once it is named."""

    def __init__(self) -> None:
        self._business = make.business("business_other")
        make.verification(self._business)
        scopes = "exports:write", "exports:read", "templates:write", "schedules:write"
        self._caller = client(self._business, scopes=scopes)

    def __missing__(self, kind: str) -> str:
        self[kind] = made = getattr(self, f"_{kind}_id")()
        return made

    def _post(self, what: str, **sent) -> dict:
        body = {"business_id": self._business.id} | sent
        return self._caller.post(f"/v1/export/{what}", body, format="json").json()

    def _business_id(self) -> str:
        return self._business.id

    def _template_id(self) -> str:
        kept = {"id": "their_one", "name": "T", "type": "reports", "format": "csv"}
        return self._post("templates", **kept)["id"]

    def _schedule_id(self) -> str:
        of = {"template_id": "verifications_csv"}
        made = self._post("schedules", name="S", cron="0 6 * * *", export=of)
        return made["schedule_id"]

    def _export_id(self) -> str:
        return export(self._caller, self._business)["export_id"]

    def _job_id(self) -> str:
        made = self._post("jobs", **spec(self._business, max_rows=5))
        runs.work("interactive", worker="test")
        return made["job_id"]

    def _batch_id(self) -> str:
        both = [spec(self._business, max_rows=5)] * 2
        made = self._post("batches", exports=both, bundle=True)
        for _ in both:
            runs.work("interactive", worker="test")
        return made["batch_id"]

    def _webhook_id(self) -> str:
        self._hook, _ = webhook(self._business)
        return self._hook.webhook_id

    def _destination_id(self) -> str:
        return destination(bucket_body(self._business)).destination_id

    def _delivery_id(self) -> str:
        assert self["webhook"]
        sent = webhooks.test(self._hook, actor=make.SYSTEM, now=timezone.now())
        return sent.delivery_id


@pytest.fixture
def theirs() -> Theirs:
    return Theirs()


@pytest.fixture
def caller():
    scopes = ["exports:write", "exports:read", "templates:write", "pii:read"]
    scopes += ["custom_query", "schedules:write", "webhooks:write"]
    return client(make.business("business_mine"), scopes=scopes)


def test_every_route_and_method_is_known_here():
    known = {name: set(kinds) for name, kinds in (NAMING | STAFF).items()}
    known |= COMMON

    assert {str(each.pattern): methods_of(each) for each in routes()} == known


@pytest.mark.parametrize(
    ("route", "method", "kind"),
    [(route, *each) for route, kinds in NAMING.items() for each in kinds.items()],
)
def test_what_is_not_yours_is_not_there(caller, theirs, route, method, kind):
    def call(name: str):
        address = "/" + route.strip("^$")
        sent = {"export_type": "verifications", "format": "csv"}
        if kind == "business" and method != "get":
            sent["business_id"] = name
            if address.endswith("schedules"):
                sent = {"business_id": name, "name": "S", "cron": "0 6 * * *"}
                sent["export"] = {"template_id": "verifications_csv"}
            if address.endswith("batches"):
                sent = {"business_id": name, "exports": [sent, sent]}
        elif f"(?P<{kind}_id>" in address:
            address = address.replace(f"(?P<{kind}_id>{WORD})", name)
            for owner in ("webhook", "destination"):
                address = address.replace(f"(?P<{owner}_id>{WORD})", theirs[owner])
        else:
            address += f"?{kind}_id={name}"
        if method == "get":
            return caller.get(address)
        return caller.generic(
            method.upper(), address, json.dumps(sent), "application/json"
        )

    refused, absent = call(theirs[kind]), call(ABSENT[kind])

    assert refused.status_code == 404
    assert same_refusal(refused, id=theirs[kind]) == same_refusal(
        absent, id=ABSENT[kind]
    )


@pytest.fixture
def theirs_for_staff(settings) -> dict[str, str]:
    settings.EXPORTS = settings.EXPORTS | {"BULK_RATE_LIMIT_MAX": 10}
    business = make.business("business_other")
    customer = make.customer(business)
    token = make.staff_token(make.staff("manager", business))[1]
    asked = {"customerIds": [str(customer.pk)]}
    address = "/api/admin/customers/export"
    job = with_text(token).post(address, asked, format="json")
    return {"customer": str(customer.pk), "staff_job": job.json()["job_id"]}


@pytest.mark.parametrize(
    ("route", "method", "kind"),
    [(route, *each) for route, kinds in STAFF.items() for each in kinds.items()],
)
def test_what_is_not_of_their_businesses_is_not_there(
    theirs_for_staff, route, method, kind
):
    mine = make.business("business_mine")
    text = make.staff_token(make.staff("manager", mine))[1]

    def call(name: str):
        address = "/" + re.sub(r"<str:\w+>", name, route)
        if method == "get":
            return with_text(text).get(address)
        sent = {"customerIds": [name]} if address.endswith("/export") else {}
        return with_text(text).post(address, sent, format="json")

    refused, absent = call(theirs_for_staff[kind]), call(ABSENT[kind])

    assert refused.status_code == 404
    assert said(refused, theirs_for_staff[kind]) == said(absent, ABSENT[kind])


def said(answer, name: str) -> tuple:
    """All of a refusal for staff that is not the request's own."""
    own = {"X-Request-ID", "X-RateLimit-Remaining", "X-RateLimit-Reset"}
    headers = {key: value for key, value in answer.headers.items() if key not in own}
    return answer.status_code, headers, answer.content.replace(name.encode(), b"<id>")


def test_lists_hold_nothing_of_others(caller, theirs):
    assert theirs["job"].startswith("job_")

    listed = caller.get("/v1/export/jobs").json()

    assert (listed["jobs"], listed["total_count"]) == ([], 0)

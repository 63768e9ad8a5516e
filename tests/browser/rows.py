"""A row of each model, with markup in every text that somebody may have written."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from typing import Any, Final

from django.apps import apps
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.db.models import CharField, Field, JSONField, Model, TextField

from customers import audit
from customers.actors import Actor
from customers.models import AuditEvent, Business, Customer, User
from exports.models import Worker
from tests import make
from tests.customers.admin.asking import PAYLOAD
from tests.customers.admin.test_owned import MADE

MARKUP: Final = '"><img src=x onerror=alert(1)>'
OWN_APPS: Final = ("customers", "exports", "templates_app")
WRITTEN_BY_THE_SERVICE: Final = {
    *("business_id", "table_name", "prefix", "secret_hash", "password", "key"),
    *("queue", "wrapped_password", "wrapped_secret", "wrapped_old_secret"),
    *("key_hash", "request_hash", "event", "channel"),
}
OF_A_LIST: Final = {
    *("time_zone", "currency", "language", "cron", "export_type", "format"),
    *("sort_order", "outcome", "actor_kind", "owner_kind", "completeness"),
    *("events", "template_id", "kind", "type"),
}
"""What no other text gets into; pages work with it."""
_numbers = count(1)


def verified(*, companies: int) -> Business:
    """Each of its companies twice, once with success; and one of another's."""
    business = make.business("business_mine", name=f"Mine {PAYLOAD}")
    for number in range(companies):
        company = make.company(business, name=f"Company {number} {PAYLOAD}")
        make.verification(company, status="completed")
        make.verification(company, status="failed", notes=PAYLOAD)
    make.verification(make.company(make.business("business_theirs"), name="Theirs"))
    return business


def one_of_each() -> dict[type[Model], Model]:
    business = make.business("business_mine", name=f"Mine {MARKUP}")
    rows = {model: maker(business) for model, maker in MADE.items()}
    rows |= {User: make.staff("operator", business), AuditEvent: _event(business)}
    rows[Group] = Group.objects.create(name=MARKUP)
    Worker.objects.note(MARKUP)
    rows[Worker] = Worker.objects.get()
    _belongings(rows[Customer])
    for row in _all():
        mark(row)
    for row in rows.values():
        row.refresh_from_db()
    return rows


def _belongings(customer: Any) -> None:
    make.order(customer)
    make.note(customer)
    make.tag(customer)
    make.segment(customer)
    make.ticket(customer)


def _event(business: Business) -> AuditEvent:
    """Events cannot be changed, so that it has to be made so."""
    marked = Actor(kind="key", id=MARKUP, label=MARKUP, request_id=MARKUP)
    made = audit.record(
        MARKUP,
        actor=marked,
        business_id=business.id,
        object_type=MARKUP,
        object_id=MARKUP,
        details={MARKUP: MARKUP},
    )
    return AuditEvent.objects.get(pk=made.pk)


def _all() -> Iterator[Model]:
    for model in apps.get_models():
        if model._meta.app_label in OWN_APPS and model is not AuditEvent:
            yield from model._base_manager.all()


def mark(row: Model) -> None:
    """What a constraint refuses is not stored, and has not to be looked for."""
    for field in filter(_is_free, row._meta.concrete_fields):
        value = _marked(getattr(row, field.attname), field)
        rows = type(row)._base_manager.filter(pk=row.pk)
        with suppress(IntegrityError), transaction.atomic():
            rows.update(**{field.attname: value})


def _is_free(field: Field[Any, Any]) -> bool:
    if field.primary_key or field.choices or field.is_relation:
        return False
    if field.name in WRITTEN_BY_THE_SERVICE | OF_A_LIST:
        return False
    if isinstance(field, CharField):
        return (field.max_length or 999) > len(MARKUP) + 6
    return isinstance(field, TextField | JSONField)


def _marked(value: Any, field: Field[Any, Any]) -> Any:
    if isinstance(field, JSONField):
        return _in_json(value)
    # Some are unique.
    return f"{MARKUP}{next(_numbers)}"


def _in_json(value: Any) -> Any:
    if isinstance(value, dict):
        kept = WRITTEN_BY_THE_SERVICE | OF_A_LIST
        return {
            name: each if name in kept else _in_json(each)
            for name, each in value.items()
        } | {MARKUP: MARKUP}
    if isinstance(value, list):
        return [_in_json(each) for each in value]
    return MARKUP if isinstance(value, str) else value

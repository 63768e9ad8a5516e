"""Templates are made, changed and deleted here: checked, audited, seen at once."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction

from customers import audit
from customers.actors import Actor
from exports import policy
from exports.errors import Conflict, Forbidden, Invalid
from templates_app import cached, drafts
from templates_app.library import BUILT_IN, absent, find
from templates_app.models import ExportTemplate
from templates_app.saved import Template

_SCOPE = "templates:write"


def create(body: Any, *, actor: Actor, now: datetime) -> Template:
    """:raises ExportError: whatever is wrong with the body or the asking.

    :raises Conflict: there is one of that id, or there are too many.
    """
    business_id = policy.business_of(body, actor).id
    grant = policy.granted(actor, _SCOPE, business_id)
    drafts.check_body(body)
    fields = drafts.read(body, business_id=business_id, clearance=grant.clearance)
    slug = drafts.slug(body)
    with _changing(business_id):
        check_free(business_id, slug)
        row = ExportTemplate.objects.create(
            business_id=business_id,
            slug=slug,
            created_at=now,
            updated_at=now,
            **fields,
        )
        _record("template.created", row, actor)
    return row.value()


def replace(
    template_id: str, body: Any, *, actor: Actor, business_id: str | None, now: datetime
) -> Template:
    """What the body leaves out gets its default.

    :raises ExportError: whatever is wrong with the body or the asking.
    """
    return _change(template_id, body, {}, actor, business_id, now)


def amend(
    template_id: str, body: Any, *, actor: Actor, business_id: str | None, now: datetime
) -> Template:
    """What the body leaves out stays; null stands for the default.

    :raises ExportError: whatever is wrong with the body or the asking.
    """
    return _change(template_id, body, None, actor, business_id, now)


def delete(template_id: str, *, actor: Actor, business_id: str | None) -> None:
    """:raises TemplateNotFound: there is none, or it is not theirs: alike.

    :raises Forbidden: it is built-in, or theirs to read only.
    """
    template = _writable(template_id, actor, business_id)
    with _changing(str(template.business_id)):
        row = _row(template)
        _record("template.deleted", row, actor)
        row.delete()


def _change(
    template_id: str,
    body: Any,
    base: Mapping[str, Any] | None,
    actor: Actor,
    business_id: str | None,
    now: datetime,
) -> Template:
    """:param base: what the body is laid over; None: the template as it is."""
    template = _writable(template_id, actor, business_id or _named(body))
    body = drafts.check_body(body)
    owner = str(template.business_id)
    _check_same(body, template)
    grant = policy.granted(actor, _SCOPE, owner)
    with _changing(owner):
        row = _row(template)
        over = _as_body(row) if base is None else base
        fields = drafts.read(
            {**over, **body}, business_id=owner, clearance=grant.clearance
        )
        changes = [name for name in fields if fields[name] != getattr(row, name)]
        for name in changes:
            setattr(row, name, fields[name])
        if changes:
            row.version += 1
            row.updated_at = now
            row.save()
            _record("template.changed", row, actor, changed=changes)
    return row.value()


def _named(body: Any) -> str | None:
    """The business that a body tells of a template by."""
    found = body.get("business_id") if isinstance(body, dict) else None
    return found if isinstance(found, str) and found else None


def _writable(template_id: str, actor: Actor, business_id: str | None) -> Template:
    """:raises Forbidden: it is built-in, or theirs to read only."""
    if template_id in BUILT_IN:
        raise Forbidden(f"the template '{template_id}' is built-in: it is read-only")
    template = find(template_id, business_ids=visible(actor, business_id))
    policy.granted(actor, _SCOPE, str(template.business_id))
    return template


def visible(actor: Actor, business_id: str | None) -> frozenset[str] | None:
    """The businesses among which a template is looked for; None: all.

    :raises BusinessNotFound: the one that is named is not theirs, or is not there.
    """
    if business_id is None:
        return actor.business_ids
    policy.known(actor, business_id)
    return frozenset({business_id})


def _check_same(body: Mapping[str, Any], template: Template) -> None:
    """:raises Invalid: an id or a business that is not the template's."""
    for name, value in (("id", template.id), ("business_id", template.business_id)):
        if body.get(name) not in (None, value):
            raise Invalid.field(name, f"{name} cannot be changed: it is '{value}'")


def _as_body(row: ExportTemplate) -> dict[str, Any]:
    names = ("name", "description", *drafts.SPEC_FIELDS)
    return {name: getattr(row, name) for name in names} | {"type": row.export_type}


@contextmanager
def _changing(business_id: str) -> Iterator[None]:
    """One change of a business's templates at a time, in one transaction."""
    with policy.changing(business_id):
        cached.changing(business_id)
        transaction.on_commit(lambda: cached.changed(business_id))
        yield


def _row(template: Template) -> ExportTemplate:
    """:raises TemplateNotFound: it was deleted meanwhile."""
    rows = ExportTemplate.objects.for_business(str(template.business_id))
    row = rows.filter(slug=template.id).first()
    if row is None:
        raise absent(template.id)
    return row


def check_free(business_id: str, slug: str) -> None:
    """:raises Conflict: there is one of that id, or there are too many."""
    own = ExportTemplate.objects.for_business(business_id)
    if slug in BUILT_IN or own.filter(slug=slug).exists():
        message = f"id '{slug}' is taken: there is such a template"
        raise Conflict(message, details=[{"field": "id", "message": message}])
    policy.check_room(own, "MAX_TEMPLATES_PER_BUSINESS", of="templates")


def _record(
    action: str, row: ExportTemplate, actor: Actor, **details: list[str]
) -> None:
    known = {"type": row.export_type, "format": row.format, "version": row.version}
    audit.record(
        action,
        actor=actor,
        business_id=row.business_id,
        object_type="template",
        object_id=row.slug,
        details=known | details,
    )

"""The one way to a template: built-in ones, and a business's own."""

from typing import Any, Final

from exports.errors import Invalid, TemplateNotFound
from exports.pipeline.fields import SLUG
from exports.pipeline.registry import unknown
from templates_app import cached
from templates_app.built_in import BUILT_IN
from templates_app.models import ExportTemplate
from templates_app.saved import Template

__all__: Final = ["BUILT_IN", "absent", "find", "resolve"]


def find(template_id: str, *, business_ids: frozenset[str] | None) -> Template:
    """The one of that id which is built-in, or belongs to one of these businesses.

    :param business_ids: None: of any business.
    :raises TemplateNotFound: there is none, or it is another's: alike.
    :raises Invalid: several of the businesses have one.
    """
    if template_id in BUILT_IN:
        return BUILT_IN[template_id]
    if not SLUG.fullmatch(template_id):
        raise absent(template_id)
    found = _own(template_id, business_ids)
    if not found:
        raise absent(template_id)
    if len(found) > 1:
        raise Invalid.field(
            "business_id",
            "business_id is required: several of your businesses have a template"
            f" '{template_id}'",
        )
    return found[0]


def _own(template_id: str, business_ids: frozenset[str] | None) -> list[Template]:
    """At most two of them."""
    if business_ids is not None and len(business_ids) == 1:
        [business_id] = business_ids
        template = cached.own(business_id, template_id)
        return [template] if template else []
    rows = ExportTemplate.objects.for_businesses(business_ids)
    return [row.value() for row in rows.filter(slug=template_id)[:2]]


def absent(template_id: str) -> TemplateNotFound:
    return TemplateNotFound(unknown("template", template_id, list(BUILT_IN)))


def resolve(template_id: str, *, business_id: str) -> tuple[dict[str, Any], int]:
    """The spec that a template stands for, and its version.

    :raises TemplateNotFound: there is none of that id for this business.
    """
    template = find(template_id, business_ids=frozenset({business_id}))
    return template.spec(), template.version

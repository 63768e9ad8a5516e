"""A page of the templates that somebody may use: built-in ones, then own ones."""

from collections.abc import Mapping
from dataclasses import dataclass

from exports.pipeline.datasets import DATASETS
from exports.pipeline.problems import Problems
from exports.pipeline.registry import unknown
from exports.pipeline.renderers import ALIASES, RENDERERS
from templates_app.built_in import BUILT_IN
from templates_app.models import ExportTemplate
from templates_app.saved import Template


@dataclass(frozen=True, slots=True)
class Filters:
    """None: any."""

    type: str | None = None
    format: str | None = None
    business_id: str | None = None


def read(query: Mapping[str, str]) -> Filters:
    """:raises Invalid: a type or a format that there is not."""
    problems = Problems()
    wanted, name = query.get("type"), query.get("format")
    name = ALIASES.get(name, name) if name else name
    if wanted is not None and wanted not in DATASETS:
        problems.add("type", f"is an {unknown('type', wanted, list(DATASETS))}")
    if name is not None and name not in RENDERERS:
        problems.add("format", f"is an {unknown('format', name, list(RENDERERS))}")
    problems.settle()
    return Filters(wanted, name, query.get("business_id"))


def look(
    filters: Filters, businesses: frozenset[str] | None, *, limit: int, offset: int
) -> tuple[list[Template], int]:
    """The page, and how many there are in all."""
    built_in = [each for each in BUILT_IN.values() if _fits(each, filters)]
    rows = ExportTemplate.objects.for_businesses(businesses)
    if filters.type is not None:
        rows = rows.filter(export_type=filters.type)
    if filters.format is not None:
        rows = rows.filter(format=filters.format)
    shown = built_in[offset : offset + limit]
    start = max(offset - len(built_in), 0)
    rest = rows.order_by("business_id", "slug")[start : start + limit - len(shown)]
    own = [row.value() for row in rest]
    return [*shown, *own], len(built_in) + rows.count()


def _fits(template: Template, filters: Filters) -> bool:
    return (
        filters.business_id is None
        and filters.type in {None, template.type}
        and filters.format in {None, template.format}
    )

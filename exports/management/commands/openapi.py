"""Write the OpenAPI documents, or check that the written ones are up to date."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandParser
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.validation import validate_schema

from exports.management.written import add_check, settle

FILES: Final = {
    Path("docs/api/openapi.yaml"): "/",
    Path("docs/api/admin-customers-export.yaml"): "/api/admin/",
}
"""Each document, and what the addresses in it begin with."""
_REFERENCE: Final = "#/components/"


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        add_check(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """:raises CommandError: with ``--check``, when the file is not up to date."""
        del args
        schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call] # untyped there
        for path, prefix in FILES.items():
            self._one(path, _below(schema, prefix), check=options["check"])

    def _one(self, name: Path, schema: dict[str, Any], *, check: bool) -> None:
        renderer: Any = OpenApiYamlRenderer()
        text = renderer.render(schema, renderer_context={}).decode()
        if not check:
            # What is compared was valid when it was written.
            validate_schema(schema)  # type: ignore[no-untyped-call] # untyped there
        settle(name, text, check=check, by="openapi")
        self.stdout.write(f"{name}: {len(schema['paths'])} paths")


def _below(schema: dict[str, Any], prefix: str) -> dict[str, Any]:
    """The part about these addresses, with what it refers to and nothing else."""
    paths = {
        name: each for name, each in schema["paths"].items() if name.startswith(prefix)
    }
    wanted: set[tuple[str, str]] = set()
    pending = list(_named(paths))
    while pending:
        name = pending.pop()
        if name not in wanted:
            wanted.add(name)
            kind, part = name
            pending += _named(schema["components"][kind][part])
    components = {
        kind: {name: each for name, each in parts.items() if (kind, name) in wanted}
        for kind, parts in schema["components"].items()
    }
    return schema | {"paths": paths, "components": components}


def _named(value: Any) -> Iterator[tuple[str, str]]:
    """The components that something refers to, ways to sign in among them."""
    if isinstance(value, list):
        for each in value:
            yield from _named(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            if name == "$ref":
                kind, _, part = each.removeprefix(_REFERENCE).partition("/")
                yield kind, part
            elif name == "security":
                yield from (("securitySchemes", way) for one in each for way in one)
            else:
                yield from _named(each)

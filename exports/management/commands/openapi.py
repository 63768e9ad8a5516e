"""Write the OpenAPI document, or check that the written one is up to date."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.validation import validate_schema

PATH = Path("docs/api/openapi.yaml")


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """:raises CommandError: with ``--check``, when the file is not up to date."""
        del args
        schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call] # untyped there
        validate_schema(schema)  # type: ignore[no-untyped-call] # untyped there
        renderer: Any = OpenApiYamlRenderer()
        text = renderer.render(schema, renderer_context={}).decode()
        path = settings.BASE_DIR / PATH
        if not options["check"]:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            raise CommandError(f"{PATH} is not up to date: run manage.py openapi")
        self.stdout.write(f"{PATH}: {len(schema['paths'])} paths")

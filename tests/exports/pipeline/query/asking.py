"""Custom queries as tests ask them: rows as tuples of text, on the engine that is here.

On PostgreSQL the query role is one of the test's own cluster.
"""

import secrets
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from customers.clearance import Clearance
from customers.models import Business
from exports.pipeline.query.compile import Compiled, compiled_here
from exports.pipeline.query.reading import open_reading


@pytest.fixture
def query_role(settings: Any) -> Iterator[str]:
    """What a deployment sets up once; the role's name."""
    there = connection.settings_dict
    # Roles are the whole server's, and another run of tests may use it too.
    role = f"query_{there['NAME']}"[:60]
    if connection.vendor == "sqlite":
        yield role
        return
    password = secrets.token_urlsafe(12)
    place = f"{there['HOST']}:{there['PORT']}"
    settings.QUERY_DATABASE_URL = f"postgres://{role}:{password}@{place}/any"
    call_command("setup_query_role", stdout=StringIO())
    yield role
    with connection.cursor() as cursor:
        cursor.execute(f'DROP OWNED BY "{role}"')
        cursor.execute(f'DROP ROLE "{role}"')


def compiled(
    text: str, business: str = "ours", clearance: Clearance = Clearance.SENSITIVE
) -> Compiled:
    return compiled_here(text, business_id=business, clearance=clearance)


def rows(
    text: str, business: Business, clearance: Clearance = Clearance.SENSITIVE
) -> list[tuple[str | None, ...]]:
    return list(read(compiled(text, business.id, clearance), business.id))


def read(query: Compiled, business_id: str) -> Iterator[tuple[str | None, ...]]:
    names = [column.name for column in query.columns]
    with open_reading(business_id) as reading:
        count = reading.count(query)
        found = [
            row
            for block in reading.blocks(query, names, batch_size=100, most=count)
            for row in zip(*block, strict=True)
        ]
    assert len(found) == count
    yield from found

"""Searches are answered from indexes, where the database has such."""

from importlib import import_module

import pytest
from django.contrib import admin
from django.core.management import CommandError
from django.db import connection

from customers.admin.searching import Search
from customers.models import AuditEvent, AuditLog, Company, Verification
from tests import make
from tests.exports.test_indexes import multiply

pytestmark = pytest.mark.django_db
IS_POSTGRESQL = connection.vendor == "postgresql"
MADE = {
    Company: make.company,
    Verification: make.verification,
    AuditLog: make.audit_log,
    AuditEvent: make.api_key,
}


def tidy(model):
    """As autovacuum does: what waits to be put into an index is looked through."""
    if IS_POSTGRESQL:
        with connection.cursor() as cursor:
            name = f"{model._meta.db_table}_searched"
            cursor.execute("SELECT gin_clean_pending_list(%s)", [name])


@pytest.mark.parametrize("text", ["zyxmark", "zy", "zyxmark quux"])
@pytest.mark.parametrize("model", MADE, ids=lambda model: model.__name__)
def test_rows_found_are_read_by_index(model, text):
    MADE[model](make.business("business_0"))
    number = "'N' || n"
    multiply(model, 20_000, business_id="business_id", registration_number=number)
    tidy(model)
    fields = admin.site.get_model_admin(model).search_fields

    # The first part is of the own fields alone.
    own, *_others = Search.of(fields, text).parts(model.objects.all())

    assert ("_searched" in own.explain()) == IS_POSTGRESQL


def test_indexes_are_made_where_there_are_trigrams():
    with connection.cursor() as cursor:
        names = [
            name
            for model in MADE
            for name in connection.introspection.get_constraints(
                cursor, model._meta.db_table
            )
        ]

    found = [name for name in names if name.endswith("_searched")]
    assert len(found) == (4 if IS_POSTGRESQL else 0)


if IS_POSTGRESQL:

    def test_role_that_may_not_extend_the_database_is_told_what_to_do():
        migration = import_module("customers.migrations.0004_searches")
        with connection.cursor() as cursor:
            cursor.execute("DROP EXTENSION pg_trgm CASCADE")
            cursor.execute("CREATE ROLE kyb_may_little")
            cursor.execute("SET LOCAL ROLE kyb_may_little")

        with (
            pytest.raises(CommandError) as refused,
            connection.schema_editor() as editor,
        ):
            migration.extend(editor)

        assert "permission denied" in str(refused.value)
        assert "CREATE EXTENSION pg_trgm" in str(refused.value)

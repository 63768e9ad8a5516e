"""Triggers that see all rows of a statement plan for those rows, on PostgreSQL."""

from django.db import migrations

from customers.migrations.sql import postgresql


def replace(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        with schema_editor.connection.cursor() as cursor:
            for statement in postgresql.over_statements():
                cursor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_triggers")]
    # What was there before did the same, with plans that were kept.
    operations = [migrations.RunPython(replace, migrations.RunPython.noop)]

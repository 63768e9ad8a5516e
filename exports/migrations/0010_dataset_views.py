"""Each dataset as a view, which custom queries read."""

from django.db import migrations

from exports.migrations.sql import postgresql, sqlite


def _engine(schema_editor):
    return postgresql if schema_editor.connection.vendor == "postgresql" else sqlite


def install(apps, schema_editor):
    for statement in _engine(schema_editor).forward():
        # No parameters: a per cent sign is one.
        schema_editor.execute(statement, params=None)


def remove(apps, schema_editor):
    for statement in _engine(schema_editor).reverse():
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("exports", "0009_file_discloses"),
        ("customers", "0002_triggers"),
    ]

    operations = [migrations.RunPython(install, remove)]

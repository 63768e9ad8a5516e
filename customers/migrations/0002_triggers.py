"""The rules that the database keeps by itself, under bulk and raw SQL writes too."""

from django.db import migrations

from customers.migrations.sql import postgresql, sqlite


def install(apps, schema_editor):
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for statement in postgresql.forward():
                cursor.execute(statement)
            return

        def columns(table):
            description = connection.introspection.get_table_description(cursor, table)
            return [column.name for column in description]

        for statement in list(sqlite.forward(columns)):
            cursor.execute(statement)


def remove(apps, schema_editor):
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for statement in postgresql.REVERSE:
                cursor.execute(statement)
            return
        cursor.execute(
            "SELECT name FROM sqlite_master"
            " WHERE type = 'trigger' AND name GLOB 'customers_*'"
        )
        for statement in sqlite.reverse([name for (name,) in cursor.fetchall()]):
            cursor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]

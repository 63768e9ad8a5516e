"""Indexes for the searches of long lists, on PostgreSQL: a text within a text."""

from django.core.management import CommandError
from django.db import migrations
from django.db.utils import Error

COLUMNS = {
    "company": ("name", "registration_number", "lei"),
    "verification": ("reviewer",),
    "auditlog": ("user_id", "user_email", "action", "resource_id"),
    "auditevent": ("object_id", "actor_label", "action", "request_id"),
}
REFUSED = (
    "The extension pg_trgm is needed, and could not be made: {}\n"
    "Let a role that may do so run 'CREATE EXTENSION pg_trgm' in this database, then"
    " migrate again. Where the server does not know it, install its contrib package"
    " first."
)


def extend(schema_editor):
    """:raises CommandError: the role may not, or the server has no such extension."""
    try:
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except Error as error:
        raise CommandError(REFUSED.format(error)) from error


def index(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    extend(schema_editor)
    for table, columns in COLUMNS.items():
        # As the lookup icontains has it: of another expression it finds no index.
        searched = ", ".join(f"upper({name}::text) gin_trgm_ops" for name in columns)
        schema_editor.execute(
            f"CREATE INDEX customers_{table}_searched ON customers_{table}"
            f" USING gin ({searched})"
        )


def remove(apps, schema_editor):
    """The extension stays: others may use it."""
    if schema_editor.connection.vendor == "postgresql":
        for table in COLUMNS:
            schema_editor.execute(f"DROP INDEX customers_{table}_searched")


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_planned_anew")]

    operations = [migrations.RunPython(index, remove)]

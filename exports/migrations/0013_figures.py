"""What figures add up stands in indexes, on PostgreSQL: the rows are wide."""

from django.db import migrations

FORWARD = (
    "DROP INDEX exports_job_asked",
    "CREATE INDEX exports_job_asked ON exports_exportjob (business_id, created_at)"
    " INCLUDE (id, export_type, format, status, error_code, started_at, completed_at)",
    "CREATE INDEX exports_file_figures ON exports_exportfile (job_id)"
    " INCLUDE (row_count, size)",
    # Otherwise a day is thought to have as many values as a moment has, and rows are
    # sorted by their texts to be added up.
    "CREATE STATISTICS exports_job_days"
    " ON ((created_at AT TIME ZONE 'UTC')::date) FROM exports_exportjob",
)
REVERSE = (
    "DROP STATISTICS exports_job_days",
    "DROP INDEX exports_file_figures",
    "DROP INDEX exports_job_asked",
    "CREATE INDEX exports_job_asked ON exports_exportjob (business_id, created_at)",
)


def widen(apps, schema_editor):
    _execute(schema_editor, FORWARD)


def narrow(apps, schema_editor):
    _execute(schema_editor, REVERSE)


def _execute(schema_editor, statements):
    if schema_editor.connection.vendor == "postgresql":
        for statement in statements:
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("exports", "0012_destinations")]
    # The model's index keeps its name and its keys; SQLite knows no more of one.
    operations = [migrations.RunPython(widen, narrow)]

"""Figures of some days, and whose turn it is, are found without reading every job."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exports", "0005_idempotency_made")]

    operations = [
        migrations.AddIndex(
            model_name="exportjob",
            index=models.Index(
                fields=["business", "created_at"], name="exports_job_asked"
            ),
        ),
        migrations.AddIndex(
            model_name="exportjob",
            index=models.Index(
                fields=["business", "mode", "started_at"], name="exports_job_turn"
            ),
        ),
    ]

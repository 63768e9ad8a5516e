"""What waits or runs is counted without a look at all that has ended."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exports", "0013_figures")]

    operations = [
        migrations.AddIndex(
            model_name="exportjob",
            index=models.Index(
                condition=models.Q(("completed_at__isnull", True)),
                fields=["business", "mode"],
                name="exports_job_active",
            ),
        ),
    ]

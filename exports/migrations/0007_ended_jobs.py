"""What ended since is found without a look at every job."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exports", "0006_jobs_by_time")]

    operations = [
        migrations.AddIndex(
            model_name="exportjob",
            index=models.Index(
                condition=models.Q(("completed_at__isnull", False)),
                fields=["completed_at"],
                name="exports_job_ended",
            ),
        ),
    ]

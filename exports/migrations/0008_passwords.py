"""A job may have a password, wrapped, for as long as it lives."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exports", "0007_ended_jobs")]

    operations = [
        migrations.AddField(
            model_name="exportjob",
            name="is_encrypted",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="exportjob",
            name="wrapped_password",
            field=models.CharField(blank=True, default="", max_length=600),
        ),
        migrations.AddConstraint(
            model_name="exportjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("is_encrypted", True),
                        ("status__in", ["pending", "processing"]),
                        models.Q(("wrapped_password", ""), _negated=True),
                    ),
                    models.Q(
                        ("wrapped_password", ""),
                        models.Q(
                            ("is_encrypted", False),
                            ("status__in", ["completed", "failed", "cancelled"]),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="exports_job_password_while_alive",
            ),
        ),
    ]

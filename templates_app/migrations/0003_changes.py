"""A third kind of data range: what has changed since the last completed run."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("templates_app", "0002_schedules")]

    operations = [
        migrations.AlterField(
            model_name="schedule",
            name="data_range",
            field=models.CharField(
                choices=[
                    ("as_asked", "As Asked"),
                    ("since_previous", "Since Previous"),
                    ("changes", "Changes"),
                ],
                default="as_asked",
                max_length=20,
            ),
        ),
    ]

"""A row for each worker that lives."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exports", "0003_idempotency_and_debug")]

    operations = [
        migrations.CreateModel(
            name="Worker",
            fields=[
                (
                    "name",
                    models.CharField(max_length=200, primary_key=True, serialize=False),
                ),
                ("seen_at", models.DateTimeField()),
            ],
        ),
    ]

"""The highest class that a reader of a file learns something of."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exports", "0008_passwords")]

    operations = [
        migrations.AddField(
            "exportfile", "discloses", models.PositiveSmallIntegerField(default=3)
        )
    ]

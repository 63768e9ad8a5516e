"""What a request with an Idempotency-Key made is known from its own commit on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exports", "0004_workers")]

    operations = [
        migrations.AddField(
            model_name="idempotencyrecord",
            name="made",
            field=models.CharField(max_length=80, null=True),
        ),
    ]

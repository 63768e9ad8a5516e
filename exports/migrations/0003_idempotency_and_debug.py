import customers.ids
import django.db.models.deletion
from django.db import migrations, models



class Migration(migrations.Migration):

    dependencies = [
        ('exports', '0002_batches_and_retries'),
    ]

    operations = [
        migrations.AddField(
            model_name='exportfile',
            name='debug',
            field=models.JSONField(default=dict),
        ),
        migrations.CreateModel(
            name='IdempotencyRecord',
            fields=[
                ('id', models.UUIDField(default=customers.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('actor', models.CharField(max_length=120)),
                ('key_hash', models.CharField(max_length=64)),
                ('request_hash', models.CharField(max_length=64)),
                ('token', models.UUIDField(default=customers.ids.new_id)),
                ('lease_until', models.DateTimeField()),
                ('expires_at', models.DateTimeField(db_index=True)),
                ('status', models.PositiveSmallIntegerField(null=True)),
                ('headers', models.JSONField(default=dict)),
                ('body', models.JSONField(null=True)),
                ('business', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to='customers.business')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('actor', 'key_hash'), name='exports_idempotency_once')],
            },
        ),
    ]

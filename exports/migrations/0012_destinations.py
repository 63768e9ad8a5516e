"""Destinations, and the receipts of what was brought to them."""

import customers.ids
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0003_planned_anew'),
        ('exports', '0011_webhooks_and_outbox'),
    ]

    operations = [
        migrations.AddField(
            model_name='delivery',
            name='receipt',
            field=models.JSONField(default=dict),
        ),
        migrations.CreateModel(
            name='Destination',
            fields=[
                ('id', models.UUIDField(default=customers.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=100)),
                ('kind', models.CharField(choices=[('s3', 'S3'), ('sftp', 'Sftp')], max_length=10)),
                ('address', models.JSONField()),
                ('path', models.CharField(max_length=300)),
                ('wrapped_credentials', models.TextField()),
                ('succeeded_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('business', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.business')),
            ],
        ),
        migrations.AddField(
            model_name='delivery',
            name='destination',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='exports.destination'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['destination', '-created_at', '-id'], name='exports_delivery_brought'),
        ),
        migrations.AddIndex(
            model_name='destination',
            index=models.Index(fields=['business', '-created_at', '-id'], name='exports_destination_newest'),
        ),
        migrations.AddConstraint(
            model_name='destination',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['s3', 'sftp'])), name='exports_destination_kind_known'),
        ),
    ]

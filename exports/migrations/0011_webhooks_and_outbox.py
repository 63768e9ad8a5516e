"""Webhooks, the outbox, and the log of attempts."""

import customers.ids
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0003_planned_anew'),
        ('exports', '0010_dataset_views'),
    ]

    operations = [
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.UUIDField(default=customers.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('url', models.CharField(max_length=2000)),
                ('events', models.JSONField()),
                ('description', models.CharField(blank=True, max_length=200)),
                ('contact', models.CharField(blank=True, max_length=254)),
                ('wrapped_secret', models.CharField(max_length=400)),
                ('wrapped_old_secret', models.CharField(blank=True, max_length=400)),
                ('overlap_until', models.DateTimeField(null=True)),
                ('status', models.CharField(choices=[('active', 'Active'), ('disabled', 'Disabled')], default='active', max_length=10)),
                ('disabled_for', models.CharField(blank=True, max_length=200)),
                ('succeeded_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('business', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.business')),
            ],
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.UUIDField(default=customers.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('event_id', models.UUIDField()),
                ('event', models.CharField(max_length=40)),
                ('channel', models.CharField(max_length=20)),
                ('target', models.CharField(max_length=254)),
                ('language', models.CharField(blank=True, max_length=10)),
                ('payload', models.JSONField()),
                ('state', models.CharField(choices=[('pending', 'Pending'), ('delivered', 'Delivered'), ('failed', 'Failed')], default='pending', max_length=10)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('fence', models.PositiveIntegerField(default=0)),
                ('due_at', models.DateTimeField()),
                ('lease_until', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ended_at', models.DateTimeField(null=True)),
                ('business', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.business')),
                ('webhook', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='exports.webhook')),
            ],
            options={
                'verbose_name_plural': 'deliveries',
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('at', models.DateTimeField()),
                ('seconds', models.FloatField()),
                ('status', models.PositiveSmallIntegerField(null=True)),
                ('error', models.CharField(blank=True, max_length=200)),
                ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attempts', to='exports.delivery')),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('delivery', 'number'), name='exports_attempt_once')],
            },
        ),
        migrations.AddIndex(
            model_name='webhook',
            index=models.Index(fields=['business', '-created_at', '-id'], name='exports_webhook_newest'),
        ),
        migrations.AddConstraint(
            model_name='webhook',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'active'), ('disabled_for', '')), models.Q(('status', 'disabled'), models.Q(('disabled_for', ''), _negated=True)), _connector='OR'), name='exports_webhook_reason_when_disabled'),
        ),
        migrations.AddConstraint(
            model_name='webhook',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('wrapped_old_secret', ''), ('overlap_until__isnull', True)), models.Q(models.Q(('wrapped_old_secret', ''), _negated=True), ('overlap_until__isnull', False)), _connector='OR'), name='exports_webhook_overlap_has_an_end'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state', 'pending')), fields=['due_at', 'id'], name='exports_delivery_due'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['business', 'channel', 'target', 'lease_until'], name='exports_delivery_target'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['webhook', '-created_at', '-id'], name='exports_delivery_log'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['ended_at'], name='exports_delivery_ended'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state', 'pending')), models.Q(('ended_at__isnull', False), ('lease_until__isnull', True), ('state__in', ['delivered', 'failed'])), _connector='OR'), name='exports_delivery_ended_at_when_over'),
        ),
    ]

"""Pain at any time, questionnaires, motion and side effects."""

import django.db.models.deletion
import django.utils.timezone
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0004_courses'),
    ]

    operations = [
        migrations.CreateModel(
            name='Effect',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('demo', models.BooleanField(default=False)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('created', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('corrects', models.UUIDField(null=True)),
                ('deleted_at', models.DateTimeField(null=True)),
                ('kind', models.CharField(max_length=20)),
                ('grade', models.PositiveSmallIntegerField()),
                ('text', models.CharField(blank=True, default='', max_length=500)),
                ('patient', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='records.patient')),
                ('visit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='records.visit')),
            ],
            options={
                'ordering': ('-at', '-created'),
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Motion',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('demo', models.BooleanField(default=False)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('created', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('corrects', models.UUIDField(null=True)),
                ('deleted_at', models.DateTimeField(null=True)),
                ('name', models.CharField(max_length=30)),
                ('value', models.FloatField()),
                ('patient', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='records.patient')),
                ('visit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='records.visit')),
            ],
            options={
                'ordering': ('-at', '-created'),
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('demo', models.BooleanField(default=False)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('created', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('corrects', models.UUIDField(null=True)),
                ('deleted_at', models.DateTimeField(null=True)),
                ('measure', models.CharField(max_length=20)),
                ('version', models.CharField(blank=True, default='', max_length=20)),
                ('items', models.JSONField(default=dict)),
                ('score', models.FloatField(null=True)),
                ('finished', models.BooleanField(default=False)),
                ('patient', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='records.patient')),
                ('visit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='records.visit')),
            ],
            options={
                'ordering': ('-at', '-created'),
                'abstract': False,
                'indexes': [models.Index(fields=['patient', 'measure', '-at'], name='answer_of_patient')],
            },
        ),
        migrations.CreateModel(
            name='PainEntry',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('demo', models.BooleanField(default=False)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('created', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('corrects', models.UUIDField(null=True)),
                ('deleted_at', models.DateTimeField(null=True)),
                ('region', models.CharField(choices=[('neck', 'neck'), ('upper_back', 'upper_back'), ('lower_back', 'lower_back')], max_length=12)),
                ('side', models.CharField(choices=[('left', 'left'), ('right', 'right'), ('both', 'both')], default='both', max_length=8)),
                ('value', models.FloatField()),
                ('when', models.CharField(blank=True, choices=[('', ''), ('before', 'before'), ('after', 'after'), ('next_morning', 'next_morning')], default='', max_length=12)),
                ('patient', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='records.patient')),
                ('visit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='records.visit')),
            ],
            options={
                'ordering': ('-at', '-created'),
                'abstract': False,
                'indexes': [models.Index(fields=['patient', '-at'], name='pain_of_patient')],
            },
        ),
    ]

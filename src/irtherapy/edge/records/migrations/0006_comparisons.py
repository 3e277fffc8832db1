"""Comparisons with and without infrared, and the sessions of their blocks."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0005_outcomes")]

    operations = [
        migrations.CreateModel(
            name="Comparison",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("demo", models.BooleanField(default=False)),
                ("created", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("region", models.CharField(max_length=12)),
                ("outcome", models.CharField(max_length=20)),
                ("concealment", models.CharField(max_length=20)),
                ("starts_on", models.DateField()),
                ("pairs", models.PositiveSmallIntegerField()),
                ("sessions", models.PositiveSmallIntegerField()),
                ("every_days", models.PositiveSmallIntegerField()),
                ("washout_days", models.PositiveSmallIntegerField()),
                ("worthwhile", models.FloatField()),
                ("device_id", models.CharField(max_length=80)),
                ("device_name", models.CharField(max_length=200)),
                ("driver", models.CharField(max_length=20)),
                ("plug", models.CharField(blank=True, default="", max_length=60)),
                ("secret", models.CharField(max_length=32)),
                ("sealed", models.CharField(max_length=64)),
                ("plan", models.TextField()),
                ("plan_sha256", models.CharField(max_length=64)),
                ("ended_at", models.DateTimeField(null=True)),
                ("revealed_at", models.DateTimeField(null=True)),
                ("guesses_right", models.PositiveSmallIntegerField(null=True)),
                ("guesses_told", models.PositiveSmallIntegerField(null=True)),
                ("deleted_at", models.DateTimeField(null=True)),
                (
                    "patient",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comparisons",
                        to="records.patient",
                    ),
                ),
            ],
            options={"ordering": ("-created",)},
        ),
        migrations.CreateModel(
            name="ComparedSession",
            fields=[
                (
                    "visit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="compared",
                        serialize=False,
                        to="records.visit",
                    ),
                ),
                ("block", models.PositiveSmallIntegerField()),
                (
                    "comparison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="members", to="records.comparison"
                    ),
                ),
            ],
        ),
    ]

"""Courses, and which course a visit belongs to."""

import datetime
import uuid

import django.db.models.deletion
import django.utils.timezone
import irtherapy.edge.records.models.course
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0003_patients_and_samples")]

    operations = [
        migrations.CreateModel(
            name="Course",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("demo", models.BooleanField(default=False)),
                ("programme", models.JSONField(default=dict)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("active", "Running"),
                            ("on-hold", "Paused"),
                            ("completed", "Finished"),
                            ("revoked", "Ended early"),
                        ],
                        default="active",
                        max_length=10,
                    ),
                ),
                ("started_on", models.DateField()),
                ("ended_on", models.DateField(null=True)),
                ("time_of_day", models.TimeField(default=datetime.time(18, 0))),
                ("zone", models.CharField(default="UTC", max_length=60)),
                ("weekdays", models.JSONField(default=list)),
                ("slack_days", models.PositiveSmallIntegerField(default=2)),
                ("taper", models.BooleanField(default=False)),
                ("away", models.JSONField(default=list)),
                ("skipped", models.JSONField(default=list)),
                ("resumed", models.JSONField(default=list)),
                ("reminded", models.JSONField(default=list)),
                ("note", models.TextField(blank=True, default="")),
                (
                    "feed_token",
                    models.CharField(
                        default=irtherapy.edge.records.models.course.new_token,
                        max_length=64,
                        null=True,
                        unique=True,
                    ),
                ),
                ("sequence", models.PositiveIntegerField(default=0)),
                ("published", models.JSONField(default=dict)),
                ("before", models.JSONField(null=True)),
                (
                    "patient",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="courses",
                        to="records.patient",
                    ),
                ),
            ],
            options={"ordering": ("-created",)},
        ),
        migrations.AddField(
            "visit",
            "course",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="visits",
                to="records.course",
            ),
        ),
    ]

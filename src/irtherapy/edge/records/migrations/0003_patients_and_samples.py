"""Patients of a clinic, samples as packed columns, and of each record what a page looks for."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


def of_the_record(apps, schema_editor):
    """Fill the new columns of earlier visits; their samples stay in the journals until these are put away."""
    visits = apps.get_model("records", "Visit")
    for visit in visits.objects.exclude(record__isnull=True).iterator():
        visit.ended = visit.record.get("ended") or "unknown"
        visit.region = (visit.record.get("order") or {}).get("region", "")
        visit.heat_s = float(visit.record.get("heat_s") or 0.0)
        visit.save(update_fields=["ended", "region", "heat_s"])


class Migration(migrations.Migration):
    dependencies = [("records", "0002_answers_of_the_day")]

    operations = [
        migrations.CreateModel(
            name="Patient",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=60, unique=True)),
                ("created", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={"ordering": ("code",)},
        ),
        migrations.CreateModel(
            name="Samples",
            fields=[
                (
                    "visit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="samples",
                        serialize=False,
                        to="records.visit",
                    ),
                ),
                ("count", models.PositiveIntegerField()),
                ("packed", models.BinaryField()),
            ],
        ),
        migrations.AddField(
            "visit",
            "patient",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="visits",
                to="records.patient",
            ),
        ),
        migrations.AddField("visit", "ended", models.CharField(blank=True, default="", max_length=40)),
        migrations.AddField("visit", "region", models.CharField(blank=True, default="", max_length=12)),
        migrations.AddField("visit", "heat_s", models.FloatField(default=0.0)),
        migrations.AddIndex(
            "visit", models.Index(fields=["patient", "-created"], name="visit_of_patient")
        ),
        migrations.RunPython(of_the_record, migrations.RunPython.noop),
    ]

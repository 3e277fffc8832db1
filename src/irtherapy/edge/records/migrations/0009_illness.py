"""Days of illness."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0008_visit_counted")]

    operations = [
        migrations.CreateModel(
            name="Illness",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("demo", models.BooleanField(default=False)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("created", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("corrects", models.UUIDField(null=True)),
                ("deleted_at", models.DateTimeField(null=True)),
                ("text", models.CharField(blank=True, default="", max_length=500)),
                ("patient", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="records.patient")),
                ("visit", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="records.visit")),
            ],
            options={"ordering": ("-at", "-created"), "abstract": False},
        ),
    ]

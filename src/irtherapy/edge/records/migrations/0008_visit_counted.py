from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0007_programmes")]

    operations = [
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(
                fields=["patient", "demo", "deleted_at", "ended", "created"], name="visit_counted"
            ),
        ),
    ]

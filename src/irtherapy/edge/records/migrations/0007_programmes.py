"""What is prescribed for a visit: its programme, what a clinician set, fewer minutes."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0006_comparisons'),
    ]

    operations = [
        migrations.AddField(
            model_name='visit',
            name='prescribed',
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name='visit',
            name='programme',
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name='visit',
            name='chosen_min',
            field=models.FloatField(null=True),
        ),
    ]

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("datasets", "0002_initial"),
        ("experiments", "0002_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="experiment",
            name="headline",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text="Test metrics of the latest completed session; lists sort by them.",
            ),
        ),
        migrations.AddField(
            model_name="trainingsession",
            name="base_version",
            field=models.ForeignKey(
                default=0,
                help_text="The version whose rows are split; later steps are in the plan.",
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="+",
                to="datasets.datasetversion",
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="experiment",
            name="latest_session",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="experiments.trainingsession",
            ),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("datasets", "0002_initial")]

    operations = [
        migrations.AddField(
            model_name="datasetversion",
            name="peak_memory",
            field=models.PositiveBigIntegerField(default=0, help_text="Bytes."),
        )
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("experiments", "0003_headline_and_base_version")]

    operations = [
        migrations.AddField(
            model_name="trainingsession",
            name="peak_memory",
            field=models.PositiveBigIntegerField(default=0, help_text="Bytes."),
        )
    ]

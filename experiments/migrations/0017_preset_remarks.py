from django.db import migrations, models

from experiments.algorithms.catalogue import algorithms


def say_what_for(apps, schema_editor):
    """Say of presets that are as shipped what they are for."""
    rows = apps.get_model("experiments", "Preset").objects
    for entry in algorithms():
        for preset in entry.presets:
            same = {"algorithm": entry.name, "name": preset.name, "title": preset.title}
            rows.filter(**same).update(remark=preset.remark)


class Migration(migrations.Migration):

    dependencies = [
        ('experiments', '0016_progress_found'),
    ]

    operations = [
        migrations.AddField(
            model_name='preset',
            name='remark',
            field=models.CharField(blank=True, help_text='What it is for, for people.', max_length=200),
        ),
        migrations.RunPython(say_what_for, migrations.RunPython.noop),
    ]

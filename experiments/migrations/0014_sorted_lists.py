from django.db import migrations, models
from django.db.models import OuterRef, Subquery

import experiments.querysets

FIGURES = ('balanced_accuracy', 'average_precision', 'mcc', 'log_loss', 'brier', 'ece', 'mae', 'mape')


def take_times(apps, schema_editor):
    """Give every experiment the time of its latest session."""
    sessions = apps.get_model('experiments', 'TrainingSession').objects
    latest = sessions.filter(pk=OuterRef('latest_session'))
    apps.get_model('experiments', 'Experiment').objects.exclude(latest_session=None).update(
        training_seconds=Subquery(latest.values('training_time_seconds')[:1])
    )


class Migration(migrations.Migration):

    dependencies = [
        ('experiments', '0013_started_from'),
    ]

    operations = [
        migrations.AddField(
            model_name='experiment',
            name='training_seconds',
            field=models.FloatField(blank=True, help_text='How long the latest session trained, once it is completed.', null=True),
        ),
        migrations.RunPython(take_times, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            model_name='experiment',
            index=models.Index(fields=['project', 'name'], name='experiments_by_name'),
        ),
        migrations.AddIndex(
            model_name='experiment',
            index=models.Index(fields=['project', 'training_seconds'], name='experiments_by_time'),
        ),
        *(
            migrations.AddIndex(
                model_name='experiment',
                index=models.Index(models.F('project'), experiments.querysets.Figure(name), name=f'experiments_{name}'),
            )
            for name in FIGURES
        ),
    ]

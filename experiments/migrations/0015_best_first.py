from django.db import migrations, models

import experiments.querysets

HIGHER_IS_BETTER = ('accuracy', 'balanced_accuracy', 'f1_macro', 'roc_auc', 'average_precision', 'mcc', 'r2')


def indexes():
    for name in HIGHER_IS_BETTER:
        best_first = experiments.querysets.Figure(name).desc(nulls_last=True)
        yield models.Index(models.F('project'), best_first, name=f'experiments_best_{name}'[:30])


def add_indexes(apps, schema_editor):
    """Let PostgreSQL read the best first and those without a figure last.

    Read backwards, its other indexes bring the latter first. Those of SQLite bring
    them last, and SQLite knows no such index.
    """
    if schema_editor.connection.vendor == 'postgresql':
        for index in indexes():
            schema_editor.add_index(apps.get_model('experiments', 'Experiment'), index)


def remove_indexes(apps, schema_editor):
    if schema_editor.connection.vendor == 'postgresql':
        for index in indexes():
            schema_editor.remove_index(apps.get_model('experiments', 'Experiment'), index)


class Migration(migrations.Migration):

    dependencies = [
        ('experiments', '0014_sorted_lists'),
    ]

    operations = [migrations.RunPython(add_indexes, remove_indexes)]

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0008_versions_newest_first'),
    ]

    operations = [
        migrations.AddField(
            model_name='batchprediction',
            name='keeps_records',
            field=models.BooleanField(default=False, help_text='Each row that is answered becomes a record.'),
        ),
        migrations.AddField(
            model_name='record',
            name='batch',
            field=models.ForeignKey(db_index=False, null=True, on_delete=models.deletion.CASCADE, related_name='records', to='registry.batchprediction'),
        ),
        migrations.AddIndex(
            model_name='record',
            index=models.Index(condition=models.Q(('batch__isnull', False)), fields=['batch'], name='registry_record_of_batch'),
        ),
    ]

"""Inspections and standards are quality's (quality 0001); the tables stay as they are."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('production', '0017_reasons_whole'),
        ('quality', '0001_from_production'),
    ]

    state = [
        migrations.AlterField(
            model_name='batch',
            name='inspection',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quality.inspection'),
        ),
        migrations.AlterField(
            model_name='historicalbatch',
            name='inspection',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='quality.inspection'),
        ),
        migrations.DeleteModel(name='Finding'),
        migrations.DeleteModel(name='SampledInspection'),
        migrations.DeleteModel(name='ReworkReport'),
        migrations.DeleteModel(name='Concession'),
        migrations.DeleteModel(name='Countersignature'),
        migrations.DeleteModel(name='InspectionRefusal'),
        migrations.DeleteModel(name='InspectionWithdrawal'),
        migrations.DeleteModel(name='Characteristic'),
        migrations.DeleteModel(name='SamplingState'),
        migrations.DeleteModel(name='ProductStandard'),
        migrations.DeleteModel(name='HistoricalProductStandard'),
        migrations.DeleteModel(name='HistoricalSamplingState'),
        migrations.DeleteModel(name='Inspection'),
    ]

    operations = [migrations.SeparateDatabaseAndState(state_operations=state)]

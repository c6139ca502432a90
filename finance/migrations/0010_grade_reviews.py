"""The quarters whose grades were reviewed; suggestions lapse."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("finance", "0009_promise_verdicts")]

    operations = [
        migrations.CreateModel(
            name='GradeReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quarter', models.DateField(unique=True, verbose_name='季度首日')),
                ('at', models.DateTimeField(verbose_name='时间')),
            ],
            options={
                'verbose_name': '季度评定',
                'verbose_name_plural': '季度评定',
            },
        ),
        migrations.AlterField(
            model_name='gradesuggestion',
            name='state',
            field=models.CharField(choices=[('open', '待决定'), ('accepted', '已调整'), ('declined', '不调整'), ('lapsed', '已过期')], default='open', max_length=8, verbose_name='状态'),
        ),
        migrations.AlterField(
            model_name='historicalgradesuggestion',
            name='state',
            field=models.CharField(choices=[('open', '待决定'), ('accepted', '已调整'), ('declined', '不调整'), ('lapsed', '已过期')], default='open', max_length=8, verbose_name='状态'),
        ),
    ]

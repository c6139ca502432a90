"""How promises were judged on their day, and how far off one may be."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("finance", "0008_goods_of_cancelled_orders")]

    operations = [
        migrations.AddField(
            model_name='collectingrules',
            name='longest_promise',
            field=models.PositiveSmallIntegerField(default=90, verbose_name='承诺最长天数'),
        ),
        migrations.AddField(
            model_name='historicalcollectingrules',
            name='longest_promise',
            field=models.PositiveSmallIntegerField(default=90, verbose_name='承诺最长天数'),
        ),
        migrations.CreateModel(
            name='PromiseVerdict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verdict', models.CharField(choices=[('waiting', '待兑现'), ('kept', '已兑现'), ('broken', '未兑现'), ('void', '已失效')], max_length=8, verbose_name='结果')),
                ('covered', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='按期到账')),
                ('at', models.DateTimeField(verbose_name='判定时间')),
                ('promise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='verdicts', to='finance.paymentpromise', verbose_name='承诺')),
            ],
            options={
                'verbose_name': '承诺判定',
                'verbose_name_plural': '承诺判定',
                'ordering': ['id'],
            },
        ),
    ]

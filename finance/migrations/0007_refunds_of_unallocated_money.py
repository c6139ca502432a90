from decimal import Decimal

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('finance', '0006_grading'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(model_name='paymentbalance', name='payment_unallocated'),
        migrations.RemoveConstraint(model_name='paymentbalance', name='allocated_within_payment'),
        # A generated column is never altered: it is made anew.
        migrations.RemoveField(model_name='paymentbalance', name='left'),
        migrations.AddField(
            model_name='paymentbalance',
            name='refunded',
            field=models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=14, verbose_name='已退回'),
        ),
        migrations.AddField(
            model_name='paymentbalance',
            name='left',
            field=models.GeneratedField(
                db_persist=True,
                expression=models.F('amount') - models.F('allocated') - models.F('refunded'),
                output_field=models.DecimalField(decimal_places=2, max_digits=14, verbose_name='未分配'),
            ),
        ),
        migrations.AddConstraint(
            model_name='paymentbalance',
            constraint=models.CheckConstraint(
                condition=models.Q(('allocated__gte', 0), ('refunded__gte', 0)) & models.Q(('amount__gte', models.F('allocated') + models.F('refunded'))),
                name='allocated_within_payment',
                violation_error_message='分配金额超过了这笔收款。',
            ),
        ),
        migrations.AddIndex(
            model_name='paymentbalance',
            index=models.Index(condition=models.Q(('left__gt', 0)), fields=['payment'], name='payment_unallocated'),
        ),
        migrations.CreateModel(
            name='PaymentRefund',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='退款金额')),
                ('method', models.CharField(choices=[('transfer', '银行转账'), ('bill', '承兑汇票'), ('cheque', '支票'), ('cash', '现金'), ('mobile', '微信 / 支付宝')], max_length=10, verbose_name='方式')),
                ('bank_ref', models.CharField(max_length=60, verbose_name='银行流水号')),
                ('reason', models.CharField(max_length=500, verbose_name='原因')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经手')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='finance.payment', verbose_name='收款')),
            ],
            options={
                'verbose_name': '未分配款退回',
                'verbose_name_plural': '未分配款退回',
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='payment_refund_amount')],
            },
        ),
    ]

"""What quality keeps leaves production's state for quality's: the tables stay as they are and where they are."""

from decimal import Decimal

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

MOVED = (
    'characteristic', 'concession', 'countersignature', 'finding', 'historicalproductstandard',
    'historicalsamplingstate', 'inspection', 'inspectionrefusal', 'inspectionwithdrawal', 'productstandard',
    'reworkreport', 'sampledinspection', 'samplingstate',
)


def rename(apps, old, new):
    """The names under which rights and Django's own log know the tables."""
    apps.get_model('contenttypes', 'ContentType').objects.filter(app_label=old, model__in=MOVED).update(app_label=new)


def forwards(apps, schema_editor):
    rename(apps, 'production', 'quality')


def backwards(apps, schema_editor):
    rename(apps, 'quality', 'production')


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('catalog', '0001_squashed_0004_product_code_in_any_case'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('documents', '0005_reasons_whole'),
        ('production', '0017_reasons_whole'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    state = [
        migrations.CreateModel(
            name='HistoricalProductStandard',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='版次')),
                ('title', models.CharField(max_length=80, verbose_name='名称')),
                ('status', models.CharField(choices=[('draft', '草稿'), ('in_force', '现行'), ('replaced', '已替代')], default='draft', max_length=10, verbose_name='状态')),
                ('written_at', models.DateTimeField(verbose_name='编制时间')),
                ('put_at', models.DateTimeField(blank=True, null=True, verbose_name='生效时间')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('product', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='catalog.product', verbose_name='产品')),
                ('put_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='批准人')),
                ('written_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='编制人')),
            ],
            options={
                'verbose_name': 'historical 产品出厂标准',
                'verbose_name_plural': 'historical 产品出厂标准',
                'db_table': 'production_historicalproductstandard',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalSamplingState',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('severity', models.CharField(choices=[('normal', '正常'), ('tightened', '加严'), ('reduced', '放宽')], default='normal', max_length=10, verbose_name='严格度')),
                ('score', models.PositiveSmallIntegerField(default=0, verbose_name='转移得分')),
                ('recent', models.CharField(blank=True, max_length=5, verbose_name='近批（1 接收，0 不接收）')),
                ('run', models.PositiveSmallIntegerField(default=0, verbose_name='连续接收')),
                ('refused', models.PositiveSmallIntegerField(default=0, verbose_name='加严下累计不接收')),
                ('stopped', models.BooleanField(default=False, verbose_name='暂停检验')),
                ('steady', models.BooleanField(default=False, verbose_name='生产稳定，同意放宽')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('product', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='catalog.product')),
            ],
            options={
                'verbose_name': 'historical 抽样严格度',
                'verbose_name_plural': 'historical 抽样严格度',
                'db_table': 'production_historicalsamplingstate',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Inspection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verdict', models.CharField(choices=[('passed', '合格'), ('conceded', '让步接收'), ('scrap', '报废'), ('rework', '返工')], max_length=10, verbose_name='结论')),
                ('quantity', models.DecimalField(decimal_places=3, default=Decimal('0'), max_digits=14, verbose_name='批量')),
                ('scrap', models.DecimalField(decimal_places=3, default=Decimal('0'), max_digits=14, verbose_name='其中报废')),
                ('sample_size', models.PositiveIntegerField(verbose_name='抽样数')),
                ('quantity_ok', models.BooleanField(verbose_name='数量相符')),
                ('appearance_ok', models.BooleanField(verbose_name='外观合格')),
                ('packaging_ok', models.BooleanField(verbose_name='包装合格')),
                ('label_ok', models.BooleanField(verbose_name='标签合格（型号、数量、生产日期）')),
                ('measured', models.TextField(max_length=2000, verbose_name='实测记录')),
                ('reason', models.TextField(blank=True, verbose_name='原因')),
                ('conceded_by', models.CharField(blank=True, max_length=40, verbose_name='让步批准人')),
                ('at', models.DateTimeField(verbose_name='检验时间')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inspections', to='production.batch')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='检验员')),
                ('paper', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.attachment', verbose_name='附件')),
                ('photos', models.ManyToManyField(blank=True, related_name='+', to='documents.attachment', verbose_name='照片')),
            ],
            options={
                'verbose_name': '检验',
                'verbose_name_plural': '检验',
                'db_table': 'production_inspection',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Countersignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity_ok', models.BooleanField(null=True, verbose_name='数量相符')),
                ('appearance_ok', models.BooleanField(null=True, verbose_name='外观合格')),
                ('packaging_ok', models.BooleanField(null=True, verbose_name='包装合格')),
                ('label_ok', models.BooleanField(null=True, verbose_name='标签合格（型号、数量、生产日期）')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='说明')),
                ('at', models.DateTimeField(verbose_name='会签时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='会签人')),
                ('inspection', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='countersignature', to='quality.inspection')),
            ],
            options={
                'verbose_name': '检验会签',
                'verbose_name_plural': '检验会签',
                'db_table': 'production_countersignature',
            },
        ),
        migrations.CreateModel(
            name='Concession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(max_length=2000, verbose_name='批准意见')),
                ('at', models.DateTimeField(verbose_name='批准时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='批准人')),
                ('paper', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.attachment', verbose_name='客户同意')),
                ('inspection', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='concession', to='quality.inspection')),
            ],
            options={
                'verbose_name': '让步批准',
                'verbose_name_plural': '让步批准',
                'db_table': 'production_concession',
            },
        ),
        migrations.CreateModel(
            name='InspectionRefusal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField(verbose_name='原因')),
                ('at', models.DateTimeField(verbose_name='退回时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='退回人')),
                ('inspection', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='refusal', to='quality.inspection')),
            ],
            options={
                'verbose_name': '检验退回',
                'verbose_name_plural': '检验退回',
                'db_table': 'production_inspectionrefusal',
            },
        ),
        migrations.CreateModel(
            name='InspectionWithdrawal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField(verbose_name='原因')),
                ('at', models.DateTimeField(verbose_name='撤回时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='撤回人')),
                ('inspection', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='withdrawal', to='quality.inspection')),
            ],
            options={
                'verbose_name': '撤回检验',
                'verbose_name_plural': '撤回检验',
                'db_table': 'production_inspectionwithdrawal',
            },
        ),
        migrations.CreateModel(
            name='ProductStandard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='版次')),
                ('title', models.CharField(max_length=80, verbose_name='名称')),
                ('status', models.CharField(choices=[('draft', '草稿'), ('in_force', '现行'), ('replaced', '已替代')], default='draft', max_length=10, verbose_name='状态')),
                ('written_at', models.DateTimeField(verbose_name='编制时间')),
                ('put_at', models.DateTimeField(blank=True, null=True, verbose_name='生效时间')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='catalog.product', verbose_name='产品')),
                ('put_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='批准人')),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='编制人')),
            ],
            options={
                'verbose_name': '产品出厂标准',
                'verbose_name_plural': '产品出厂标准',
                'db_table': 'production_productstandard',
                'ordering': ['-id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Characteristic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(verbose_name='序')),
                ('item', models.CharField(max_length=40, verbose_name='检验项目')),
                ('kind', models.CharField(choices=[('measured', '计量（测数值）'), ('attribute', '计数（数不合格品）')], max_length=10, verbose_name='类别')),
                ('lower', models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True, verbose_name='下限')),
                ('upper', models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True, verbose_name='上限')),
                ('target', models.CharField(blank=True, max_length=80, verbose_name='标准值或要求')),
                ('unit', models.CharField(blank=True, max_length=12, verbose_name='单位')),
                ('method', models.CharField(blank=True, max_length=80, verbose_name='检验方法')),
                ('aql', models.DecimalField(choices=[(Decimal('0.010'), '0.010'), (Decimal('0.015'), '0.015'), (Decimal('0.025'), '0.025'), (Decimal('0.040'), '0.040'), (Decimal('0.065'), '0.065'), (Decimal('0.10'), '0.10'), (Decimal('0.15'), '0.15'), (Decimal('0.25'), '0.25'), (Decimal('0.40'), '0.40'), (Decimal('0.65'), '0.65'), (Decimal('1.0'), '1.0'), (Decimal('1.5'), '1.5'), (Decimal('2.5'), '2.5'), (Decimal('4.0'), '4.0'), (Decimal('6.5'), '6.5'), (Decimal('10'), '10')], decimal_places=3, default=Decimal('1.5'), max_digits=6, verbose_name='AQL')),
                ('level', models.CharField(choices=[('S-1', 'S-1'), ('S-2', 'S-2'), ('S-3', 'S-3'), ('S-4', 'S-4'), ('I', 'I'), ('II', 'II'), ('III', 'III')], default='II', max_length=4, verbose_name='检验水平')),
                ('standard', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='quality.productstandard')),
            ],
            options={
                'verbose_name': '检验项目',
                'verbose_name_plural': '检验项目',
                'db_table': 'production_characteristic',
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='ReworkReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hours', models.DecimalField(decimal_places=2, max_digits=6, verbose_name='工时')),
                ('scrap', models.DecimalField(decimal_places=3, default=Decimal('0'), max_digits=14, verbose_name='报废数')),
                ('text', models.TextField(max_length=2000, verbose_name='返工情况')),
                ('at', models.DateTimeField(verbose_name='登记时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
                ('inspection', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='reworked', to='quality.inspection')),
            ],
            options={
                'verbose_name': '返工登记',
                'verbose_name_plural': '返工登记',
                'db_table': 'production_reworkreport',
            },
        ),
        migrations.CreateModel(
            name='SampledInspection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('severity', models.CharField(choices=[('normal', '正常'), ('tightened', '加严'), ('reduced', '放宽')], max_length=10, verbose_name='严格度')),
                ('original', models.BooleanField(verbose_name='初次提交')),
                ('accepted', models.BooleanField(verbose_name='抽样判定接收')),
                ('inspection', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='sampled', to='quality.inspection')),
                ('standard', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inspections', to='quality.productstandard')),
            ],
            options={
                'verbose_name': '抽样检验',
                'verbose_name_plural': '抽样检验',
                'db_table': 'production_sampledinspection',
            },
        ),
        migrations.CreateModel(
            name='SamplingState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('severity', models.CharField(choices=[('normal', '正常'), ('tightened', '加严'), ('reduced', '放宽')], default='normal', max_length=10, verbose_name='严格度')),
                ('score', models.PositiveSmallIntegerField(default=0, verbose_name='转移得分')),
                ('recent', models.CharField(blank=True, max_length=5, verbose_name='近批（1 接收，0 不接收）')),
                ('run', models.PositiveSmallIntegerField(default=0, verbose_name='连续接收')),
                ('refused', models.PositiveSmallIntegerField(default=0, verbose_name='加严下累计不接收')),
                ('stopped', models.BooleanField(default=False, verbose_name='暂停检验')),
                ('steady', models.BooleanField(default=False, verbose_name='生产稳定，同意放宽')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('product', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='sampling', to='catalog.product')),
            ],
            options={
                'verbose_name': '抽样严格度',
                'verbose_name_plural': '抽样严格度',
                'db_table': 'production_samplingstate',
            },
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('letter', models.CharField(max_length=1, verbose_name='样本量字码')),
                ('sample_size', models.PositiveIntegerField(verbose_name='样本量')),
                ('accept', models.PositiveSmallIntegerField(verbose_name='Ac')),
                ('refuse', models.PositiveSmallIntegerField(verbose_name='Re')),
                ('values', models.JSONField(default=list, verbose_name='实测值')),
                ('defectives', models.PositiveIntegerField(verbose_name='不合格品数')),
                ('ok', models.BooleanField(verbose_name='合格')),
                ('characteristic', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='quality.characteristic')),
                ('inspection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='quality.inspection')),
            ],
            options={
                'verbose_name': '检验记录',
                'verbose_name_plural': '检验记录',
                'db_table': 'production_finding',
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('inspection', 'characteristic'), name='finding_once'), models.CheckConstraint(condition=models.Q(('defectives__lte', models.F('sample_size'))), name='finding_defectives')],
            },
        ),
        migrations.AddConstraint(
            model_name='productstandard',
            constraint=models.UniqueConstraint(fields=('product', 'number'), name='productstandard_version_once'),
        ),
        migrations.AddConstraint(
            model_name='productstandard',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'in_force')), fields=('product',), name='productstandard_one_in_force'),
        ),
        migrations.AddConstraint(
            model_name='productstandard',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'draft')), fields=('product',), name='productstandard_one_draft', violation_error_message='此产品已有一份草稿，请在草稿上修改。'),
        ),
        migrations.AddConstraint(
            model_name='characteristic',
            constraint=models.UniqueConstraint(fields=('standard', 'position'), name='characteristic_position_once'),
        ),
        migrations.AddConstraint(
            model_name='characteristic',
            constraint=models.CheckConstraint(condition=models.Q(('lower', None), ('upper', None), ('lower__lte', models.F('upper')), _connector='OR'), name='characteristic_limits', violation_error_message='下限不能大于上限。'),
        ),
        migrations.AddConstraint(
            model_name='characteristic',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'attribute'), ('lower__isnull', False), ('upper__isnull', False), _connector='OR'), name='characteristic_measured_has_limit', violation_error_message='计量项目须有上限或下限。'),
        ),
        migrations.AddConstraint(
            model_name='reworkreport',
            constraint=models.CheckConstraint(condition=models.Q(('hours__gt', 0), ('scrap__gte', 0)), name='rework_hours'),
        ),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=state),
        migrations.RunPython(forwards, backwards),
    ]

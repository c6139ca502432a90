import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# django-axes kept the attempts before; see docs/adr/0014-limits-of-our-own.md.
WITHOUT_AXES = """
DROP TABLE IF EXISTS axes_accessattemptexpiration, axes_accessattempt, axes_accessfailurelog, axes_accesslog;
DELETE FROM django_migrations WHERE app = 'axes';
DELETE FROM auth_group_permissions WHERE permission_id IN (
    SELECT p.id FROM auth_permission p JOIN django_content_type t ON t.id = p.content_type_id WHERE t.app_label = 'axes');
DELETE FROM auth_permission WHERE content_type_id IN (SELECT id FROM django_content_type WHERE app_label = 'axes');
DELETE FROM django_content_type WHERE app_label = 'axes';
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Tries',
            fields=[
                ('key', models.CharField(max_length=100, primary_key=True, serialize=False)),
                ('level', models.FloatField()),
                ('at', models.DateTimeField(db_index=True)),
            ],
            options={
                'verbose_name': '尝试次数',
                'verbose_name_plural': '尝试次数',
            },
        ),
        migrations.CreateModel(
            name='SignIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('in', '登录'), ('failed', '登录失败'), ('limited', '次数过多，须等候'), ('freed', '管理员解除等候'), ('out', '退出'), ('ended', '会话被结束'), ('password', '修改密码'), ('password_failed', '原密码不正确'), ('password_set', '管理员设置密码'), ('factor_added', '添加二次验证'), ('factor_removed', '取消二次验证'), ('factor_failed', '二次验证失败')], max_length=20, verbose_name='事项')),
                ('name', models.CharField(blank=True, max_length=150, verbose_name='所填用户名')),
                ('ip', models.GenericIPAddressField(null=True, verbose_name='IP')),
                ('agent', models.CharField(blank=True, max_length=200, verbose_name='浏览器')),
                ('device', models.CharField(blank=True, max_length=32, verbose_name='设备')),
                ('is_new', models.BooleanField(default=False, verbose_name='新设备')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经手')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sign_ins', to=settings.AUTH_USER_MODEL, verbose_name='人员')),
            ],
            options={
                'verbose_name': '登录记录',
                'verbose_name_plural': '登录记录',
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['at'], name='sign_in_at'), models.Index(condition=models.Q(('kind', 'in')), fields=['user', 'device'], name='sign_in_device')],
            },
        ),
        migrations.RunSQL(WITHOUT_AXES, migrations.RunSQL.noop),
    ]

"""`Owed` comes from `orders`: its table stands as it is."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("customers", "0002_grade_policies"),
        ("orders", "0003_house_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Owed",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("subject_kind", models.CharField(max_length=10)),
                        ("subject_id", models.BigIntegerField()),
                        ("what", models.CharField(max_length=40, verbose_name="事项")),
                        ("role", models.CharField(max_length=20, verbose_name="角色")),
                        ("since", models.DateTimeField(verbose_name="起")),
                        ("due", models.DateTimeField(null=True, verbose_name="应办于")),
                        ("until", models.DateTimeField(null=True, verbose_name="止")),
                        ("told_at", models.DateTimeField(null=True, verbose_name="逾期告知本人")),
                        ("escalated_at", models.DateTimeField(null=True, verbose_name="逾期上报主管")),
                        ("customer", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer")),
                        ("order", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="owed", to="orders.order")),
                        ("person", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        "verbose_name": "待办",
                        "verbose_name_plural": "待办",
                        "db_table": "orders_owed",
                        "indexes": [
                            models.Index(condition=Q(until__isnull=True), fields=["role", "since"], name="owed_open_by_role"),
                            models.Index(condition=Q(until__isnull=True), fields=["order"], name="owed_open_by_order"),
                            models.Index(
                                condition=Q(until__isnull=True, escalated_at__isnull=True, due__isnull=False),
                                fields=["due"],
                                name="owed_overdue_untold",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=Q(until__isnull=True),
                                fields=("subject_kind", "subject_id", "what", "role", "person"),
                                name="owed_once",
                                nulls_distinct=False,
                            )
                        ],
                    },
                )
            ]
        )
    ]

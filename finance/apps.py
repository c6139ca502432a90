from django.apps import AppConfig
from django.db.models.signals import post_migrate


class FinanceConfig(AppConfig):
    name = "finance"
    verbose_name = "财务"

    def ready(self) -> None:
        from finance.department import FINANCE
        from finance.models.grading import ensure

        post_migrate.connect(ensure, sender=self)
        FINANCE.open()

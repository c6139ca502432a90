from django.apps import AppConfig
from django.db.models.signals import post_migrate


class FinanceConfig(AppConfig):
    name = "finance"
    verbose_name = "财务"

    def ready(self) -> None:
        from finance import (  # noqa: F401 (subjects register themselves)
            books,
            charging,
            disposing,
            gates,
            invoicing,
            notices,
            panels,
            papers,
            subjects,
        )
        from finance.filing import of_money
        from finance.models.grading import ensure
        from orders.filing import register

        post_migrate.connect(ensure, sender=self)
        register(of_money)
        gates.register()
        papers.register()
        panels.register()
        notices.register()
        disposing.register()
        charging.register()
        invoicing.register()
        books.register()

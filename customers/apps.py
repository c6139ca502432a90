from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = "客户"

    def ready(self) -> None:
        from customers import access, clauses, grades, notices, papers

        post_migrate.connect(grades.ensure, sender=self)
        post_migrate.connect(clauses.ensure, sender=self)
        access.register()
        papers.register()
        notices.register()

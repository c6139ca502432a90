from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = "客户"

    def ready(self) -> None:
        from customers import access, clauses, gates, grades, notices, papers, subjects  # noqa: F401 (subjects register)

        post_migrate.connect(grades.ensure, sender=self)
        post_migrate.connect(clauses.ensure, sender=self)
        gates.register()
        access.register()
        papers.register()
        notices.register()

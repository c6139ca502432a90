from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = "客户"

    def ready(self) -> None:
        from customers import clauses, grades
        from customers.department import CUSTOMERS

        post_migrate.connect(grades.ensure, sender=self)
        post_migrate.connect(clauses.ensure, sender=self)
        CUSTOMERS.open()

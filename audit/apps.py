from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = "操作记录"

    def ready(self) -> None:
        from audit import grants

        post_migrate.connect(grants.apply, sender=self)
        post_migrate.connect(grants.sessions, sender=self)

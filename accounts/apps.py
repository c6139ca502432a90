from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "人员与角色"

    def ready(self) -> None:
        from accounts import permissions

        # After the last app, when every content type and permission exists.
        post_migrate.connect(permissions.apply, sender=list(apps.get_app_configs())[-1])

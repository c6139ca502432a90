from django.apps import AppConfig, apps
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "人员与角色"

    def ready(self) -> None:
        from accounts import checks, permissions, sessions, signins  # noqa: F401 (checks register themselves)

        user_logged_in.connect(sessions.note_beginning)
        user_logged_in.connect(signins.note_log_in)
        user_logged_out.connect(signins.note_log_out)
        # After the last app that has models (the signal skips the others), when every permission exists.
        last = [app for app in apps.get_app_configs() if app.models_module][-1]
        post_migrate.connect(permissions.apply, sender=last)

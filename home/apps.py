from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "home"
    verbose_name = "首页"

    def ready(self) -> None:
        from documents import notices
        from home.watch import TAMPERED

        notices.register(TAMPERED)

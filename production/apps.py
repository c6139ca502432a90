from django.apps import AppConfig


class ProductionConfig(AppConfig):
    name = "production"
    verbose_name = "生产"

    def ready(self) -> None:
        from production.department import PRODUCTION

        PRODUCTION.open()

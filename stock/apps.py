from django.apps import AppConfig


class StockConfig(AppConfig):
    name = "stock"
    verbose_name = "库存"

    def ready(self) -> None:
        from stock import notices, panels

        notices.register()
        panels.register()

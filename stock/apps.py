from django.apps import AppConfig


class StockConfig(AppConfig):
    name = "stock"
    verbose_name = "库存"

    def ready(self) -> None:
        from catalog.panels import board
        from stock.department import STOCK
        from stock.panels import PANEL

        STOCK.open()
        board.register(PANEL)

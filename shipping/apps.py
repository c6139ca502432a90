from django.apps import AppConfig


class ShippingConfig(AppConfig):
    name = "shipping"
    verbose_name = "发货"

    def ready(self) -> None:
        from shipping.department import SHIPPING

        SHIPPING.open()

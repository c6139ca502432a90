from django.apps import AppConfig


class ShippingConfig(AppConfig):
    name = "shipping"
    verbose_name = "发货"

    def ready(self) -> None:
        from shipping import gates, panels, papers

        gates.register()
        papers.register()
        panels.register()

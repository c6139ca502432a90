from django.apps import AppConfig


class ShippingConfig(AppConfig):
    name = "shipping"
    verbose_name = "发货"

    def ready(self) -> None:
        from orders.filing import register
        from shipping import gates, month, panels, papers
        from shipping.filing import of_shipments

        register(of_shipments)
        gates.register()
        month.register()
        papers.register()
        panels.register()

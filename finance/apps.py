from django.apps import AppConfig


class FinanceConfig(AppConfig):
    name = "finance"
    verbose_name = "财务"

    def ready(self) -> None:
        from finance import gates, notices, panels, papers
        from finance.filing import of_money
        from orders.filing import register

        register(of_money)
        gates.register()
        papers.register()
        panels.register()
        notices.register()

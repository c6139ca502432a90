from django.apps import AppConfig


class FinanceConfig(AppConfig):
    name = "finance"
    verbose_name = "财务"

    def ready(self) -> None:
        from finance import gates, panels, papers

        gates.register()
        papers.register()
        panels.register()

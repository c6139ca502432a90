from django.apps import AppConfig


class FinanceConfig(AppConfig):
    name = "finance"
    verbose_name = "财务"

    def ready(self) -> None:
        from finance import gates, notices, panels, papers

        gates.register()
        papers.register()
        panels.register()
        notices.register()

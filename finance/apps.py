from django.apps import AppConfig


class FinanceConfig(AppConfig):
    name = "finance"
    verbose_name = "财务"

    def ready(self) -> None:
        from finance import gates, papers

        gates.register()
        papers.register()

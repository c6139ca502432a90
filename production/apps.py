from django.apps import AppConfig


class ProductionConfig(AppConfig):
    name = "production"
    verbose_name = "生产"

    def ready(self) -> None:
        from production import daily_papers, gates, notices, panels, papers, promising, quality_papers
        from production.scheduling import planning

        gates.register()
        notices.register()
        papers.register()
        daily_papers.register()
        quality_papers.register()
        panels.register()
        promising.register()
        planning.register()

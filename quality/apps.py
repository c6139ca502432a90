from django.apps import AppConfig


class QualityConfig(AppConfig):
    name = "quality"
    verbose_name = "质检"

    def ready(self) -> None:
        from orders import filing
        from production.views.shared import PAGES
        from quality import gates, notices, panels, papers, switched
        from quality.actions import inspection
        from quality.filing import of_batches

        filing.register(of_batches)
        gates.register()
        notices.register()
        papers.register()
        panels.register()
        inspection.register()
        switched.register()
        PAGES.append(("quality:batches", "检验入库"))

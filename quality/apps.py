from django.apps import AppConfig


class QualityConfig(AppConfig):
    name = "quality"
    verbose_name = "质检"

    def ready(self) -> None:
        from production.views.shared import PAGES
        from quality.department import QUALITY

        QUALITY.open()
        PAGES.append(("quality:batches", "检验入库"))

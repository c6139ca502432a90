from django.apps import AppConfig


class ProductionConfig(AppConfig):
    name = "production"
    verbose_name = "生产"

    def ready(self) -> None:
        from documents import access
        from orders.filing import register
        from production import (  # noqa: F401 (subjects register themselves)
            daily_papers,
            gates,
            notices,
            panels,
            papers,
            promising,
            subjects,
        )
        from production.filing import of_words, of_work
        from production.models import SampleRequest
        from production.scheduling import planning

        register(of_words, of_work)
        gates.register()
        access.register("samplerequest", access.among(SampleRequest.objects.visible_to))
        notices.register()
        papers.register()
        daily_papers.register()
        panels.register()
        promising.register()
        planning.register()

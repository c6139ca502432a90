from django.apps import AppConfig


class FlowConfig(AppConfig):
    name = "flow"
    verbose_name = "流程"

    def ready(self) -> None:
        from flow import checks, overdue, owed  # noqa: F401 (checks register themselves)

        overdue.register()
        owed.register()

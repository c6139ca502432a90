from django.apps import AppConfig


class FlowConfig(AppConfig):
    name = "flow"
    verbose_name = "流程"

    def ready(self) -> None:
        from audit import frame
        from flow import calendar, checks, overdue, owed, redue  # noqa: F401 (checks register themselves)

        overdue.register()
        calendar.register()
        frame.followers += [owed.follow, redue.follow]

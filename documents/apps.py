from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "documents"
    verbose_name = "单据"

    def ready(self) -> None:
        from documents import checks  # noqa: F401 (registers the start-up checks)

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "documents"
    verbose_name = "单据"

    def ready(self) -> None:
        from accounts import signins
        from documents import (  # noqa: F401 (checks registers the start-up checks)
            checks,
            notices,
            outbox,
            signin_notices,
            trouble,
        )

        notices.register(signin_notices.KIND)
        signins.recorded.connect(signin_notices.tell)
        outbox.given_up.connect(trouble.flag)

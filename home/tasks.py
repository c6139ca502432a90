"""What the worker does of itself."""

from celery import shared_task
from django.utils import timezone

from home import digest, watch


@shared_task(name="home.send_digests")
def send_digests() -> None:
    """Every five minutes: the daily mails whose time has come; what beat missed goes with the next run."""
    digest.send_due(timezone.now())


@shared_task(name="home.keep_watch")
def keep_watch() -> None:
    """00:40: what the day brought is sealed, after the dates were pushed."""
    watch.keep_watch(timezone.now())

"""What the worker does of itself."""

from celery import shared_task
from django.utils import timezone

from home import digest


@shared_task(name="home.send_digests")
def send_digests() -> None:
    """Every five minutes: the daily mails whose time has come; what beat missed goes with the next run."""
    digest.send_due(timezone.now())

"""What the worker does for what is owed."""

from typing import Any

from celery import shared_task

from accounts.calendar_actions import await_days_off
from documents.outbox import LONG, handler
from flow import redue


@shared_task
def look_at_the_calendar() -> None:
    """Daily: from November on next year's days off are awaited."""
    await_days_off(None, by=None)


@handler(redue.CHANNEL, safe_to_repeat=True, lease=300, queue=LONG)
def reckon_again(payload: dict[str, Any]) -> None:
    redue.again()

"""What the worker does for log-ins."""

from celery import shared_task

from accounts.sessions import SessionStore


@shared_task(name="accounts.sweep_sessions")
def sweep_sessions() -> None:
    """Every night: sessions that are over are no longer kept."""
    SessionStore.clear_expired()

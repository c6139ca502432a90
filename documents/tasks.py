"""What the worker does: one task that works off an outbox row, and this app's own channels."""

import logging
from typing import Any

from celery import shared_task
from celery.signals import worker_init
from django.core.management import call_command
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from accounts.calendar import is_open, next_opening
from documents import bundles, mail, notices, outbox, rendering
from documents.models import Notice

log = logging.getLogger("documents.tasks")


@worker_init.connect
def warm_up(sender: Any, **kwargs: Any) -> None:
    """Before the pool forks, so that no process of it pays for the first page; only where papers are made."""
    if outbox.PAPERS in sender.app.amqp.queues.consume_from:
        from documents import faces, pdf

        faces.make_beside()
        pdf.warm_up()


@shared_task(name="documents.deliver")
def deliver(row_id: int) -> None:
    """Carry out one outbox row; called twice for the same row, the second finds nothing to do (B19, B20)."""
    try:
        outbox.work_off(row_id)
    except (InterfaceError, OperationalError) as error:
        # Its lease runs out, and it is handed over again.
        log.warning("outbox %s: database away: %s", row_id, error)


@outbox.handler("render", safe_to_repeat=True, lease=rendering.SECONDS + 15)
def render(payload: dict[str, Any]) -> None:
    rendering.ensure_rendered(payload["document"], payload.get("shape", "rendering"))


@outbox.handler("bundle", safe_to_repeat=True, lease=bundles.LEASE, queue=outbox.LONG, attempts=3)
def bundle(payload: dict[str, Any]) -> None:
    bundles.ensure_made(payload["bundle"])


@outbox.handler("email", safe_to_repeat=False, lease=180, queue=outbox.MAIL)
def email(payload: dict[str, Any]) -> None:
    mail.deliver(payload)


@outbox.handler("notice", safe_to_repeat=True, lease=30)
def notice(payload: dict[str, Any]) -> None:
    """A line under the recipient's bell; its key keeps it single. One for the daily mail does not ring, and of the rest
    only what can't wait rings outside working time."""
    now = timezone.now()
    for_digest = payload.get("digest", False)
    if not for_digest and notices.waits_for_work(payload.get("kind", "")) and not is_open(now):
        raise outbox.Later(next_opening(now))
    row = Notice(
        recipient_id=payload["recipient"],
        key=payload["key"],
        text=payload["text"][:300],
        url=payload.get("url", ""),
        kind=payload.get("kind", ""),
        for_digest=for_digest,
        created_at=now,
        read_at=now if for_digest else None,
    )
    Notice.objects.bulk_create([row], ignore_conflicts=True)


@shared_task(name="documents.sweep_files")
def sweep_files() -> None:
    """Each night: files that no row names (B14)."""
    call_command("sweep_files")

"""Telling whoever minds a message that it failed, or may or may not have gone out (B20)."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from documents import messages, notices
from documents.models import OutboxRow

WORDS = {
    OutboxRow.State.FAILED: "发送失败，请处理",
    OutboxRow.State.DOUBTFUL: "可能已发送，请核实对方是否收到",
}


def flag(sender: Any, row_ids: Iterable[int], **rest: Any) -> None:
    """One notice for each row and each time; in the transaction that gave the row up."""
    rows = list(OutboxRow.objects.filter(pk__in=list(row_ids)).exclude(channel="notice").select_related("sending"))
    now = timezone.now()
    for row_id, people in messages.minders(rows).items():
        row = next(row for row in rows if row.pk == row_id)
        label = messages.LABELS.get(row.channel, row.channel)
        # What somebody asked for and waits for has a page of its own, which says why and offers to try again.
        url = row.payload.get("page") or row.get_absolute_url()
        words = "未能完成，请打开查看原因并重试" if "page" in row.payload else WORDS[OutboxRow.State(row.state)]
        said = f"{label}「{messages.title_of(row)[:80]}」{words}"
        if row.state == OutboxRow.State.FAILED and row.error and "page" not in row.payload:
            said += f"：{row.error[:120]}"
        event = f"trouble:{row.pk}:{now.timestamp():.6f}"
        notices.tell(people, event=event, text=said, url=url, kind="trouble")

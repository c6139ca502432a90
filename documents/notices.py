"""Telling people in the application: posted with what caused it, shown under their bell."""

from collections.abc import Iterable

from documents import outbox


def tell(recipient_ids: Iterable[int], *, event: str, text: str, url: str = "") -> None:
    """One notice to each; `event` names what happened, so that it is told once (`order:17:approved`)."""
    outbox.post_many(
        outbox.Post("notice", key, {"recipient": recipient, "key": key, "text": text, "url": url})
        for recipient in sorted(set(recipient_ids))
        for key in [f"{event}:{recipient}:notice"]
    )

"""Freezing a paper: the snapshot is written by the action, its rendering follows from the snapshot alone."""

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from documents import finding, kinds, queries, rendering
from documents.audience import Audience
from documents.models import Document, Withdrawal

if TYPE_CHECKING:
    from accounts.models import User


def freeze(
    kind_code: str,
    *,
    subject_kind: str,
    subject_id: int,
    number: str,
    data: dict[str, Any],
    by: "User | None",
    supersedes: Document | None = None,
    at: datetime | None = None,
) -> Document:
    """Keep `data` as the next version of that kind of paper for that subject, and have it rendered.

    Call it inside the action, under the subject's lock. The shapes of `data` are in docs/documents.md.
    """
    kind = kinds.get(kind_code)
    data = as_stored(data)
    if kind.audience == Audience.PLAIN and (found := kinds.price_keys_in(data)):
        raise ValueError(f"{kind_code} must not carry prices: {', '.join(sorted(found))}")
    before = supersedes or queries.current_document(kind_code, subject_kind, subject_id)
    document = Document.objects.create(
        kind=kind.code,
        title=kind.title,
        audience=kind.audience,
        number=number,
        version=before.version + 1 if before else 1,
        subject_kind=subject_kind,
        subject_id=subject_id,
        data=data,
        letterhead=queries.letterhead(),
        template=kind.template,
        template_version=kind.template_version,
        layout={
            "seal": kind.seal,
            "foot": list(kind.foot),
            "copies": [list(copy) for copy in kind.copies],
            "continuous": kind.continuous,
        },
        made_by=by,
        maker=by.name if by else "系统",
        made_at=at or timezone.now(),
        supersedes=before,
        **finding.found_by(number, data),
    )
    rendering.ask_for(document)
    return document


def withdraw(document: Document, *, by: "User | None", reason: str, at: datetime | None = None) -> Withdrawal:
    """Let a paper no longer count where no newer version takes its place; its copies bear 作废 from now on."""
    withdrawal, _ = Withdrawal.objects.get_or_create(
        document=document, defaults={"by": by, "reason": reason, "at": at or timezone.now()}
    )
    return withdrawal


def as_stored(data: dict[str, Any]) -> dict[str, Any]:
    """`data` as it will be read back: dates and Decimals as text. A float is refused: it can't hold money."""

    def refuse(text: str) -> Any:
        raise ValueError(f"float in a frozen paper: {text}")

    return json.loads(json.dumps(data, cls=DjangoJSONEncoder, allow_nan=False), parse_float=refuse)

"""A kind of paper and a subject for tests, as a department would register them."""

from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from documents import access, freeze, kinds, rendering
from documents.audience import Audience
from documents.models import Document, Letterhead
from tests.documents import samples

CONFIRMATION = kinds.register(
    kinds.Kind(
        code="test_confirmation",
        prefix="QR",
        title="销售部客户订单确认书",
        template="documents/confirmation.html",
        audience=Audience.PRICES,
        seal="业务专用章",
    )
)
DELIVERY = kinds.register(
    kinds.Kind(
        code="test_delivery",
        prefix="FH",
        title="销售发货单",
        template="documents/delivery_note.html",
        audience=Audience.PLAIN,
        seal="发货专用章",
        copies=kinds.THREE_COPIES,
    )
)
NOTE_WITH_FORM = kinds.register(
    kinds.Kind(
        code="test_note_with_form",
        prefix="FH",
        title="销售发货单",
        template="documents/delivery_note.html",
        audience=Audience.PRICES,
        seal="发货专用章",
        copies=kinds.THREE_COPIES,
        continuous="documents/delivery_note_continuous.html",
    )
)
MEMO = kinds.register(
    kinds.Kind(
        code="test_memo", prefix="BW", title="客户信息备忘录", template="documents/memo.html", audience=Audience.PLAIN
    )
)

# Subject 1 is everyone's, subject 2 nobody's.
access.register("test_subject", lambda user: Q(subject_id=1))


def letterhead() -> Letterhead:
    return Letterhead.objects.create(pk=1, **samples.FIRM)


def frozen(
    kind: kinds.Kind = MEMO,
    data: dict[str, Any] | None = None,
    *,
    by: User | None = None,
    subject: int = 1,
    number: str = "",
) -> Document:
    with transaction.atomic():
        return freeze.freeze(
            kind.code,
            subject_kind="test_subject",
            subject_id=subject,
            number=number or f"{kind.prefix}-20261123-0001",
            data=samples.MEMO if data is None else data,
            by=by,
        )


def rendered(*args: Any, **kwargs: Any) -> Document:
    document = frozen(*args, **kwargs)
    rendering.ensure_rendered(document.pk)
    return Document.objects.get(pk=document.pk)

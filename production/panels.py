"""What an order's page shows of technical and production, and what may be done there."""

from typing import TYPE_CHECKING, Any

from django.utils.timezone import localdate

from orders import panels
from orders.models import Order, Signed, State, Status, give_places
from orders.models.order import RELEASED, Kind
from orders.queries import rows_of, words_on
from production import delayed, queries
from production.models import Anomaly, SampleRequest, WorkOrder
from production.scheduling import behind

if TYPE_CHECKING:
    from accounts.models import User

SIGNABLE = frozenset({Status.PROPOSED, Status.APPROVED})
DATABLE = frozenset({Status.PROPOSED, Status.APPROVED, Status.IN_FORCE})
MAKING = frozenset({State.PRODUCTION, State.QUALITY})


def read(order: Order, user: "User") -> dict[str, Any] | None:
    """Words of the revision in hand, progress of the one in force; a fixed number of statements."""
    revision = queries.worked_on(order)
    if revision is None or order.state == State.DRAFT:
        return None
    rows = [row for row in rows_of(order, revision.pk) if row.to_make > 0]
    if not rows and not order.released_at:
        return None
    shown: dict[str, Any] = {
        "words": said(order, rows) if rows else [],
        "making": [row for row in rows_of(order) if row.to_make > 0] if order.released_at else [],
        "open_anomalies": Anomaly.objects.filter(order=order, closed_at__isnull=True).count()
        if order.released_at
        else 0,
    }
    shown["samples"] = samples_of(order, rows, shown["words"])
    works = WorkOrder.objects.filter(line__order=order)
    shown["works"] = behind.read(works, localdate()) if order.state in MAKING else []
    shown["delays"] = list(delayed.told(order)[:3]) if order.released_at else []
    # An order from stock has nothing to show here.
    return {"order": order, **shown} if any(shown.values()) else None


def samples_of(order: Order, rows: list[Any], words: list[tuple[Any, ...]]) -> list[SampleRequest]:
    """打样 of the lines; asked only of an order that may have some."""
    cannot = any(technical and technical.verdict == "cannot" for _, technical, *_ in words)
    if order.kind != Kind.SAMPLE and not cannot and not any(row.needs_sample for row in rows):
        return []
    found = list(SampleRequest.objects.filter(line__order=order).select_related("line").order_by("pk"))
    give_places(sample.line for sample in found if sample.line)
    return found


def said(order: Order, rows: list[Any]) -> list[tuple[Any, ...]]:
    """Each line with the three words on it."""
    kinds = (
        (Signed.TECHNICAL, "technical_digest"),
        (Signed.MATERIAL, "material_digest"),
        (Signed.DATE, "date_digest"),
    )
    found = [words_on(order, rows, kind, digest) for kind, digest in kinds]
    return [(row, *(words_of.get(row.line_id) for words_of in found)) for row in rows]


OFFERS = (
    panels.Offer("sign_technical", "技术确认", "production:technical", SIGNABLE, "revision"),
    panels.Offer("state_material", "原材料说明", "production:material", DATABLE, "revision"),
    panels.Offer("sign_dates", "签交期", "production:dates", DATABLE, "revision"),
    panels.Offer("hand_over_order", "生产指令单", "production:order", frozenset({State.PRODUCTION})),
    panels.Offer("sign_for_order", "生产指令单", "production:order", frozenset({State.PRODUCTION})),
    panels.Offer("report_made", "报工与完工", "production:report", frozenset({State.PRODUCTION})),
    panels.Offer("raise_anomaly", "报告异常", "production:anomalies", frozenset(RELEASED)),
    panels.Offer("check_supervision", "监督检查", "production:supervision", frozenset({State.PRODUCTION})),
    panels.Offer("tell_delay", "告知延期", "production:delay", MAKING),
    panels.Offer(
        "state_work_stopped",
        "停产说明",
        "production:stop",
        frozenset(RELEASED),
        when=lambda order: order.cancel_requested_at is not None,
    ),
)


PANEL = panels.Panel("production", "生产", 30, "production/panel.html", read)

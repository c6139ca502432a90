"""What finance shows on an order's page, in the approval queue and in the timeline, and what it offers there."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from accounts.compiled import Compiled
from accounts.permissions import sees_prices
from finance import exposure, queries
from finance.invoicing import invoiced
from finance.models import BalanceLetter
from orders import judging, panels
from orders.models import Order, Revision, State
from orders.models.order import ENDED, RELEASED
from orders.shares import STILL_HERE

if TYPE_CHECKING:
    from accounts.models import User

OPEN = frozenset(set(State) - set(ENDED))
HERE = frozenset(STILL_HERE)


def read(order: Order, user: "User") -> dict[str, Any] | None:
    """款项, for those who see prices; four queries."""
    if not sees_prices(user):
        return None
    entries = list(queries.entries_of(order)[:6])
    return {
        "order": order,
        "money": queries.standing(order),
        "entries": entries[:5],
        "more": len(entries) > 5,
        "invoiced": invoiced(order) if order.released_at else None,
        "letters": list(BalanceLetter.objects.filter(order=order).select_related("document")[:3])
        if order.released_at
        else [],
    }


CREDIT = Compiled(
    lambda: Revision.objects.order_by().values_list(
        "pk", exposure.exact(exposure.WITH_OTHERS), "order__customer__credit_limit", exposure.REVISION
    ),
    ("pk", "total", "limit", "own"),
)


def credit_facts(revisions: Sequence[int]) -> Mapping[int, Sequence[judging.Fact]]:
    """Exposure with this revision against the limit, in one query for all of them."""
    return {row["pk"]: [credit_fact(row["total"], row["limit"], row["own"])] for row in CREDIT.read(revisions)}


def credit_fact(total: Any, limit: Any, own: Any) -> judging.Fact:
    tone = "danger" if own > 0 and total > limit else ""
    return judging.Fact("敞口 / 信用额度", f"{total:,.2f} / {limit:,.2f} 元", tone)


def takes_money(order: Order) -> bool:
    """A cancelled order takes only what its settlement charges."""
    return order.state != State.CANCELLED or queries.owed_on(order) > 0


OFFERS = (
    panels.Offer("record_payment", "款项", "finance:order", frozenset(State), when=takes_money),
    panels.Offer(
        "record_promise",
        "登记承诺",
        "finance:record_promise",
        frozenset({State.APPROVED, *RELEASED, *ENDED}),
        when=lambda order: queries.owed_on(order) > 0,
    ),
    panels.Offer("override_credit", "信用特批", "finance:credit", OPEN),
    panels.Offer("send_balance_letter", "余款催收通知书", "finance:letter", frozenset(RELEASED)),
    panels.Offer(
        "sign_cancel_settled",
        "取消结算",
        "finance:settlement",
        OPEN,
        when=lambda order: order.cancel_requested_at is not None,
    ),
    panels.Offer("clear_shipment", "款项落实", "finance:clear", HERE, "shipment", when=lambda one: one.due_before > 0),
    panels.Offer(
        "check_terms", "核对付款条件", "finance:clear", HERE, "shipment", when=lambda one: one.due_before == 0
    ),
    panels.Offer(
        "special_release_md", "特批发货", "finance:clear", HERE, "shipment", when=lambda one: one.due_before > 0
    ),
)


PANEL = panels.Panel("money", "款项", 40, "finance/panel.html", read)

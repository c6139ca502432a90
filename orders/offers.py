"""The order's own buttons: which action is offered in which states; the action itself judges."""

from typing import Any

from orders.deeds import DEEDS
from orders.models import Confirmation, State, Status
from orders.models.order import ENDED, RELEASED, UNRELEASED
from orders.panels import Offer

DRAWN_UP = frozenset({Status.DRAFT, Status.PROPOSED})
OPEN_STATES = frozenset(state for state in State if state not in ENDED)
EVERY_STATE = frozenset(State)


def deed(code: str, states: Any, subject: str = "order", when: Any = None, page: str = "", label: str = "") -> Offer:
    """An offer with the words of its deed."""
    of = DEEDS[code]
    tone = "danger" if of.tone == "danger" else "plain"
    return Offer(of.may, label or of.label, page or f"orders:{code}", frozenset(states), subject, tone, when)


def is_amendment(revision: Any) -> bool:
    return revision.number > 1


OFFERS = (
    Offer("edit_revision", "修改", "orders:edit", DRAWN_UP, "revision"),
    deed("sign_check", DRAWN_UP, "revision", label="客服核对"),
    Offer("clear_price_cs", "核准价格", "orders:price", DRAWN_UP, "revision", when=lambda one: one.departs),
    Offer("clear_price_md", "核准价格", "orders:price", DRAWN_UP, "revision", when=lambda one: one.departs),
    deed("relax_promise", DRAWN_UP, "revision"),
    Offer("approve", "审批", "orders:approval", frozenset({Status.PROPOSED}), "revision"),
    Offer(
        "record_return",
        "订单确认书",
        "orders:confirmation",
        frozenset({Status.APPROVED, Status.IN_FORCE}),
        "revision",
        when=lambda one: one.status == Status.APPROVED or one.confirmation != Confirmation.VERIFIED,
    ),
    deed("drop_amendment", [*DRAWN_UP, Status.APPROVED], "revision", is_amendment),
    Offer("tell_reply", "告知客户", "orders:memo", OPEN_STATES, when=lambda one: one.memo and not one.memo.told_at),
    deed(
        "file_written_order",
        OPEN_STATES,
        when=lambda one: one.channel == "sales_word" and not one.written_order_filed_at,
    ),
    deed("delegate_order", UNRELEASED, when=lambda one: one.delegated_at is None),
    deed("renew_terms", DRAWN_UP, "revision", lambda one: is_amendment(one) and one.order.released_at),
    deed("propose_amendment", [State.APPROVED, *RELEASED], label="改单"),
    deed("short_close", RELEASED),
    deed("accept_excess", RELEASED),
    deed("resume", OPEN_STATES, when=lambda one: one.is_held),
    deed("hold", OPEN_STATES, when=lambda one: not one.is_held),
    Offer("request_cancel", "取消订单", "orders:cancellation", OPEN_STATES, tone="danger"),
    Offer(
        "agree_cancel_md",
        "办理取消",
        "orders:cancellation",
        frozenset(RELEASED),
        when=lambda one: one.cancel_requested_at,
    ),
    Offer(
        "agree_cancel_fin",
        "办理取消",
        "orders:cancellation",
        frozenset(RELEASED),
        when=lambda one: one.cancel_requested_at,
    ),
    deed("reopen", [State.COMPLETED]),
    Offer("create_order", "复制为新订单", "orders:copy", EVERY_STATE),
)

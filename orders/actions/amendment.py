"""改单 after approval: a proposed revision that passes submit, approve and release like the first."""

from audit.errors import Refused
from orders import terms
from orders.frame import OrderAct, order_action
from orders.models import Order, Revision, State, Status
from orders.models.revision import OPEN
from orders.notices import tell
from orders.terms import HEADER_FIELDS

POLICY_FIELDS = (
    "contract",
    "deposit_percent",
    "share_before_shipping",
    "starts_early",
    "days_for_rest",
    "deposit_pro_rata",
    "special_release",
    "unpaid_deposit_pushes",
    "currency",
)


@order_action("propose_amendment", states={State.APPROVED, State.PRODUCTION, State.QUALITY, State.SHIPPING})
def propose_amendment(act: OrderAct, order: Order) -> Order:
    """A new revision with the present terms, to be edited and approved; signatures that still fit still count."""
    act.need_reason("请写明改单的原因。")
    order = act.order
    if order.revisions.filter(status__in=[Status.DRAFT, Status.PROPOSED]).exists():
        raise Refused("已有一份改单在办，请先处理它。")
    base = order.revisions.exclude(status=Status.SUPERSEDED).order_by("-number").first() or order.revision
    assert base is not None  # noqa: S101 (an order past approval has a revision)
    revision = Revision(
        order=order,
        number=order.revisions.order_by("-number")[0].number + 1,
        change_reason=act.reason,
        entered_by=act.by,
        entered_at=act.at,
        editor_ids=[act.by.pk],
        **{name: getattr(base, name) for name in (*HEADER_FIELDS, *POLICY_FIELDS)},
    )
    rows = list(base.lines.order_by("position"))
    for row in rows:
        row.pk = None
        row.revision = revision
        row._state.adding = True
    terms.total_up(revision, rows)
    revision.save()
    for row in rows:
        row.revision = revision
    terms.save_lines(rows)
    act.record(order, revision=revision.number)
    tell(act, order, "amended")
    return order


@order_action("drop_amendment", statuses=OPEN, exposure=True)
def drop_amendment(act: OrderAct, revision: Revision) -> Order:
    """Give an amendment up: the order goes on under what is in force, or what was approved before."""
    act.need_reason("请写明放弃改单的原因。")
    if revision.number == 1:
        raise Refused("首份版本不能放弃；不要的订单请取消。")
    revision.supersede()
    revision.superseded_at = act.at
    revision.save()
    act.record(act.order, revision=revision.number)
    return act.order

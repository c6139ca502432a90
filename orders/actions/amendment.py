"""改单 after approval: a proposed revision that passes submit, approve and release like the first."""

from audit.errors import Refused
from orders import papers, terms
from orders.frame import OrderAct, order_action
from orders.models import Order, Revision, State, Status
from orders.models.revision import OPEN
from orders.notices import tell
from orders.terms import HEADER_FIELDS, POLICY_FIELDS


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
    """Give an amendment up: the order goes on under what is in force, or what was approved before.

    An approved one took the place of the confirmation with the customer, so that what goes on is frozen anew.
    """
    act.need_reason("请写明放弃改单的原因。")
    order, was_approved = act.order, revision.status == Status.APPROVED
    if revision.number == 1:
        raise Refused("首份版本不能放弃；不要的订单请取消。")
    if was_approved and order.released_at is None:
        raise Refused("改单已批准，原版本已作废，订单只能按改单继续；要改回去请再提改单，不要的订单请取消。")
    void(act, revision)
    if was_approved:
        in_force = order.revisions.get(status=Status.IN_FORCE)
        in_force.order = order
        papers.freeze_confirmation(act, in_force, restored=True)
    act.record(order, revision=revision.number)
    return order


def void(act: OrderAct, revision: Revision) -> None:
    revision.supersede()
    revision.superseded_at = act.at
    revision.save()


def void_unapproved(act: OrderAct, order: Order) -> None:
    """The end of an order voids what was still being drawn up (rules.md, 改单)."""
    for revision in order.revisions.filter(status__in=OPEN):
        void(act, revision)

"""Release, hold, close, cancel, reopen: the order's way along and off the chain (R16, R18, R34)."""

from typing import Any

from django.db.models import F

from accounts.calendar import add_working_days
from audit.errors import Forbidden, Refused
from customers.models import Address
from documents import queries
from documents.attachments import store
from documents.freeze import withdraw
from documents.numbering import business_day
from orders import dates, following, shares
from orders.actions.amendment import void, void_unapproved
from orders.actions.approval import difference
from orders.frame import OrderAct, order_action
from orders.models import (
    HoldPeriod,
    HouseRules,
    Order,
    Revision,
    RevisionLine,
    Shipment,
    ShipmentLine,
    ShipmentState,
    Signed,
    State,
    Status,
)
from orders.models.order import ENDED, RELEASED, UNRELEASED
from orders.notices import tell
from orders.papers import CONFIRMATION, CONFIRMATION_INSIDE
from orders.reservations import free_reservations
from orders.signing import sign

FROM_STOCK = "现货，免生产"


@order_action("release", statuses=(Status.APPROVED,), exposure=True)
def release(act: OrderAct, revision: Revision) -> Order:
    """下达生产: the verified confirmation comes into force as the production order (R16).

    An order with nothing to make runs on to 质检, each step a history row of its own.
    """
    order = act.order
    if order.cancel_requested_at:
        # What was asked for before release lacks the customer's writing that it needs after it.
        raise Refused("此单已申请取消，请先撤回申请，或办完取消。")
    act.step(revision, "release")
    before = order.revisions.filter(status=Status.IN_FORCE).select_related("address").first()
    if before is not None:
        void(act, before)
    revision.released_at = act.at
    if revision.starts_early and revision.confirmation != "verified":
        rules = HouseRules.current()
        revision.chase_from = add_working_days(business_day(act.at), rules.return_chase_days)
    revision.save()
    order.revision = revision
    order.promised_on = revision.promised_on
    order.released_at = order.released_at or act.at
    if order.state == State.APPROVED:
        act.step(order, "release")
        if not any(row.to_make for row in revision.lines.all()):
            order.save()
            act.reason = FROM_STOCK
            act.step(order, "finish")
    else:
        act.record(order, revision=revision.number, **difference(revision))
        order.save()
        make_more(act, order)
    if before is not None:
        restate_shipments(act, order, before, revision)
    following.followed(act, order, following.IN_FORCE)
    dates.settle_order(act, order)
    show_promise(order, revision)
    tell(act, order, "released")
    return order


def make_more(act: OrderAct, order: Order) -> None:
    """返工 by itself where an amendment left something to make; a held order was not released at all."""
    wanted = (F("quantity") - F("line__closed_short")) * (100 - F("tolerance_minus"))
    rows = RevisionLine.objects.filter(revision=order.revision_id, line__good__lt=wanted / 100)
    if order.state in (State.QUALITY, State.SHIPPING) and rows.exists():
        act.step(order, "rework")


def restate_shipments(act: OrderAct, order: Order, before: Revision, now: Revision) -> None:
    """What has not left is worth what the terms now in force say, and goes where they say.

    What was signed on other figures or another address stops counting by itself; a notice that went out on them is
    taken back, so that nothing leaves on it.
    """
    carried = ShipmentLine.objects.filter(line__order=order).values("shipment_id")
    here = Shipment.objects.select_for_update(no_key=True).filter(pk__in=carried, state__in=shares.STILL_HERE)
    for shipment in here.order_by("pk"):
        was = shipment.digest
        if before.address and now.address and before.address != now.address:
            move(shipment, before.address, now.address)
        shares.restate(shipment)
        if shipment.digest == was:
            continue
        if shipment.state == ShipmentState.NOTICED:
            notice = queries.current_document("dispatch_notice", "shipment", shipment.pk)
            if notice is not None:
                withdraw(notice, by=act.by, reason=f"{order.number} 改单生效", at=act.at)
            act.step(shipment, "recall")
            shipment.noticed_at = None
        # Ordered out in an emergency on figures that are no longer so.
        shipment.emergency_at, shipment.emergency_by = None, None
        shipment.version += 1
        shipment.save()


def move(shipment: Shipment, old: Address, new: Address) -> None:
    """One drafted for the earlier address goes to the new one; one with an address of its own keeps it."""
    if (shipment.address, shipment.receiver) == (old.address, old.receiver):
        shipment.address, shipment.receiver, shipment.phone = new.address, new.receiver, new.phone


def show_promise(order: Order, revision: Revision) -> None:
    """The promise of the revision now shown, pushes included."""
    revision.refresh_from_db(fields=["pushes"])
    if revision.promised_on:
        working = HouseRules.current().push_working_days
        order.promised_on = dates.shifted(revision.promised_on, revision.pushes, working_days=working)


@order_action("hold", states=[state for state in State if state not in ENDED])
def hold(act: OrderAct, order: Order) -> Order:
    """暂停: nothing moves until it is resumed; what happens is still recorded."""
    act.need_reason("请写明暂停的原因。")
    order = act.order
    if order.is_held:
        raise Refused(f"此单已由 {order.held_by} 暂停。")
    order.held_at, order.held_by, order.hold_reason = act.at, act.by, act.reason
    HoldPeriod.objects.create(order=order, from_at=act.at, by=act.by, reason=act.reason)
    act.record(order)
    tell(act, order, "held")
    return order


@order_action("resume")
def resume(act: OrderAct, order: Order) -> Order:
    """恢复, by whoever put it on hold or the customer-service supervisor."""
    order = act.order
    if not order.is_held:
        raise Refused("此单没有被暂停。")
    if order.held_by_id != act.by.pk and not act.by.groups.filter(name="cs_supervisor").exists():
        raise Forbidden(f"此单由 {order.held_by} 暂停，须其本人或客服主管恢复。")
    order.holds.filter(to_at=None).update(to_at=act.at, ended_by=act.by)
    order.held_at, order.held_by, order.hold_reason = None, None, ""
    act.record(order)
    dates.settle_order(act, order)
    order.save()
    following.followed(act, order, following.RESUMED)
    tell(act, order, "resumed")
    return order


@order_action("complete", states={State.SHIPPING}, exposure=True)
def complete(act: OrderAct, order: Order) -> Order:
    """完成: everything shipped, arrived, signed for and settled; after-sales begins (R34)."""
    order = act.order
    act.step(order, "complete")
    order.ended_at = act.at
    void_unapproved(act, order)
    following.followed(act, order, following.ENDED)
    tell(act, order, "completed")
    return order


@order_action("reopen", states={State.COMPLETED}, exposure=True)
def reopen(act: OrderAct, order: Order) -> Order:
    """重开, with the reason; the same gates stand before it closes again."""
    act.need_reason("请写明重开的原因。")
    order = act.order
    act.step(order, "reopen")
    order.ended_at = order.archived_at = None
    tell(act, order, "reopened")
    return order


@order_action("request_cancel", states=[*UNRELEASED, *RELEASED])
def request_cancel(act: OrderAct, order: Order, *, paper: Any = None) -> Order:
    """Ask for cancellation: what has to be settled first becomes owed. After release in the customer's writing."""
    act.need_reason("请写明取消的原因。")
    order = act.order
    if order.cancel_requested_at:
        raise Refused("已申请取消，正在办理。")
    if order.state in RELEASED and paper is None:
        raise Refused("下达后取消须附客户的书面要求，或不收不付的证明。", field="paper")
    if paper is not None:
        store(paper, act.by, "order", order.pk)
    order.cancel_requested_at = act.at
    act.record(order)
    return order


@order_action("drop_cancel", states=[*UNRELEASED, *RELEASED])
def drop_cancel(act: OrderAct, order: Order) -> Order:
    """The customer wants it after all: nothing is owed for the cancellation any more."""
    order = act.order
    if order.cancel_requested_at is None:
        raise Refused("此单没有申请取消。")
    order.cancel_requested_at = None
    act.record(order)
    return order


@order_action("agree_cancel_md", states=RELEASED)
def agree_cancel_md(act: OrderAct, order: Order, *, text: str) -> Order:
    """The marketing director's signature under a cancellation after release."""
    return agree_cancel(act, Signed.CANCEL_MD, text)


@order_action("agree_cancel_fin", states=RELEASED)
def agree_cancel_fin(act: OrderAct, order: Order, *, text: str) -> Order:
    """Finance's signature under a cancellation after release."""
    return agree_cancel(act, Signed.CANCEL_FIN, text)


def agree_cancel(act: OrderAct, kind: Signed, text: str) -> Order:
    order = act.order
    if order.cancel_requested_at is None:
        raise Refused("此单没有申请取消。")
    if not text.strip():
        raise Refused("请写明意见。", field="text")
    sign(act, kind, order=order, text=text)
    act.record(order, kind=kind)
    return order


@order_action("cancel", states=[*UNRELEASED, *RELEASED], exposure=True)
def cancel(act: OrderAct, order: Order) -> Order:
    """取消: before release with a reason; after it once both have signed, work has stopped and money is settled."""
    order = act.order
    act.need_reason("请写明取消的原因。")
    released = order.state in RELEASED
    if released and order.cancel_requested_at is None:
        raise Refused("下达后取消须先提出申请，并附客户的书面要求。")
    act.step(order, "cancel_released" if released else "cancel")
    order.ended_at = act.at
    void_unapproved(act, order)
    following.followed(act, order, following.CANCELLING)
    free_reservations(act, order)
    following.followed(act, order, following.ENDED)
    withdraw_confirmation(act, order)
    dates.settle_order(act, order)
    tell(act, order, "cancelled")
    return order


def withdraw_confirmation(act: OrderAct, order: Order) -> None:
    """The confirmation of an order that is off no longer counts: its QR page and copies say 作废."""
    for kind in (CONFIRMATION, CONFIRMATION_INSIDE):
        document = queries.current_document(kind.code, "order", order.pk)
        if document is not None:
            withdraw(document, by=act.by, reason=act.reason, at=act.at)

"""Amendments proposed, released and given up by many at once: real transactions in threads (B2–B4)."""

from decimal import Decimal

import pytest

from audit.errors import AlreadyDone, Blocked, Refused
from flow.owed import differences
from orders.actions import amendment, approval, chain, entry
from orders.models import Order, Revision, Status
from production.actions import making, signing
from tests.races import at_once, of_kind
from tests.shop import Shop

pytestmark = pytest.mark.django_db(transaction=True)


def halved(shop: Shop, order: Order) -> Revision:
    """An amendment to half the quantity, confirmed by the customer and ready for its release."""
    amendment.propose_amendment(order, by=shop.who["sales"], reason="减半")
    revision = order.revisions.get(status=Status.DRAFT)
    line = shop.line("50", line_id=revision.lines.get().line_id)
    entry.edit_revision(revision, by=shop.who["sales"], header={}, lines=[line])
    approval.submit(revision, by=shop.who["sales"])
    shop.sign(revision)
    approval.approve(revision, by=shop.who["supervisor"])
    shop.send(revision)
    shop.returned(revision)
    return Revision.objects.get(pk=revision.pk)


def test_twenty_who_propose_at_once_open_one_amendment() -> None:
    shop = Shop()
    order = shop.in_work()
    outcomes = at_once(20, lambda _: amendment.propose_amendment(order, by=shop.who["sales"], reason="加量"))
    assert (len(of_kind(outcomes, Order)), len(of_kind(outcomes, Refused))) == (1, 19)
    assert order.revisions.filter(status=Status.DRAFT).count() == 1


def test_one_form_sent_twenty_times_opens_one_amendment() -> None:
    shop = Shop()
    order = shop.in_work()
    outcomes = at_once(
        20,
        lambda _: amendment.propose_amendment(
            order, by=shop.who["sales"], reason="加量", key="form", seen=order.version
        ),
    )
    assert (len(of_kind(outcomes, Order)), len(of_kind(outcomes, AlreadyDone))) == (1, 19)
    assert order.revisions.count() == 2


def test_an_amendment_is_released_or_given_up_never_both() -> None:
    shop = Shop()
    revision = halved(shop, shop.in_work())

    def do(index: int) -> object:
        if index % 2:
            return amendment.drop_amendment(revision, by=shop.who["sales"], reason="不改了")
        return chain.release(revision, by=shop.who["customer_service"])

    outcomes = at_once(20, do)
    assert len(of_kind(outcomes, Order)) == 1
    order = Order.objects.get()
    assert order.revision is not None and order.revision.status == Status.IN_FORCE
    assert order.revisions.filter(status=Status.IN_FORCE).count() == 1
    assert not list(differences())


def test_work_reported_while_an_amendment_comes_into_force_is_never_cut_below_what_is_made() -> None:
    shop = Shop()
    order = shop.in_work()
    revision = halved(shop, order)
    rows = [making.Made(revision.lines.get().line_id, Decimal(60))]

    def do(index: int) -> object:
        if index:
            return making.report_made(order, by=shop.who["production"], rows=rows)
        return chain.release(revision, by=shop.who["customer_service"])

    outcomes = at_once(2, do)
    order = Order.objects.get()
    assert order.revision is not None
    # Reported first: the amendment waits. Released first: the report waits for the changed 生产指令单's signature.
    assert len(of_kind(outcomes, Blocked)) == 1
    made, ordered = order.lines.get().made, order.revision.lines.get().quantity
    assert (order.revision.number, made, ordered) in {(1, 60, 100), (2, 0, 50)}
    assert not list(differences())


def test_old_copies_are_had_back_once() -> None:
    shop = Shop()
    revision = halved(shop, shop.in_work())
    chain.release(revision, by=shop.who["customer_service"])
    order = Order.objects.get()
    clerk = shop.who["customer_service"]
    outcomes = at_once(20, lambda _: signing.recall_old_orders(order, by=clerk, text="2 份，王班长"))
    assert (len(of_kind(outcomes, Order)), len(of_kind(outcomes, Refused))) == (1, 19)

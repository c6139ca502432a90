"""The whole chain by actions, to each of its ends (issue: B, A, from stock, mixed, three parts, short, cancelled)."""

from decimal import Decimal

import pytest

from audit.errors import Blocked, Refused
from audit.models import Event
from customers.actions import change_grade
from customers.models import Customer
from finance.actions import balances
from flow.models import Owed
from flow.owed import differences
from orders.actions import approval, chain, quantities
from orders.models import Line, Order, Signed, SignOff, State
from production.actions import making
from quality.actions import inspection
from shipping.actions import arriving
from tests import people
from tests.shop import Shop, paper

pytestmark = pytest.mark.django_db


def states(order: Order) -> list[str]:
    events = Event.objects.filter(subject_kind="order", subject_id=order.pk).exclude(to_state="").order_by("seq")
    return [event.to_state for event in events]


def test_a_b_customers_order_goes_the_whole_way() -> None:
    order = Shop("B").completed()
    assert order.state == State.COMPLETED
    assert states(order) == ["DRAFT", "PENDING", "APPROVED", "PRODUCTION", "QUALITY", "SHIPPING", "COMPLETED"]
    assert order.received == order.billed == Decimal("1000.00")
    assert not Owed.objects.open().filter(order=order).exists()
    assert not list(differences())


def test_an_a_customers_order_is_released_before_its_return_which_is_then_owed() -> None:
    shop = Shop("A")
    order = shop.sent()
    order = shop.fresh(chain.release(order.revision, by=shop.who["customer_service"]))
    assert order.state == State.PRODUCTION
    owed = Owed.objects.open().filter(order=order, what="return_owed")
    assert list(owed.values_list("role", flat=True)) == ["customer_service"]
    shop.returned(order.revision)
    assert not owed.exists()


def test_an_order_from_stock_skips_production() -> None:
    shop = Shop("B")
    order = shop.released(shop.line("30", from_stock=Decimal(30)))
    assert order.state == State.QUALITY
    step = Event.objects.get(subject_id=order.pk, subject_kind="order", to_state="QUALITY")
    assert step.reason == "现货，免生产"
    inspection.pass_quality(order, by=shop.who["quality"])
    shop.pay_rest(order)
    shop.delivered(shop.shipment(order))
    assert chain.complete(order, by=shop.who["customer_service"]).state == State.COMPLETED


def test_a_mixed_order_reaches_its_end() -> None:
    shop = Shop("B")
    order = shop.completed(shop.line("50", from_stock=Decimal(20)), shop.line("10"))
    assert order.state == State.COMPLETED
    assert [line.good for line in order.lines.all()] == [Decimal(50), Decimal(10)]


def test_an_order_ships_in_three_parts_while_still_in_production() -> None:
    shop = Shop("B")
    order = shop.in_work(shop.line("90"), header={"split_allowed": True})
    shop.pay_rest(order)
    for _ in range(3):
        assert shop.fresh(order).state == State.PRODUCTION
        shop.make(order, Decimal(30))
        shop.delivered(shop.shipment(order))
    making.finish(order, by=shop.who["production"])
    inspection.pass_quality(order, by=shop.who["quality"])
    done = chain.complete(order, by=shop.who["customer_service"])
    assert done.state == State.COMPLETED
    assert done.billed == Decimal("900.00")


def test_an_order_that_may_not_be_split_ships_only_whole() -> None:
    shop = Shop("B")
    order = shop.in_work(shop.line("90"))
    shop.pay_rest(order)
    shop.make(order, Decimal(30))
    with pytest.raises(Blocked, match="分批"):
        shop.dispatched(shop.shipment(order))


def test_a_short_closed_order_reaches_its_end() -> None:
    shop = Shop("B")
    order = shop.in_work(shop.line("100"))
    shop.make(order, Decimal(80))
    with pytest.raises(Blocked):
        making.finish(order, by=shop.who["production"])
    line = order.lines.get()
    clerk = shop.who["customer_service"]
    given = {"line_id": line.pk, "quantity": Decimal(20), "signer": shop.contact, "paper": paper()}
    quantities.short_close(order, by=clerk, reason="客户只要 80 卷", **given)
    making.finish(order, by=shop.who["production"])
    inspection.pass_quality(order, by=shop.who["quality"])
    shop.pay(order, Decimal(500))
    shop.delivered(shop.shipment(order))
    assert chain.complete(order, by=clerk).billed == Decimal("800.00")


def test_an_order_is_cancelled_after_release_once_all_have_signed() -> None:
    shop = Shop("B")
    order = shop.in_work()
    clerk = shop.who["customer_service"]
    with pytest.raises(Refused, match="申请"):
        chain.cancel(order, by=clerk, reason="客户不要了")
    chain.request_cancel(order, by=clerk, reason="客户不要了", paper=paper())
    with pytest.raises(Blocked):
        chain.cancel(order, by=clerk, reason="客户不要了")
    chain.agree_cancel_md(order, by=shop.who["marketing_director"], text="同意")
    chain.agree_cancel_fin(order, by=shop.who["finance"], text="同意")
    making.state_work_stopped(order, by=shop.who["production"], good="0", in_work="0", scrap="0", material="原纸 2 卷")
    balances.sign_cancel_settled(
        order,
        by=shop.who["finance"],
        kept=Decimal(200),
        loss=Decimal(0),
        goods="none",
        note="定金不退，预付款退还",
        method="transfer",
        bank_ref="TK-1",
    )
    order = chain.cancel(order, by=clerk, reason="客户不要了")
    assert order.state == State.CANCELLED
    assert not Owed.objects.open().filter(order=order).exists()


def test_cancelling_frees_what_was_reserved() -> None:
    shop = Shop("B")
    order = shop.signed(shop.line("30", from_stock=Decimal(30)))
    chain.cancel(order, by=shop.who["customer_service"], reason="客户改买别家")
    assert Line.objects.get(order=order).reserved == 0
    assert not order.lines.get().entries.filter(pallet__reserved__gt=0).exists()


def test_refused_goods_that_come_back_are_sent_again() -> None:
    shop = Shop("B")
    order = shop.passed()
    shop.pay_rest(order)
    shipment = shop.dispatched(shop.shipment(order))
    clerk = shop.who["customer_service"]
    (row,) = shipment.lines.all()
    arriving.record_arrival(
        shipment, by=clerk, arrived_at=shipment.dispatched_at, rows=[(row, Decimal(0), row.quantity)], remark="拒收"
    )
    arriving.record_goods_back(shipment, by=shop.who["warehouse"], rows=[(row, row.quantity)])
    assert order.lines.get().out == 0
    shop.delivered(shop.shipment(shop.fresh(order)))
    assert chain.complete(order, by=clerk).state == State.COMPLETED


def test_a_held_order_moves_nowhere_but_what_happens_is_recorded() -> None:
    shop = Shop("B")
    order = shop.in_work()
    chain.hold(order, by=shop.who["finance"], reason="客户资信有疑")
    shop.make(order)
    with pytest.raises(Blocked, match="暂停"):
        making.finish(order, by=shop.who["production"])
    chain.resume(order, by=shop.who["finance"])
    assert making.finish(order, by=shop.who["production"]).state == State.QUALITY


def test_only_the_setter_or_the_cs_supervisor_resumes() -> None:
    shop = Shop("B")
    order = shop.submitted()
    chain.hold(order, by=shop.who["finance"], reason="待查")
    with pytest.raises(Refused, match="客服主管"):
        chain.resume(order, by=shop.who["technical"])
    assert not chain.resume(order, by=shop.who["cs_supervisor"]).is_held


def test_a_completed_order_is_reopened_with_a_reason() -> None:
    shop = Shop("B")
    order = shop.completed()
    with pytest.raises(Refused, match="原因"):
        chain.reopen(order, by=shop.who["cs_supervisor"])
    assert chain.reopen(order, by=shop.who["cs_supervisor"], reason="漏开回单").state == State.SHIPPING


def test_a_grade_change_never_touches_a_released_order() -> None:
    shop = Shop("A")
    people.contract(shop.customer)
    Customer.objects.filter(pk=shop.customer.pk).update(credit_limit=10_000)
    order = shop.sent()
    order = shop.fresh(chain.release(order.revision, by=shop.who["customer_service"]))
    change_grade(shop.customer, by=shop.who["cs_supervisor"], reason="付款变慢", grade="C")
    order.revision.refresh_from_db()
    assert (order.revision.deposit_percent, order.revision.starts_early) == (Decimal(0), True)


def test_what_is_being_cancelled_is_not_released() -> None:
    shop = Shop()
    order = shop.confirmed()
    chain.request_cancel(order, by=shop.who["customer_service"], reason="客户不要了")
    with pytest.raises(Refused, match="已申请取消"):
        chain.release(order.revision, by=shop.who["customer_service"])
    chain.drop_cancel(order, by=shop.who["customer_service"])
    assert chain.release(order.revision, by=shop.who["customer_service"]).state == State.PRODUCTION


def test_the_words_an_approval_was_given_on_are_not_taken_back_after_it() -> None:
    shop = Shop()
    order = shop.signed()
    word = SignOff.objects.get(order=order, kind=Signed.CHECK)
    clerk = word.by
    approval.approve(order.revision, by=shop.who["supervisor"])
    with pytest.raises(Refused, match="已批准"):
        approval.withdraw_signoff(word, by=clerk, reason="看错了")
    other = shop.signed()
    approval.withdraw_signoff(SignOff.objects.get(order=other, kind=Signed.CHECK), by=clerk, reason="看错了")
    with pytest.raises(Blocked):
        approval.approve(other.revision, by=shop.who["supervisor"])

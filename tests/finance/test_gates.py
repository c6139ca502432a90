"""Each gate of finance: the step is refused with its words while unmet, and passes once met."""

from decimal import Decimal
from typing import Any

import pytest

from audit.errors import Blocked, Refused
from documents.numbering import business_day
from finance import exposure
from finance.actions import balances, clearance
from flow.models import Owed
from flow.owed import differences
from orders import judging
from orders.actions import approval, chain
from orders.models import Order, Revision, SignOff
from shipping.actions import noticing
from tests.finance.desk import fresh, on_credit, owers, unmet
from tests.shop import Shop, today

pytestmark = pytest.mark.django_db


def owed_by(order: Order, what: str) -> set[str]:
    return set(Owed.objects.open().filter(order=order, what=what).values_list("role", flat=True))


# credit_ok, of a revision


def test_approval_waits_while_exposure_would_pass_the_limit() -> None:
    shop = on_credit("999.99")
    order = shop.signed()
    with pytest.raises(Blocked, match=r"信用额度 999.99 元") as refusal:
        approval.approve(order.revision, by=shop.who["supervisor"])
    assert [gate.code for gate in refusal.value.unmet] == ["credit_ok"]
    assert owed_by(order, "credit_ok") == {"finance"}


def test_approval_passes_at_the_limit_itself() -> None:
    shop = on_credit("1000")
    assert shop.approved().state == "APPROVED"


def test_other_orders_of_the_customer_count_towards_the_limit() -> None:
    shop = on_credit("1500")
    shop.approved()
    second = shop.signed()
    assert "credit_ok" in unmet("approve", second.revision)
    assert exposure.of_customer(shop.customer.pk) == Decimal("1000.00")


def test_an_override_in_writing_opens_the_gate_until_the_amount_changes() -> None:
    shop = on_credit("0")
    order = shop.signed()
    clearance.override_credit(order.revision, by=shop.who["finance"], text="年底对账后付清")
    assert "credit_ok" not in unmet("approve", order.revision)
    Revision.objects.filter(pk=order.revision.pk).update(credit_digest="amount or terms changed")
    assert "credit_ok" in unmet("approve", order.revision)


def test_an_override_by_word_is_none() -> None:
    shop = on_credit("0")
    with pytest.raises(Refused, match=r"书面|理由"):
        clearance.override_credit(shop.signed().revision, by=shop.who["finance"], text=" ")


def test_who_pays_before_shipping_needs_no_limit() -> None:
    shop = Shop(grade="C")
    assert shop.customer.credit_limit == 0
    assert "credit_ok" not in unmet("approve", shop.signed().revision)


def test_money_received_lowers_what_the_terms_may_leave_unpaid() -> None:
    shop = on_credit("700")
    order = shop.signed()
    assert "credit_ok" in unmet("approve", order.revision)
    shop.pay(order, Decimal("300"))
    assert "credit_ok" not in unmet("approve", order.revision)


def test_a_share_before_shipping_leaves_only_the_rest_open() -> None:
    shop = on_credit("700", share="30")
    assert "credit_ok" not in unmet("approve", shop.signed().revision)


def test_a_limit_lowered_after_approval_holds_the_release() -> None:
    shop = on_credit("1000")
    order = shop.confirmed()
    shop.customer.credit_limit = Decimal("999")
    shop.customer.save()
    with pytest.raises(Blocked, match="信用额度"):
        chain.release(order.revision, by=shop.who["customer_service"])


def test_one_query_tells_the_exposure_of_many_customers(django_assert_num_queries: Any) -> None:
    shops = [on_credit(), on_credit()]
    for shop in shops:
        shop.approved()
    with django_assert_num_queries(1):
        rows = list(exposure.with_exposure(type(shops[0].customer).objects.all()))
    assert {row.exposure for row in rows} == {Decimal("1000")}


def test_the_approver_sees_exposure_against_the_limit() -> None:
    shop = on_credit("500")
    revision = shop.signed().revision
    (fact,) = [fact for fact in judging.facts([revision.pk])[revision.pk] if "额度" in fact.label]
    assert fact.value == "1,000.00 / 500.00 元"
    assert fact.tone == "danger"


# deposit_received


def test_release_waits_for_the_deposit_and_says_what_is_missing() -> None:
    shop = Shop()
    order = shop.sent()
    shop.returned(order.revision)
    shop.pay(order, Decimal("100"), "deposit")
    with pytest.raises(Blocked, match=r"尚缺定金 200.00 元，请财务登记到账后再下达。"):
        chain.release(order.revision, by=shop.who["customer_service"])
    assert owed_by(order, "deposit_received") == {"finance"}
    shop.pay(order, Decimal("200"), "deposit")
    assert fresh(chain.release(order.revision, by=shop.who["customer_service"])).state == "PRODUCTION"


# payment_cleared


def test_the_notice_waits_for_finances_word_on_the_money() -> None:
    shop = Shop()
    order = shop.passed()
    shipment = shop.shipment(order)
    with pytest.raises(Blocked, match="财务尚未对此批货签署「款项落实」"):
        noticing.issue_notice(shipment, by=shop.who["customer_service"])
    assert owers("issue_notice", shipment, "payment_cleared") == ("财务部",)
    shop.pay_rest(order)
    clearance.clear_shipment(shipment, by=shop.who["finance"])
    assert "payment_cleared" not in unmet("issue_notice", shipment)


def test_a_clearance_counts_only_for_what_it_saw() -> None:
    shop = Shop()
    order = shop.passed()
    shop.pay_rest(order)
    shipment = shop.shipment(order)
    clearance.clear_shipment(shipment, by=shop.who["finance"])
    type(shipment).objects.filter(pk=shipment.pk).update(digest="another address")
    assert "payment_cleared" in unmet("issue_notice", shipment)


def test_where_nothing_is_due_before_customer_service_checks_the_terms() -> None:
    shop = on_credit()
    shipment = shop.shipment(shop.passed())
    assert shipment.due_before == 0
    assert owers("issue_notice", shipment, "payment_cleared") == ("客服员",)
    with pytest.raises(Refused, match="客服"):
        clearance.clear_shipment(shipment, by=shop.who["finance"])
    clearance.check_terms(shipment, by=shop.who["customer_service"])
    assert "payment_cleared" not in unmet("issue_notice", shipment)


def test_the_terms_check_does_not_stand_in_for_money_that_is_due() -> None:
    shop = Shop()
    shipment = shop.shipment(shop.passed())
    with pytest.raises(Refused, match="须由财务签署款项落实"):
        clearance.check_terms(shipment, by=shop.who["customer_service"])


def test_a_special_release_needs_both_signatures() -> None:
    shop = Shop(grade="A")
    shop.customer.credit_limit = Decimal(5000)
    shop.customer.save()
    shipment = shop.shipment(shop.passed())
    assert shipment.due_before == Decimal("1000.00")
    clearance.special_release_md(shipment, by=shop.who["marketing_director"], pay_by=today(), text="长期客户")
    assert "payment_cleared" in unmet("issue_notice", shipment)
    clearance.special_release_fin(shipment, by=shop.who["finance"], pay_by=today(), text="同意")
    assert "payment_cleared" not in unmet("issue_notice", shipment)
    assert set(SignOff.objects.filter(shipment=shipment).values_list("due_on", flat=True)) == {today()}


def test_no_special_release_where_the_grade_allows_none() -> None:
    shop = Shop(grade="B")
    shipment = shop.shipment(shop.passed())
    with pytest.raises(Refused, match="不允许特批"):
        clearance.special_release_md(shipment, by=shop.who["marketing_director"], pay_by=today(), text="急")


# credit_ok, of a shipment


def test_a_limit_lowered_later_holds_goods_that_would_leave_unpaid() -> None:
    shop = on_credit()
    shipment = shop.shipment(shop.passed())
    shop.customer.credit_limit = Decimal(0)
    shop.customer.save()
    assert "credit_ok" in unmet("issue_notice", shipment)
    order = Order.objects.get(customer=shop.customer)
    clearance.override_credit(order.revision, by=shop.who["finance"], text="已有担保")
    assert "credit_ok" not in unmet("issue_notice", shipment)


def test_goods_that_are_paid_pass_whatever_the_limit() -> None:
    shop = on_credit()
    order = shop.passed()
    shipment = shop.shipment(order)
    shop.customer.credit_limit = Decimal(0)
    shop.customer.save()
    shop.pay_rest(order)
    assert "credit_ok" not in unmet("dispatch", shipment)


def test_what_leaves_in_parts_counts_as_it_is_billed_to_the_cent() -> None:
    shop = on_credit()
    order = shop.passed(shop.line(price=Decimal("0.3333")), header={"split_allowed": True})
    # 33.33 for all 100; half of it is 16.67, and then 16.66.
    shop.dispatched(shop.shipment(order, Decimal(50)))
    rest = shop.shipment(order, Decimal(50))
    shop.customer.credit_limit = Decimal("33.33")
    shop.customer.save()
    assert "credit_ok" not in unmet("dispatch", rest)
    shop.customer.credit_limit = Decimal("33.32")
    shop.customer.save()
    assert "credit_ok" in unmet("dispatch", rest)


def test_a_special_release_is_within_the_limit_or_overridden() -> None:
    shop = Shop(grade="A")
    shipment = shop.shipment(shop.passed())
    assert "credit_ok" in unmet("dispatch", shipment)


# settled


def shipped(shop: Shop) -> Order:
    """Delivered and signed for; only money may be open."""
    order = shop.passed()
    if order.revision.share_before_shipping:
        shop.pay_rest(order)
    shop.delivered(shop.shipment(order))
    return fresh(order)


def test_an_order_with_money_over_is_not_complete() -> None:
    shop = Shop()
    order = shipped(shop)
    shop.pay(order, Decimal("0.01"))
    with pytest.raises(Blocked, match=r"多收 0.01 元"):
        chain.complete(order, by=shop.who["customer_service"])
    assert owed_by(order, "settled") == {"finance"}
    balances.refund(
        order, by=shop.who["finance"], reason="多付", amount=Decimal("0.01"), method="transfer", bank_ref="T"
    )
    assert fresh(chain.complete(order, by=shop.who["customer_service"])).state == "COMPLETED"


def test_a_balance_may_stand_where_the_contract_gives_days_for_it() -> None:
    shop = on_credit()
    order = shipped(shop)
    assert order.billed == Decimal("1000.00")
    assert fresh(chain.complete(order, by=shop.who["customer_service"])).received == 0
    assert exposure.of_customer(shop.customer.pk) == Decimal("1000.00")


def test_a_balance_never_stands_without_days_for_it() -> None:
    shop = on_credit(days=None)
    assert "尚欠 1,000.00 元" in unmet("complete", shipped(shop))["settled"]


def test_a_small_difference_may_be_written_off() -> None:
    shop = on_credit(days=None)
    order = shipped(shop)
    shop.pay(order, Decimal("995"))
    balances.write_off(fresh(order), by=shop.who["finance"], amount=Decimal("5"), reason="手续费")
    assert "settled" not in unmet("complete", order)


# cancel_settled


def test_a_cancellation_with_money_in_waits_for_finance() -> None:
    shop = Shop()
    order = shop.sent()
    shop.pay(order, Decimal("300"), "deposit")
    chain.request_cancel(order, by=shop.who["customer_service"], reason="客户不要了")
    assert owed_by(order, "cancel_settled") == {"finance"}
    with pytest.raises(Blocked, match="财务结清"):
        chain.cancel(order, by=shop.who["customer_service"], reason="客户不要了")
    settle(shop, order, kept="200")
    chain.cancel(order, by=shop.who["customer_service"], reason="客户不要了")
    assert fresh(order).state == "CANCELLED"
    assert fresh(order).received == Decimal("200.00")


def settle(shop: Shop, order: Order, kept: str, **more: Any) -> None:
    given = {"loss": Decimal(0), "goods": "none", "note": "按合同", "method": "transfer", "bank_ref": "T9", **more}
    balances.sign_cancel_settled(order, by=shop.who["finance"], kept=Decimal(kept), **given)


def test_money_that_comes_in_after_the_settlement_is_not_settled_by_it() -> None:
    shop = Shop()
    order = shop.sent()
    chain.request_cancel(order, by=shop.who["customer_service"], reason="不要了")
    shop.pay(order, Decimal("100"))
    settle(shop, order, kept="0")
    assert "cancel_settled" not in unmet("cancel", order)
    shop.pay(order, Decimal("1"))
    assert "cancel_settled" in unmet("cancel", order)


def test_a_settlement_before_the_request_does_not_count() -> None:
    shop = Shop()
    with pytest.raises(Refused, match="没有申请取消"):
        settle(shop, shop.sent(), kept="0")


def test_nothing_received_and_not_released_needs_no_settlement() -> None:
    shop = Shop()
    order = shop.sent()
    chain.cancel(order, by=shop.who["customer_service"], reason="不要了")
    assert fresh(order).state == "CANCELLED"


def test_a_released_order_always_needs_the_settlement() -> None:
    shop = on_credit()
    order = shop.released()
    assert "cancel_settled" in unmet("cancel_released", order)


@pytest.mark.parametrize(("kept", "loss", "words"), [("201", "0", "最多可不退 200.00"), ("301", "400", "只收到")])
def test_what_is_kept_is_the_deposit_or_the_loss(kept: str, loss: str, words: str) -> None:
    shop = Shop()
    order = shop.sent()
    shop.pay(order, Decimal("300"), "deposit")
    chain.request_cancel(order, by=shop.who["customer_service"], reason="不要了")
    with pytest.raises(Refused, match=words):
        settle(shop, order, kept=kept, loss=Decimal(loss))


def test_money_for_goods_that_have_not_left_is_no_overpayment() -> None:
    shop = Shop()
    order = shop.passed()
    assert "settled" not in unmet("complete", order)
    assert owed_by(order, "settled") == set()


def test_an_order_that_ends_gives_its_exposure_back_to_the_others_lists() -> None:
    shop = on_credit("1500")
    one, two = shop.approved(), shop.signed()
    assert owed_by(two, "credit_ok") == {"finance"}
    chain.cancel(one, by=shop.who["customer_service"], reason="不要了")
    assert owed_by(two, "credit_ok") == set()
    assert not list(differences())


def test_an_order_approved_beside_it_holds_a_shipment_of_another_that_would_leave_unpaid() -> None:
    shop = on_credit("1500")
    shipment = shop.shipment(shop.passed())
    other = shop.signed()
    clearance.override_credit(other.revision, by=shop.who["finance"], text="有担保")
    approval.approve(other.revision, by=shop.who["supervisor"])
    held = Owed.objects.open().filter(subject_kind="shipment", subject_id=shipment.pk, what="credit_ok")
    assert held.exists()
    assert not list(differences())
    shop.pay(other, Decimal("1000"))
    assert not held.all().exists()
    assert not list(differences())


def test_gates_and_memory_agree_after_money_has_moved() -> None:
    shop = on_credit("1500")
    one, two = shop.approved(), shop.signed()
    shop.pay(one, Decimal("600"))
    assert not list(differences())
    assert owed_by(two, "credit_ok") == set()
    assert business_day(fresh(one).created_at) == today()

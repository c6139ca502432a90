"""Payments: counted once, given to orders within what came in, reversed and never deleted (R28)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.errors import AlreadyDone, Forbidden, Refused
from audit.models import Event
from finance import statements
from finance.actions import balances, clearance, payments
from finance.models import MoneyEntry, Payment, PaymentBalance, PaymentRefund
from finance.shares import Share
from flow.owed import differences
from orders.models import Order, SignOff
from tests.finance.desk import fresh, receive, unmet
from tests.races import at_once, of_kind
from tests.shop import Shop

pytestmark = pytest.mark.django_db


def test_a_deposit_is_received_on_the_order_and_its_time_kept() -> None:
    shop = Shop()
    order = shop.sent()
    shop.pay(order, Decimal("299.99"), "deposit")
    assert fresh(order).deposit_at is None
    shop.pay(order, Decimal("0.01"), "deposit")
    assert fresh(order).received == Decimal("300.00")
    assert fresh(order).deposit_at is not None


def test_money_may_come_before_anyone_knows_which_order_it_is_for() -> None:
    shop = Shop()
    order = shop.sent()
    payment = receive(shop, "500")
    assert payment.balance.left == Decimal("500.00")
    payments.allocate_payment(payment, by=shop.who["finance"], order=order, amount=Decimal("300"), kind="deposit")
    assert PaymentBalance.objects.get(payment=payment).left == Decimal("200.00")


def test_no_more_is_allocated_than_came_in() -> None:
    shop = Shop()
    order = shop.sent()
    payment = receive(shop, "100")
    with pytest.raises(Refused, match=r"未分配的只有 100.00 元"):
        payments.allocate_payment(payment, by=shop.who["finance"], order=order, amount=Decimal("100.01"))
    assert fresh(order).received == 0


def test_the_database_itself_bounds_what_is_allocated() -> None:
    payment = receive(Shop(), "100")
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentBalance.objects.filter(payment=payment).update(allocated=Decimal("100.01"))


def test_one_bank_reference_counts_once() -> None:
    shop = Shop()
    first = receive(shop, "100", bank_ref="ab-1")
    with pytest.raises(Refused, match=f"已登记为 {first.number}"):
        receive(shop, "100", bank_ref=" AB-1 ")


def test_one_payment_is_shared_among_orders_at_once() -> None:
    shop = Shop()
    one, two = shop.sent(), shop.sent()
    shares = [Share(one, Decimal("300"), "deposit"), Share(two, Decimal("200"), "balance")]
    receive(shop, "500", shares=shares)
    assert (fresh(one).received, fresh(two).received) == (Decimal("300.00"), Decimal("200.00"))


def test_money_never_goes_to_another_customers_order() -> None:
    shop, other = Shop(), Shop()
    payment = receive(shop, "500")
    with pytest.raises(Refused, match="同一客户"):
        payments.allocate_payment(payment, by=shop.who["finance"], order=other.sent(), amount=Decimal("1"))


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"amount": Decimal("0")}, "大于 0"),
        ({"amount": Decimal("1.001")}, "两位小数"),
        ({"bank_ref": "  "}, "流水号"),
        ({"payer": " "}, "付款人"),
        ({"method": "gold"}, "收款方式"),
        ({"received_at": timezone.now() + timedelta(days=1)}, "不能晚于现在"),
    ],
)
def test_a_payment_that_cannot_be_is_refused(facts: dict[str, object], words: str) -> None:
    with pytest.raises(Refused, match=words):
        receive(Shop(), **{"amount": "1", **facts})
    assert not Payment.objects.exists()


@pytest.mark.parametrize("role", ["sales", "customer_service", "marketing_director", "warehouse", "admin"])
def test_only_finance_writes_payments_down(role: str) -> None:
    shop = Shop()
    with pytest.raises(Forbidden):
        receive(shop, "1", by=shop.who[role])


def test_the_same_form_again_leads_to_the_first_payment() -> None:
    shop = Shop()
    facts = {"received_at": timezone.now(), "bank_ref": "X1", "key": "form-1"}
    receive(shop, "1", **facts)
    with pytest.raises(AlreadyDone):
        receive(shop, "1", **facts)
    assert Payment.objects.count() == 1


def test_a_payment_is_on_the_orders_story_and_told_to_sales() -> None:
    shop = Shop()
    order = shop.sent()
    shop.pay(order, Decimal("300"), "deposit")
    event = Event.objects.filter(subject_kind="order", subject_id=order.pk).latest("seq")
    assert event.action == "allocate_payment"
    assert event.data["amount"] == "300"


def test_a_reversal_leaves_both_rows_and_takes_the_money_off_the_order() -> None:
    shop = Shop()
    order = shop.sent()
    payment = shop.pay(order, Decimal("300"), "deposit")
    payments.reverse_payment(payment, by=shop.who["finance"], reason="登记到别家的款")
    assert fresh(order).received == 0
    assert fresh(order).deposit_at is None
    assert list(Payment.objects.order_by("id").values_list("amount", flat=True)) == [300, -300]
    assert list(MoneyEntry.objects.filter(order=order).values_list("kind", flat=True)) == ["deposit", "reversed"]


def test_a_reversed_payments_bank_reference_may_be_written_down_again() -> None:
    shop = Shop()
    payment = receive(shop, "100", bank_ref="R1")
    payments.reverse_payment(payment, by=shop.who["finance"], reason="金额登错")
    assert receive(shop, "110", bank_ref="R1").balance.left == Decimal("110.00")


def test_a_payment_is_reversed_once_and_then_worth_nothing() -> None:
    shop = Shop()
    payment = receive(shop, "100")
    payments.reverse_payment(payment, by=shop.who["finance"], reason="错")
    with pytest.raises(Refused, match="已经冲销"):
        payments.reverse_payment(payment, by=shop.who["finance"], reason="错")
    with pytest.raises(Refused, match="已冲销"):
        payments.allocate_payment(payment, by=shop.who["finance"], order=shop.sent(), amount=Decimal("1"))


def test_a_reversal_has_its_reason() -> None:
    shop = Shop()
    with pytest.raises(Refused, match="原因"):
        payments.reverse_payment(receive(shop, "100"), by=shop.who["finance"])


def test_money_refunded_meanwhile_is_not_reversed_as_well() -> None:
    shop = Shop()
    order = shop.sent()
    payment = shop.pay(order, Decimal("300"))
    balances.refund(
        order, by=shop.who["finance"], reason="多付", amount=Decimal("100"), method="transfer", bank_ref="T1"
    )
    with pytest.raises(Refused, match="已退款或转出"):
        payments.reverse_payment(payment, by=shop.who["finance"], reason="退票")
    assert fresh(order).received == Decimal("200.00")


def test_a_reversal_before_dispatch_withdraws_the_clearance_by_a_row() -> None:
    shop = Shop()
    order = shop.passed()
    payment = shop.pay(order, Decimal("700"))
    shipment = shop.shipment(order)
    clearance.clear_shipment(shipment, by=shop.who["finance"])
    assert "payment_cleared" not in unmet("issue_notice", shipment)
    payments.reverse_payment(payment, by=shop.who["finance"], reason="退票")
    assert "payment_cleared" in unmet("issue_notice", shipment)
    words = SignOff.objects.filter(shipment=shipment, kind="clearance").order_by("id")
    assert list(words.values_list("verdict", flat=True)) == ["ok", "withdrawn"]
    assert not list(differences())


def test_the_applications_role_can_change_neither_payments_nor_entries() -> None:
    shop = Shop()
    shop.pay(shop.sent(), Decimal("1"))
    for table in ("finance_payment", "finance_moneyentry", "finance_balanceletter", "finance_cancelsettlement"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT has_table_privilege(current_user, %s, 'UPDATE')", [table])
            assert cursor.fetchone() == (False,), table


def test_received_is_always_the_sum_of_the_entries() -> None:
    shop = Shop()
    one, two = shop.sent(), shop.sent()
    kept = shop.pay(one, Decimal("450.50"))
    gone = shop.pay(one, Decimal("20"))
    balances.carry_over(one, by=shop.who["finance"], reason="转", to=two, amount=Decimal("50.25"))
    payments.reverse_payment(gone, by=shop.who["finance"], reason="错")
    for order in Order.objects.all():
        assert order.received == sum(MoneyEntry.objects.filter(order=order).values_list("amount", flat=True))
    assert PaymentBalance.objects.get(payment=kept).allocated == Decimal("450.50")


def test_money_that_is_no_order_s_is_sent_back_once_and_stands_on_the_statement() -> None:
    shop = Shop()
    payment = receive(shop, "250")
    given = {"by": shop.who["finance"], "method": "transfer", "bank_ref": "T1"}
    with pytest.raises(Refused, match="请写明退款的原因"):
        payments.refund_payment(payment, amount=Decimal(100), **given)
    payments.refund_payment(payment, amount=Decimal(100), reason="多付", **given)
    with pytest.raises(Refused, match=r"未分配的只有 150\.00 元"):
        payments.refund_payment(payment, amount=Decimal("150.01"), reason="多付", **given)
    with pytest.raises(Refused, match="已有退款"):
        payments.reverse_payment(payment, by=shop.who["finance"], reason="错")
    assert PaymentBalance.objects.get().left == 150
    month = statements.month_of(shop.who["finance"], shop.customer, timezone.localdate().replace(day=1))
    assert (month.closing, [move.what for move in month.moves]) == (-150, ["收款", "退款"])
    client = Client()
    client.force_login(shop.who["finance"])
    typed = {"amount": "150", "method": "transfer", "bank_ref": "T2", "reason": "不再下单"}
    client.post(reverse("finance:refund_payment", args=[payment.number]), typed)
    assert "不再下单" in client.get(payment.get_absolute_url()).content.decode()
    assert PaymentBalance.objects.get().left == 0


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_send_back_the_same_money_once() -> None:
    shop = Shop()
    payment = receive(shop, "250")
    given = {"by": shop.who["finance"], "method": "transfer", "bank_ref": "T1", "reason": "多付"}
    outcomes = at_once(20, lambda _: payments.refund_payment(payment, amount=Decimal(250), **given))
    assert len(of_kind(outcomes, Payment)) == 1 and len(of_kind(outcomes, Refused)) == 19
    assert PaymentRefund.objects.count() == 1

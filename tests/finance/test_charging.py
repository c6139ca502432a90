"""What a cancelled order costs above the money that was kept is owed, asked for, and paid (rules.md, 取消)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.errors import Refused
from finance import exposure, receivables, statements
from finance.actions import balances
from finance.actions.collecting import remind_customer
from finance.actions.payments import allocate_payment, reverse_payment
from finance.collecting import asks
from finance.forms.money import open_orders
from finance.invoicing import invoiced
from finance.matching import proposals
from finance.models import BankLine, EntryKind, Payment
from flow.models import Owed
from flow.owed import differences
from orders.actions import chain
from orders.filing import files_of, missing
from orders.models import Order
from orders.queries import with_statuses
from tests.finance.desk import cancelled, fresh, receive
from tests.finance.test_bank import row, take
from tests.shop import Shop, today

pytestmark = pytest.mark.django_db


def charged(shop: Shop, *, kept: str = "300", loss: str = "500") -> Order:
    """Cancelled in work: 300 of 1000 had come in, and it cost 500."""
    return fresh(cancelled(shop, shop.in_work(), kept=kept, loss=loss))


def facts(order: Order) -> tuple[Decimal, Decimal, Decimal]:
    order = fresh(order)
    return order.billed, order.received, order.written_off


def chased(order: Order) -> set[str]:
    return set(Owed.objects.open().filter(order=order, what="charge_collected").values_list("role", flat=True))


def test_the_loss_above_what_was_kept_is_owed_from_the_day_of_the_cancellation() -> None:
    shop = Shop()
    order = charged(shop)
    assert facts(order) == (500, 300, 0)
    assert exposure.of_customer(shop.customer.pk) == 200
    [owing] = receivables.owing(shop.who["finance"], shop.customer)
    assert (owing.part.stage, owing.part.due_on, owing.open) == ("取消损失", today(), 200)
    [account] = receivables.accounts(shop.who["finance"], today())
    assert account.ages == [200, 0, 0, 0, 0]
    assert chased(order) == {"sales"} and not list(differences())


@pytest.mark.parametrize(("kept", "loss"), [("300", "300"), ("200", "0"), ("200", "150"), ("0", "0")])
def test_what_was_kept_covers_the_loss_and_nothing_is_owed(kept: str, loss: str) -> None:
    shop = Shop()
    order = charged(shop, kept=kept, loss=loss)
    assert facts(order) == (Decimal(kept), Decimal(kept), 0)
    assert exposure.of_customer(shop.customer.pk) == 0
    assert receivables.owing(shop.who["finance"], shop.customer) == []
    assert not chased(order)
    with pytest.raises(Refused, match="已取消，请分配给其他订单"):
        shop.pay(order, Decimal(1))
    assert order not in open_orders(shop.customer)


def test_an_order_cancelled_without_a_settlement_owes_nothing() -> None:
    shop = Shop()
    order = shop.sent()
    chain.cancel(order, by=shop.who["customer_service"], reason="不要了")
    assert facts(order) == (0, 0, 0)
    assert exposure.of_customer(shop.customer.pk) == 0
    assert with_statuses(Order.objects.filter(pk=order.pk)).get().paid == "未付"  # type: ignore[attr-defined]


def test_a_settlement_counts_for_the_request_it_was_signed_on() -> None:
    shop = Shop()
    clerk = shop.who["customer_service"]
    order = shop.sent()
    chain.request_cancel(order, by=clerk, reason="不要了")
    given = {"kept": Decimal(0), "loss": Decimal(50), "goods": "none", "note": "样稿费"}
    balances.sign_cancel_settled(order, by=shop.who["finance"], **given)
    chain.drop_cancel(order, by=clerk, reason="客户还要")
    chain.cancel(order, by=clerk, reason="不要了")
    assert facts(order) == (0, 0, 0)


def test_a_payment_pays_it_off_and_its_reversal_owes_it_again() -> None:
    shop = Shop()
    order = charged(shop)
    with pytest.raises(Refused, match=r"已取消，只欠 200\.00 元"):
        shop.pay(order, Decimal("200.01"))
    payment = receive(shop, "250")
    allocate_payment(payment, by=shop.who["finance"], order=order, amount=Decimal(200), kind="balance")
    assert facts(order) == (500, 500, 0)
    assert not chased(order) and exposure.of_customer(shop.customer.pk) == 0
    assert with_statuses(Order.objects.filter(pk=order.pk)).get().paid == "已付清"  # type: ignore[attr-defined]
    reverse_payment(payment, by=shop.who["finance"], reason="退票")
    assert facts(order) == (500, 300, 0)
    assert chased(order) == {"sales"} and exposure.of_customer(shop.customer.pk) == 200
    assert not list(differences())


def test_what_was_kept_and_did_not_hold_is_owed_as_well() -> None:
    shop = Shop()
    order = charged(shop, kept="300", loss="300")
    reverse_payment(Payment.objects.get(), by=shop.who["finance"], reason="退票")
    assert facts(order) == (300, 0, 0)
    assert exposure.of_customer(shop.customer.pk) == 300 and chased(order) == {"sales"}


def test_a_small_difference_of_it_may_be_written_off_and_taken_back() -> None:
    shop = Shop()
    order = charged(shop)
    shop.pay(order, Decimal("199"))
    balances.write_off(fresh(order), by=shop.who["finance"], amount=Decimal(1), reason="手续费")
    assert facts(order) == (500, 499, 1) and not chased(order)
    balances.reverse_write_off(fresh(order), by=shop.who["finance"], reason="又付了")
    assert chased(order) == {"sales"}


def test_the_month_tells_the_charge_and_ends_with_what_is_owed() -> None:
    shop = Shop()
    order = charged(shop, kept="200", loss="500")
    month = statements.month_of(shop.who["finance"], shop.customer, today().replace(day=1))
    assert [(move.what, move.charge - move.credit) for move in month.moves if move.ref == order.number] == [
        ("取消结算", 500),
        ("退款", 100),
    ]
    assert (month.opening, month.closing) == (0, 300)
    shop.pay(order, Decimal(300))
    assert statements.balances([shop.customer.pk]) == {}


def test_it_is_asked_for_like_goods_that_are_due() -> None:
    shop = Shop()
    order = charged(shop)
    [ask] = asks(shop.customer, today())
    assert (ask.order, ask.stage, ask.open) == (order, "取消损失", 200)
    assert len(remind_customer(shop.customer, by=None)) == 1


def test_money_from_the_bank_is_proposed_for_it_and_never_as_a_deposit() -> None:
    shop = Shop()
    order = charged(shop)
    take(shop, row("200", "A1", note=f"{order.number} 赔款"))
    [proposal] = proposals(BankLine.objects.get(), shop.customer)
    assert (proposal.order, proposal.amount, proposal.kind) == (order, 200, EntryKind.BALANCE)


def test_it_is_for_no_goods_so_nothing_is_invoiced_and_its_file_wants_the_money_alone() -> None:
    shop = Shop()
    order = charged(shop)
    assert invoiced(order).billable == 0
    labels = {item.label for item in missing(files_of([order])[order.pk])}
    assert "货款结清" in labels and not {"发票", "余款催收通知书"} & labels


def test_the_pages_show_what_it_costs_and_take_the_money() -> None:
    shop = Shop()
    order = charged(shop)
    client = Client()
    client.force_login(shop.who["finance"])
    page = client.get(reverse("finance:order", args=[order.number])).content.decode()
    assert "取消应付" in page and "200.00" in page and "登记到账" in page and "核销尾差" in page
    assert "取消应付" in client.get(order.get_absolute_url()).content.decode()
    payment = receive(shop, "200")
    assert order.number in client.get(payment.get_absolute_url()).content.decode()
    shop.pay(order, Decimal(200))
    page = client.get(reverse("finance:order", args=[order.number])).content.decode()
    assert "登记到账" not in page and "核销尾差" not in page


def correct(shop: Shop, order: Order, loss: str, **more: str) -> None:
    balances.correct_loss(fresh(order), by=shop.who["finance"], loss=Decimal(loss), reason="损失算错", **more)


def test_a_loss_settled_too_low_is_owed_as_corrected() -> None:
    shop = Shop()
    order = charged(shop)
    shop.pay(order, Decimal(200))
    correct(shop, order, "650")
    assert facts(order) == (650, 500, 0)
    assert chased(order) == {"sales"} and exposure.of_customer(shop.customer.pk) == 150
    assert not list(differences())


@pytest.mark.parametrize(("loss", "billed"), [("400", "400"), ("250", "250"), ("0", "200")])
def test_what_was_paid_above_the_corrected_loss_goes_back_at_once(loss: str, billed: str) -> None:
    """Of 1000 no more than 200 is 定金 that may be kept whatever it cost."""
    shop = Shop()
    order = charged(shop)
    shop.pay(order, Decimal(200))
    with pytest.raises(Refused, match="退款方式"):
        correct(shop, order, loss)
    assert facts(order) == (500, 500, 0)
    correct(shop, order, loss, method="transfer", bank_ref="R-1")
    assert facts(order) == (Decimal(billed), Decimal(billed), 0)
    assert not chased(order) and exposure.of_customer(shop.customer.pk) == 0


def test_a_loss_is_corrected_only_where_one_was_settled_and_for_a_reason() -> None:
    shop = Shop()
    order = charged(shop)
    with pytest.raises(Refused, match="已是"):
        correct(shop, order, "500")
    with pytest.raises(Refused, match="不能为负"):
        correct(shop, order, "-1")
    with pytest.raises(Refused, match="请写明更正的原因"):
        balances.correct_loss(order, by=shop.who["finance"], loss=Decimal(400))
    shop.pay(order, Decimal(199))
    balances.write_off(fresh(order), by=shop.who["finance"], amount=Decimal(1), reason="手续费")
    with pytest.raises(Refused, match="先撤销核销"):
        correct(shop, order, "400")
    unsettled = shop.sent()
    chain.cancel(unsettled, by=shop.who["customer_service"], reason="不要了")
    with pytest.raises(Refused, match="没有结算"):
        correct(shop, unsettled, "400")


def test_a_correction_stands_in_the_month_it_was_made_in() -> None:
    shop = Shop()
    order = charged(shop, kept="200", loss="500")
    finance, later = shop.who["finance"], timezone.now() + timedelta(days=40)
    balances.correct_loss(fresh(order), by=finance, loss=Decimal(620), reason="漏算刀模", at=later)

    def month(day: date) -> statements.Month:
        return statements.month_of(finance, shop.customer, day.replace(day=1))

    def charges(found: statements.Month) -> list[tuple[str, Decimal]]:
        return [(move.what, move.charge) for move in found.moves if move.charge and move.ref == order.number]

    then, now = month(today()), month(timezone.localdate(later))
    assert (charges(then), then.closing) == ([("取消结算", 500)], 300)
    assert (charges(now), now.opening, now.closing) == ([("取消结算更正", 120)], 300, 420)


def test_the_money_page_corrects_the_loss_and_says_what_is_missing_beside_its_field() -> None:
    shop = Shop()
    order = charged(shop)
    client = Client()
    client.force_login(shop.who["finance"])
    page = reverse("finance:order", args=[order.number])
    assert "更正取消损失" in client.get(page).content.decode()
    refused = client.post(f"{page}loss/", {"loss": "100", "reason": "多打一个零"})
    assert refused.status_code == 409 and "退款方式" in refused.content.decode()
    client.post(f"{page}loss/", {"loss": "100", "reason": "多打一个零", "method": "transfer", "bank_ref": "R-2"})
    assert facts(order) == (200, 200, 0)
    assert "更正：多打一个零" in client.get(page).content.decode()

"""What is due is asked for once at each step; a promise waits for its day; a broken one is told of (R27)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from audit.errors import Forbidden, Refused
from customers.models import PaymentStage
from documents.models import OutboxRow
from finance import tasks
from finance.actions import letter
from finance.actions.collecting import change_collecting_rules, record_promise, remind_customer
from finance.actions.payments import allocate_payment, reverse_payment
from finance.models import CollectingRules, PaymentPromise, PromiseVerdict, Reminder
from finance.shares import Share
from orders.models import Shipment
from tests import people, races
from tests.finance.desk import cancelled, on_credit, receive
from tests.shop import Shop

pytestmark = pytest.mark.django_db


def shipped() -> tuple[Shop, Any]:
    """Goods that left today, all due thirty days later."""
    shop = on_credit(days=30)
    order = shop.passed()
    shop.dispatched(shop.shipment(order))
    order.refresh_from_db()
    return shop, order


def in_days(days: int) -> Any:
    return timezone.now() + timedelta(days=days)


def steps() -> list[int]:
    return list(Reminder.objects.order_by("pk").values_list("step", flat=True))


def test_each_step_asks_once_and_a_missed_night_is_caught_up_by_one() -> None:
    shop, order = shipped()
    assert remind_customer(shop.customer, by=None, at=in_days(20)) == []
    remind_customer(shop.customer, by=None, at=in_days(27))
    remind_customer(shop.customer, by=None, at=in_days(28))
    assert steps() == [-3]
    remind_customer(shop.customer, by=None, at=in_days(48))
    remind_customer(shop.customer, by=None, at=in_days(48))
    assert steps() == [-3, 15]
    assert Reminder.objects.last().open == order.billed - order.received  # type: ignore[union-attr]


def test_the_customer_gets_a_mail_and_the_salesperson_a_notice() -> None:
    shop, order = shipped()
    shop.contact.email = "pay@example.com"
    shop.contact.save()
    remind_customer(shop.customer, by=None, at=in_days(31))
    mail = OutboxRow.objects.get(channel="email", payload__subject="付款提醒")
    assert mail.payload["to"] == ["pay@example.com"]
    assert order.number in mail.payload["body"]
    notices = OutboxRow.objects.filter(channel="notice", payload__kind="collecting")
    assert shop.customer.salesperson_id in notices.values_list("payload__recipient", flat=True)


def test_what_is_asked_for_later_on_the_same_day_is_mailed_as_well() -> None:
    shop, _ = shipped()
    remind_customer(shop.customer, by=None, at=in_days(31))
    second = shop.passed()
    shop.dispatched(shop.shipment(second))
    remind_customer(shop.customer, by=None, at=in_days(31))
    mails = OutboxRow.objects.filter(channel="email", payload__subject="付款提醒").order_by("pk")
    assert [second.number in mail.payload["body"] for mail in mails] == [False, True]


def test_whose_money_lies_unallocated_is_not_asked_but_finance_is_told() -> None:
    shop, order = shipped()
    payment = receive(shop, "400")
    assert remind_customer(shop.customer, by=None, at=in_days(31)) == []
    told = [row.payload for row in OutboxRow.objects.filter(channel="notice") if "尚未分配" in row.payload["text"]]
    assert [each["recipient"] for each in told] == [shop.who["finance"].pk]
    with pytest.raises(Refused, match=r"400.00 元 尚未分配"):
        remind_customer(shop.customer, by=shop.who["finance"], at=in_days(31))
    allocate_payment(payment, by=shop.who["finance"], order=order, amount=Decimal(400))
    (row,) = remind_customer(shop.customer, by=None, at=in_days(31))
    assert row.open == 600


def asked_for() -> list[tuple[str, Decimal]]:
    return list(Reminder.objects.order_by("pk").values_list("stage", "open"))


def test_the_deposit_of_an_approved_order_is_asked_for_until_it_is_in() -> None:
    shop = Shop()
    order = shop.approved()
    remind_customer(shop.customer, by=None, at=in_days(1))
    assert asked_for() == [("定金", Decimal(300))]
    shop.pay(order, Decimal(300), "deposit")
    assert remind_customer(shop.customer, by=None, at=in_days(15)) == []


def test_what_a_balance_letter_asks_for_is_chased_from_its_day_on() -> None:
    shop = Shop()
    order = shop.passed()
    pay_by = timezone.localdate() + timedelta(days=10)
    assert remind_customer(shop.customer, by=None, at=in_days(6)) == []
    letter.send_balance_letter(order, by=shop.who["customer_service"], pay_by=pay_by)
    assert remind_customer(shop.customer, by=None, at=in_days(6)) == []
    remind_customer(shop.customer, by=None, at=in_days(11))
    assert asked_for() == [("提货前", Decimal(700))]
    shop.pay_rest(order)
    assert remind_customer(shop.customer, by=None, at=in_days(25)) == []


def test_the_mornings_task_asks_for_deposits_and_letters_too(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = Shop(), Shop()
    first.approved()
    letter.send_balance_letter(second.passed(), by=second.who["customer_service"], pay_by=timezone.localdate())
    later = in_days(2)
    monkeypatch.setattr(timezone, "now", lambda: later)
    tasks.collect()
    assert set(asked_for()) == {("定金", Decimal(300)), ("提货前", Decimal(700))}


def test_goods_on_the_road_are_not_asked_for_as_arrived_before_they_are_expected() -> None:
    shop = on_credit(days=0)
    PaymentStage.objects.create(
        contract=shop.customer.contracts.get(), position=1, kind="arrival", percent=Decimal(100), days=0
    )
    order = shop.passed()
    shipment = shop.dispatched(shop.shipment(order))
    assert remind_customer(shop.customer, by=None, at=timezone.now()) == []
    Shipment.objects.filter(pk=shipment.pk).update(expected_at=None)
    assert remind_customer(shop.customer, by=None, at=in_days(40)) == []
    Shipment.objects.filter(pk=shipment.pk).update(arrived_at=timezone.now())
    remind_customer(shop.customer, by=None, at=in_days(1))
    assert asked_for() == [("货到后", Decimal(1000))]


def promise(shop: Shop, order: Any, amount: str, days: int = 0, **more: Any) -> PaymentPromise:
    day = timezone.localdate() + timedelta(days=days)
    record_promise(order, by=shop.who["sales"], amount=Decimal(amount), promised_on=day, words="王经理", **more)
    return PaymentPromise.objects.latest("pk")


def verdicts() -> list[str]:
    return list(PaymentPromise.objects.standing().order_by("pk").values_list("verdict", flat=True))


def morning(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    later = in_days(days)
    with monkeypatch.context() as patch:
        patch.setattr(timezone, "now", lambda: later)
        tasks.tell_broken()


def test_only_what_is_promised_waits_for_its_day() -> None:
    shop, order = shipped()
    promise(shop, order, "10", 40)
    remind_customer(shop.customer, by=None, at=in_days(31))
    assert asked_for() == [("余款", Decimal(990))]
    promise(shop, order, "990", 50)
    assert remind_customer(shop.customer, by=None, at=in_days(45)) != []
    assert asked_for()[1:] == [("余款", Decimal(10))], "the first one's day is gone by"


def test_a_promise_that_is_waited_for_in_full_keeps_the_order_from_being_asked_until_its_day() -> None:
    shop, order = shipped()
    promise(shop, order, "1000", 40)
    assert remind_customer(shop.customer, by=None, at=in_days(31)) == []
    shop.pay(order, Decimal(400))
    remind_customer(shop.customer, by=None, at=in_days(41))
    assert asked_for() == [("余款", Decimal(600))]


def test_one_payment_keeps_one_of_two_promises_and_a_broken_one_is_told_of_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop, order = shipped()
    promise(shop, order, "100")
    promise(shop, order, "100")
    shop.pay(order, Decimal(100))
    assert verdicts() == ["kept", "waiting"]
    morning(monkeypatch, 1)
    morning(monkeypatch, 1)
    assert verdicts() == ["kept", "broken"]
    told = [row.payload for row in OutboxRow.objects.filter(channel="notice") if "未兑现" in row.payload["text"]]
    assert [each["recipient"] for each in told].count(shop.customer.salesperson_id) == 1
    assert all("100.00" in each["text"] for each in told)


def test_a_promise_paid_late_stays_broken_and_one_booked_late_was_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    shop, order = shipped()
    promise(shop, order, "100")
    promise(shop, order, "200")
    morning(monkeypatch, 2)
    assert verdicts() == ["broken", "broken"]
    came_on_time = timezone.now()
    with monkeypatch.context() as patch:
        later = in_days(2)
        patch.setattr(timezone, "now", lambda: later)
        shop.pay(order, Decimal(500))
        assert verdicts() == ["broken", "broken"]
        receive(shop, "100", received_at=came_on_time, shares=[Share(order, Decimal(100), "balance")])
    assert verdicts() == ["kept", "broken"]
    assert list(PromiseVerdict.objects.order_by("pk").values_list("verdict", flat=True)) == ["broken", "broken", "kept"]


def test_money_that_was_reversed_keeps_no_promise() -> None:
    shop, order = shipped()
    promise(shop, order, "100", 5)
    payment = shop.pay(order, Decimal(100))
    assert verdicts() == ["kept"]
    reverse_payment(payment, by=shop.who["finance"], reason="退票")
    assert verdicts() == ["waiting"]


def test_the_promise_of_a_cancelled_order_lapses(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = Shop()
    order = shop.in_work()
    promise(shop, order, "700", 3)
    cancelled(shop, order)
    morning(monkeypatch, 5)
    assert verdicts() == ["void"]
    assert not any("未兑现" in row.payload["text"] for row in OutboxRow.objects.filter(channel="notice"))


def test_what_a_cancelled_order_owes_may_be_promised_and_pays_no_promise_that_lapsed() -> None:
    shop = Shop()
    order = shop.in_work()
    promise(shop, order, "700", 3)
    order = cancelled(shop, order, kept="300", loss="800")
    assert verdicts() == ["void"]
    promise(shop, order, "500", 5)
    assert verdicts() == ["void", "waiting"]
    shop.pay(order, Decimal(500))
    assert verdicts() == ["void", "kept"]


def test_a_promise_is_for_a_day_that_the_house_waits_for() -> None:
    shop, order = shipped()
    with pytest.raises(Refused, match="最迟为 90 天后"):
        promise(shop, order, "0.01", 91)
    change_collecting_rules(CollectingRules.current(), by=shop.who["finance"], longest_promise=91)
    promise(shop, order, "0.01", 91)
    with pytest.raises(Refused, match="1 到 365"):
        change_collecting_rules(CollectingRules.current(), by=shop.who["finance"], longest_promise=0)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"amount": Decimal(0)}, "承诺金额应大于 0"),
        ({"amount": Decimal(10**9)}, "不超过未收的"),
        ({"promised_on": timedelta(days=-1)}, "不能早于今天"),
        ({"words": " "}, "谁、怎么说的"),
    ],
)
def test_a_promise_that_says_nothing_is_refused(given: dict[str, Any], words: str) -> None:
    shop, order = shipped()
    full = {"amount": Decimal(1), "promised_on": timedelta(days=1), "words": "王经理", **given}
    full["promised_on"] = timezone.localdate() + full["promised_on"]  # type: ignore[operator]
    with pytest.raises(Refused, match=words):
        record_promise(order, by=shop.who["sales"], **full)
    assert not PaymentPromise.objects.exists()


def test_the_schedule_is_finances_and_stays_within_reason() -> None:
    rules = CollectingRules.current()
    with pytest.raises(Forbidden):
        change_collecting_rules(rules, by=people.person("sales"), steps=[1])
    for wrong in ([], [400], list(range(20))):
        with pytest.raises(Refused):
            change_collecting_rules(rules, by=people.person("finance"), steps=wrong)
    assert change_collecting_rules(rules, by=people.person("finance"), steps=[30, 5, 5]).steps == [5, 30]


def test_the_mornings_task_asks_all_who_owe_and_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    shop, _ = shipped()
    later = in_days(31)
    monkeypatch.setattr(timezone, "now", lambda: later)
    tasks.collect()
    tasks.collect()
    assert list(Reminder.objects.values_list("customer", "step")) == [(shop.customer.pk, 1)]


def test_a_person_who_asks_too_early_is_told_so_and_a_promise_stands_on_the_page() -> None:
    shop, order = shipped()
    client = Client()
    client.force_login(shop.who["finance"])
    code = shop.customer.code
    assert client.post(f"/finance/receivables/{code}/remind/").status_code == 409
    data = {"amount": "10", "promised_on": timezone.localdate().isoformat(), "words": "李会计"}
    assert client.post(f"/finance/orders/{order.number}/promise/", data).status_code == 302
    assert "李会计" in client.get(f"/finance/receivables/{code}/").content.decode()
    assert "李会计" in client.get("/finance/promises/").content.decode()
    wrong = client.post("/finance/promises/rules/", {"steps": "x"})
    assert wrong.status_code == 422


def test_two_shipments_of_an_order_due_the_same_day_are_asked_for_as_one_sum() -> None:
    shop = on_credit(days=30)
    order = shop.passed(header={"split_allowed": True})
    shop.dispatched(shop.shipment(order, Decimal(40)))
    shop.dispatched(shop.shipment(order))
    remind_customer(shop.customer, by=None, at=in_days(31))
    assert list(Reminder.objects.values_list("order", "open")) == [(order.pk, Decimal(1000))]


def test_a_customer_who_cannot_be_reminded_stops_neither_the_next_nor_the_broken_promises(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, order = shipped()
    second, _ = shipped()
    record_promise(order, by=first.who["sales"], amount=Decimal(1000), promised_on=timezone.localdate(), words="王经理")

    def failing(customer: Any, **given: Any) -> None:
        if customer == first.customer:
            raise IntegrityError("as a constraint would")
        remind_customer(customer, **given)

    later = in_days(31)
    monkeypatch.setattr(timezone, "now", lambda: later)
    monkeypatch.setattr(tasks, "remind_customer", failing)
    tasks.collect()
    assert list(Reminder.objects.values_list("customer", flat=True)) == [second.customer.pk]
    assert any("未兑现付款承诺" in row.payload["text"] for row in OutboxRow.objects.filter(channel="notice"))
    assert f"customer {first.customer.pk} could not be done" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_ask_once() -> None:
    shop, _ = shipped()
    moment = in_days(31)
    races.at_once(20, lambda _: remind_customer(shop.customer, by=None, at=moment))
    assert Reminder.objects.count() == 1

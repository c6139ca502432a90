"""The bank's statement: handed in once or twice, claimed, put aside, reversed (R28)."""

from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.errors import Refused
from documents import tables
from finance import bank_statement
from finance.actions import bank, payments
from finance.matching import guesses, proposals, share_out
from finance.models import BankFile, BankLine, Payment, PaymentBalance
from finance.shares import Share
from tests.finance.desk import fresh, receive
from tests.races import at_once, of_kind
from tests.shop import Shop, today

pytestmark = pytest.mark.django_db
TOP = "账户明细查询,,,,,,\n账号：6222,户名：本公司,,,,,\n"
HEADS = "交易日期,借方金额,贷方金额（元）,对方户名,对方账号,摘要,交易流水号\n"


def sheet(*rows: str, heads: str = HEADS) -> SimpleUploadedFile:
    return SimpleUploadedFile("流水.csv", (TOP + heads + "\n".join(rows)).encode("gb18030"))


def row(amount: str, ref: str = "", payer: str = "某客户", note: str = "货款", account: str = "6217 001") -> str:
    return f'{today()},,"{amount}",{payer},{account},{note},{ref}'


def take(shop: Shop, *rows: str, **more: Any) -> BankFile:
    return bank.import_statement(None, by=shop.who["finance"], file=sheet(*rows, **more))  # type: ignore[no-any-return]


def finance(shop: Shop) -> Client:
    client = Client()
    client.force_login(shop.who["finance"])
    return client


def test_a_bank_s_own_export_is_read_as_it_comes() -> None:
    rows = f'{today():%Y%m%d},,"1,200.50",甲,62 17,SO-1,w1\n{today()},88.00,,乙,,电费,W2\n,,合计 1200.50,,,,'
    read = bank_statement.read(tables.lines("a.csv", (TOP + HEADS + rows).encode()))
    [line] = read.lines
    assert (line.key, line.day, line.amount, line.account, read.outgoing) == (
        "W1",
        today(),
        Decimal("1200.50"),
        "6217",
        1,
    )


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([row("一千", "A1")], "第 4 行：「一千」不是数字"),
        ([row("5.001", "A1")], "第 4 行：金额最多两位小数"),
        ([row("5", "A1"), "昨天,,5,甲,,,A2"], "第 5 行：「昨天」不是日期"),
        ([row("5", "A1"), row("6", "a1")], "流水号重复：A1"),
        ([f"{today()},5,,甲,,,A1"], "没有收入的流水"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_and_nothing_is_written(rows: list[str], said: str) -> None:
    with pytest.raises(Refused, match=said):
        take(Shop(), *rows)
    assert not BankLine.objects.exists() and not BankFile.objects.exists()


def test_the_same_file_twice_doubles_nothing_with_and_without_references() -> None:
    shop = Shop()
    rows = [row("100", "A1"), row("50"), row("50"), row("70", note="另一笔")]
    assert (take(shop, *rows).fresh, take(shop, *rows).fresh) == (4, 0)
    assert BankLine.objects.count() == 4, "two payments that read the same on one day are two"
    assert take(shop, *rows, row("50")).fresh == 1


def test_five_thousand_lines_come_in_few_statements_and_once() -> None:
    shop, rng = Shop(), Random(5)  # noqa: S311
    rows = [row(f"{rng.randrange(1, 10**8) / 100:.2f}", f"R{number}") for number in range(5000)]
    with CaptureQueriesContext(connection) as seen:
        assert take(shop, *rows).fresh == 5000
    assert len(seen) < 60
    assert take(shop, *rows).known == 5000 and BankLine.objects.count() == 5000


def test_what_was_written_down_by_hand_is_not_booked_again() -> None:
    shop = Shop()
    payment = receive(shop, "100", bank_ref="A1")
    take(shop, row("100", "a1"))
    line = BankLine.objects.get()
    assert (line.state, line.payment) == ("booked", payment)
    with pytest.raises(Refused, match="已入账"):
        bank.book_bank_line(line, by=shop.who["finance"], customer=shop.customer)


def test_a_reference_that_now_says_something_else_is_refused_with_its_row() -> None:
    """A bank that begins its numbers anew must not have its money dropped as known."""
    shop = Shop()
    take(shop, row("100", "A1"))
    with pytest.raises(Refused, match=r"第 5 行：流水号 A1 已导入过，当时是 .* 100.00 元，这次是 .* 999.00 元"):
        take(shop, row("5", "A2"), row("999", "A1"))
    assert BankLine.objects.count() == 1


def test_a_voucher_s_number_that_comes_again_is_another_line() -> None:
    heads = HEADS.replace("交易流水号", "凭证号")
    shop = Shop()
    assert take(shop, row("100", "007"), heads=heads).fresh == 1
    assert take(shop, row("999", "007"), heads=heads).fresh == 1
    assert take(shop, row("100", "007"), heads=heads).fresh == 0


def test_a_payment_written_down_with_another_amount_does_not_take_the_bank_s_money() -> None:
    shop = Shop()
    payment = receive(shop, "10", bank_ref="A1")
    take(shop, row("1000", "A1"))
    line, client = BankLine.objects.get(), finance(shop)
    assert line.state == "open"
    said = f"{payment.number} 以此流水号登记为 10.00 元，与银行不符"
    assert said in client.get(line.get_absolute_url()).content.decode()
    payments.reverse_payment(payment, by=shop.who["finance"], reason="少打两个零")
    bank.book_bank_line(line, by=shop.who["finance"], customer=shop.customer)
    assert BankLine.objects.get().payment.amount == 1000


def test_money_written_down_after_the_statement_is_joined_to_its_line_and_not_booked_twice() -> None:
    shop = Shop()
    take(shop, row("1000", payer=shop.customer.name))
    payment = receive(shop, "1000", bank_ref="回单 88")
    line, client = BankLine.objects.get(), finance(shop)
    page = client.get(line.get_absolute_url()).content.decode()
    assert payment.number in page and "就是这笔" in page and "确是另一笔" in page
    refused = client.post(line.get_absolute_url(), {"version": line.version})
    assert refused.status_code == 409 and "可能就是这笔" in refused.content.decode()
    client.post(reverse("finance:bank_join", args=[line.pk]), {"payment": payment.pk})
    line.refresh_from_db()
    assert (line.state, line.payment) == ("booked", payment) and Payment.objects.count() == 1


def test_another_payment_of_the_same_amount_is_booked_when_said_so() -> None:
    shop = Shop()
    receive(shop, "1000", bank_ref="B1")
    take(shop, row("1000", "A1", payer=shop.customer.name))
    bank.book_bank_line(BankLine.objects.get(), by=shop.who["finance"], customer=shop.customer, another=True)
    assert Payment.objects.count() == 2


def test_a_line_is_joined_to_no_payment_of_another_amount_nor_to_one_that_was_reversed() -> None:
    shop = Shop()
    by = shop.who["finance"]
    take(shop, row("1000", "A1"))
    line = BankLine.objects.get()
    with pytest.raises(Refused, match="与这笔流水不符"):
        bank.join_bank_line(line, by=by, payment=receive(shop, "10", bank_ref="B1"))
    gone = receive(shop, "1000", bank_ref="B2")
    payments.reverse_payment(gone, by=by, reason="错")
    with pytest.raises(Refused, match="已冲销"):
        bank.join_bank_line(line, by=by, payment=gone)


@pytest.mark.parametrize(
    ("mark", "income"),
    [("贷", True), ("收入", True), ("C", True), ("借", False), ("支出", False), ("D", False)],
)
def test_one_column_of_amounts_is_read_with_the_mark_beside_it(mark: str, income: bool) -> None:
    text = f"日期,交易金额,借贷标志,对方户名\n{today()},88.00,{mark},电力公司\n{today()},5.00,贷,甲\n"
    read = bank_statement.read(tables.lines("a.csv", text.encode()))
    assert (len(read.lines), read.outgoing) == ((2, 0) if income else (1, 1))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"日期,交易金额,对方户名\n{today()},88.00,电力公司\n", "看不出是收是支"),
        (f"日期,交易金额,借贷标志\n{today()},88.00,?\n", "第 2 行：「?」看不出是收是支"),
    ],
)
def test_money_whose_direction_is_not_told_is_not_taken_for_income(text: str, said: str) -> None:
    with pytest.raises(bank_statement.Wrong) as wrong:
        bank_statement.read(tables.lines("a.csv", text.encode()))
    assert said in str(wrong.value)


def test_each_of_two_lines_that_name_one_order_is_guessed() -> None:
    shop = Shop()
    order = shop.sent()
    take(shop, row("10", "A1", note=order.number), row("20", "A2", note=f"{order.number} 尾款"))
    assert len(guesses(list(BankLine.objects.all()))) == 2


def test_a_line_is_claimed_for_orders_on_its_page_and_the_rest_stays_visible() -> None:
    shop = Shop()
    one, two = shop.sent(), shop.sent()
    take(shop, row("1000", "A1", payer=shop.customer.name, note=f"{one.number} 货款"))
    line, client = BankLine.objects.get(), finance(shop)
    page = client.get(reverse("finance:bank")).content.decode()
    assert shop.customer.name in page and "摘要写明订单" in page
    page = client.get(line.get_absolute_url()).content.decode()
    assert one.number in page and two.number in page
    typed = {f"amount-{one.number}": "700", f"kind-{one.number}": "deposit", f"kind-{two.number}": "balance"}
    over = client.post(line.get_absolute_url(), typed | {f"amount-{two.number}": "300.01"})
    assert over.status_code == 422 and "超过到账 1,000.00 元" in over.content.decode()
    client.post(line.get_absolute_url(), typed | {f"amount-{two.number}": "200"})
    assert (fresh(one).received, fresh(two).received) == (700, 200)
    assert PaymentBalance.objects.get().left == 100
    assert "已入账" in client.get(line.get_absolute_url()).content.decode()


def test_a_mistake_is_reversed_and_the_line_claimed_again() -> None:
    shop = Shop()
    order = shop.sent()
    take(shop, row("1000", "A1"))
    line, by = BankLine.objects.get(), shop.who["finance"]
    bank.book_bank_line(line, by=by, customer=shop.customer, shares=[Share(order, Decimal(1000), "balance")])
    first = Payment.objects.get()
    payments.reverse_payment(first, by=by, reason="认错订单")
    other = shop.sent()
    assert "原收款已冲销" in finance(shop).get(line.get_absolute_url()).content.decode()
    bank.book_bank_line(line, by=by, customer=shop.customer, shares=[Share(other, Decimal(1000), "balance")])
    assert (fresh(order).received, fresh(other).received) == (0, 1000)
    assert Payment.objects.count() == 3, "nothing was deleted"


def test_what_is_no_customer_s_money_is_put_aside_with_a_reason_and_taken_back() -> None:
    shop = Shop()
    take(shop, row("3.21", "A1", payer="银行", note="结息"))
    line, client = BankLine.objects.get(), finance(shop)
    assert client.post(reverse("finance:bank_aside", args=[line.pk]), {"reason": ""}).status_code == 422
    client.post(reverse("finance:bank_aside", args=[line.pk]), {"reason": "存款利息"})
    line.refresh_from_db()
    assert (line.state, line.reason) == ("aside", "存款利息")
    with pytest.raises(Refused, match="非货款"):
        bank.book_bank_line(line, by=shop.who["finance"], customer=shop.customer)
    client.post(reverse("finance:bank_reopen", args=[line.pk]), {"reason": "是客户的"})
    line.refresh_from_db()
    assert line.state == "open"


def test_an_account_that_paid_before_and_a_name_are_recognised() -> None:
    shop = Shop()
    take(shop, row("10", "A1", payer="代付人", account="9"), row("20", "A2", payer="代付人", account="9"))
    first, second = BankLine.objects.order_by("key")
    bank.book_bank_line(first, by=shop.who["finance"], customer=shop.customer)
    assert guesses([second])[second.pk].why == "此账号曾付款"
    order = shop.sent()
    due = order.revision.deposit_due
    line = BankLine(amount=due, note="", payer=shop.customer.name)
    assert [(each.order, each.amount, each.kind) for each in proposals(line, shop.customer)] == [
        (order, due, "deposit")
    ]


def test_what_is_proposed_never_exceeds_what_came_in_nor_what_lacks() -> None:
    rng = Random(28)  # noqa: S311
    for _ in range(20_000):
        lacks = []
        for number in range(rng.randrange(5)):
            lack = Decimal(rng.randrange(0, 10_000)) / 100
            lacks.append((str(number), min(lack, Decimal(rng.randrange(0, 5_000)) / 100), lack))
        amount = Decimal(rng.randrange(1, 20_000)) / 100
        named = [str(rng.randrange(6)) for _ in range(rng.randrange(3))]
        shares = share_out(amount, lacks, named)
        known = {number: lack for number, _, lack in lacks}
        assert sum(shares.values(), Decimal(0)) <= amount
        assert all(0 < part <= known[number] for number, part in shares.items())


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_hand_in_one_file_and_claim_one_line_once() -> None:
    shop = Shop()
    order, by = shop.sent(), shop.who["finance"]
    rows = [row("1000", "A1"), row("50"), row("50")]
    at_once(20, lambda _: take(shop, *rows))
    assert BankLine.objects.count() == 3
    line = BankLine.objects.get(key="A1")
    shares = [Share(order, Decimal(1000), "balance")]
    outcomes = at_once(20, lambda _: bank.book_bank_line(line, by=by, customer=shop.customer, shares=shares))
    assert len(of_kind(outcomes, BankLine)) == 1 and len(of_kind(outcomes, Refused)) == 19
    assert fresh(order).received == 1000 and Payment.objects.count() == 1
    other = BankLine.objects.filter(state="open").first()
    outcomes = at_once(10, lambda _: bank.put_bank_line_aside(other, by=by, reason="不是货款"))
    assert len(of_kind(outcomes, BankLine)) == 1


def test_the_list_reads_as_much_for_fifty_lines_as_for_one() -> None:
    shop = Shop()
    client = finance(shop)
    client.get(reverse("finance:bank"))
    counts = []
    for many in (1, 40):
        take(shop, *[row(f"{number + 1}", f"{many}-{number}") for number in range(many)])
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("finance:bank"))
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_statement_that_was_handed_in_is_fetched_again_by_finance_alone(client: Client) -> None:
    shop = Shop()
    handed_in = take(shop, row("100", "R1"))
    assert handed_in.paper is not None
    for role, status in (("finance", 200), ("marketing_director", 404)):
        client.force_login(shop.who[role])
        assert client.get(handed_in.paper.get_absolute_url()).status_code == status

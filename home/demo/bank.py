"""This week's statement of the bank: deposits that wait to be claimed, one for several orders, and what is no
customer's money."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F

from customers.models import Customer
from finance.actions.bank import book_bank_line, import_statement, put_bank_line_aside
from finance.matching import proposals
from finance.models import BankLine
from finance.shares import Share
from orders.models import Order, State

if TYPE_CHECKING:
    from home.demo.company import Company

MOST = 8
TOP = "账户明细查询\n账号,32050166,户名,本公司\n"
HEADS = "交易日期,借方金额,贷方金额,对方户名,对方账号,摘要,交易流水号\n"


def hand_in(company: "Company") -> None:
    waiting = Order.objects.filter(state=State.APPROVED, received__lt=F("revision__deposit_due"))
    day = company.today - timedelta(days=1)
    rows = []
    for number, order in enumerate(waiting.select_related("customer", "revision").order_by("pk")[:MOST]):
        missing = order.revision.deposit_due - order.received if order.revision else 0
        note = f"{order.number} 定金" if number % 3 else "货款"
        rows.append(
            f"{day},,{missing},{order.customer.name},6222{order.customer_id:08d},{note},N{day:%m%d}{number:04d}"
        )
    rows.append(f"{day},,31.25,本行,,存款结息,N{day:%m%d}9001")
    rows.append(f"{day},1860.00,,江苏电力,,电费,N{day:%m%d}9002")
    by = company.people.of("finance")[0]
    at = company.clock.now
    file = SimpleUploadedFile(f"银行流水{day:%m%d}.csv", (TOP + HEADS + "\n".join(rows)).encode("gb18030"))
    import_statement(None, by=by, at=at, file=file)
    for line in BankLine.objects.order_by("pk"):
        if line.payer == "本行":
            put_bank_line_aside(line, by=by, at=at, reason="活期存款利息")
    claim(company, BankLine.objects.filter(state=BankLine.State.OPEN).order_by("pk").first())


def claim(company: "Company", line: BankLine | None) -> None:
    """The first of them is claimed already, by the name it bears."""
    customer = Customer.objects.filter(name=line.payer).first() if line else None
    if line is None or customer is None:
        return
    shares = [Share(one.order, one.amount, one.kind) for one in proposals(line, customer) if one.amount]
    by = company.people.of("finance")[0]
    book_bank_line(line, by=by, at=company.clock.now, customer=customer, shares=shares)

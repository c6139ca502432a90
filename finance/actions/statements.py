"""对账单: frozen for a customer and month, sent, and answered (R40)."""

from datetime import date
from typing import Any

from audit.errors import Refused
from audit.frame import Act, action
from customers.frame import CustomerAction
from customers.models import Contact, Customer
from documents import sending
from documents.attachments import store
from documents.freeze import freeze
from documents.numbering import business_day, next_number
from finance import papers, statements
from finance.models import Statement


@action("issue_statement", frame=CustomerAction, versioned=False)
def issue_statement(act: Act, customer: Customer, *, month: date, way: str = "print", to: str = "") -> Statement:
    """Freeze the month as it stands and send it. Issued again it is a new version, which the customer answers anew.

    Raises Refused for a month that is not over, or in which nothing moved and nothing was owed.
    """
    if month.day != 1 or business_day(act.at) < statements.next_month(month):
        raise Refused("本月尚未结束，月末之后再出对账单。", field="month")
    found = statements.month_of(act.by, customer, month)
    if found.is_empty:
        raise Refused("该月没有往来，也没有余额，不用对账。", field="month")
    statement = Statement.objects.filter(customer=customer, month=month).first() or Statement(
        customer=customer, month=month
    )
    if statement.pk:
        statement.version += 1
    statement.opening, statement.closing = found.opening, found.closing
    statement.charged, statement.credited = found.charged, found.credited
    statement.by, statement.at = act.by, act.at
    statement.answer, statement.answer_text, statement.answered_at, statement.answer_paper = "", "", None, None
    statement.save()
    document = freeze(
        papers.STATEMENT,
        subject_kind="statement",
        subject_id=statement.pk,
        number=next_number(papers.STATEMENT_PREFIX, act.at),
        data=papers.statement_data(found),
        by=act.by,
        at=act.at,
    )
    sending.send_paper(
        document,
        way=way,
        to=to.strip() or (email_of(customer) if way == "email" else ""),
        letter=sending.Letter(
            f"对账单 {month:%Y 年 %m 月}",
            f"尊敬的客户：\n\n附件为贵司 {month:%Y 年 %m 月} 的《对账单》，"
            "请核对并签章回传；如有不符请在五日内告知。\n\n谢谢。",
        ),
        by=act.by,
        at=act.at,
        about=customer.code,
    )
    act.record(customer, month=f"{month:%Y-%m}", closing=found.closing)
    return statement


def email_of(customer: Customer) -> str:
    found = Contact.objects.filter(customer=customer, is_active=True).exclude(email="").order_by("pk").first()
    return found.email if found else ""


@action("answer_statement", frame=CustomerAction, versioned=False)
def answer_statement(
    act: Act, customer: Customer, *, month: date, answer: str, text: str = "", paper: Any = None
) -> Statement:
    """What the customer said of it. Raises Refused where none was given, or without words where it does not agree."""
    statement = Statement.objects.select_for_update(no_key=True).filter(customer=customer, month=month).first()
    if statement is None:
        raise Refused("该月尚未出具对账单。")
    if answer not in Statement.Answer.values:
        raise Refused("请选择客户的答复。", field="answer")
    if answer == Statement.Answer.DISPUTED and not text.strip():
        raise Refused("请写明哪一笔不符。", field="text")
    statement.answer, statement.answer_text, statement.answered_at = answer, text.strip(), act.at
    statement.answer_paper = store(paper, act.by, "statement", statement.pk) if paper else None
    statement.version += 1
    statement.save()
    act.record(customer, month=f"{month:%Y-%m}", answer=statement.get_answer_display())
    return statement

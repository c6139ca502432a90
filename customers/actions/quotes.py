"""报价单: written from what a product costs, sent, negotiated, answered (R36)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.records import Invalid, save
from audit import history
from audit.errors import Refused
from audit.frame import Act, action
from audit.keys import digest_of
from catalog.actions import put
from catalog.costing import Estimate, estimates
from catalog.models import Product
from customers import notices, papers
from customers.frame import must_see
from customers.models import Contact, Customer, Memo, Quote, QuoteLine, QuoteState
from documents import sending
from documents.attachments import store
from documents.money import cents
from documents.numbering import business_day, next_number
from flow.frame import FlowAct, FlowAction

FACTS = {"inquiry", "valid_until", "payment_terms", "delivery", "remark"}
MOST_LINES = 200
MOST = Decimal(10) ** 12


@dataclass(frozen=True)
class Offered:
    """A line as it was typed. `price` with tax per unit; None takes what cost and margin come to."""

    product: Product
    quantity: Decimal
    price: Decimal | None = None
    spec: str = ""
    lead_days: int | None = None
    remark: str = ""


@action("write_quote")
def write_quote(
    act: Act,
    subject: None,
    *,
    customer: Customer,
    lines: Sequence[Offered],
    memo: Memo | None = None,
    **facts: Any,
) -> Quote:
    """Draft a 报价单. Raises Refused without lines, for a price that cannot be reckoned, a day gone by or another
    customer's memo; Forbidden for another's customer."""
    must_see(act.by, customer)
    if memo is not None and memo.customer_id != customer.pk:
        raise Refused("备忘录属于另一位客户。", field="memo")
    quote = Quote(customer=customer, memo=memo, written_by=act.by, written_at=act.at)
    offer(act, quote, lines, facts)
    act.record(quote, to=QuoteState.DRAFT.label)
    return quote


@action("change_quote", frame=FlowAction)
def change_quote(act: Act, quote: Quote, *, lines: Sequence[Offered], **facts: Any) -> Quote:
    """Change a draft; what was sent before is negotiated as the next issue, with a reason. Raises Refused where the
    customer has accepted it, or without that reason."""
    if quote.state == QuoteState.ACCEPTED:
        raise Refused("客户已接受此报价，不能再改；需要调整请另开报价单。")
    if quote.state != QuoteState.DRAFT:
        if not act.reason:
            raise Refused("已报出的价格，改版须写明原因（如客户还价）。", field="reason")
        quote.issue += 1
        quote.state = QuoteState.DRAFT
        quote.answer, quote.answered_at, quote.answer_paper = "", None, None
    quote.version += 1
    offer(act, quote, lines, facts)
    act.record(quote, to=f"第 {quote.issue} 版")
    return quote


def offer(act: Act, quote: Quote, lines: Sequence[Offered], facts: dict[str, Any]) -> None:
    """Write what is offered, with its cost as it is known today, and whether that leaves enough."""
    put(quote, facts, FACTS)
    if quote.valid_until is not None and quote.is_over(business_day(act.at)):
        raise Refused("有效期不能早于今天。", field="valid_until")
    if not lines:
        raise Refused("请至少填写一行产品。")
    if len(lines) > MOST_LINES:
        raise Refused(f"一份报价单最多 {MOST_LINES} 行。")
    reckoned = estimates([line.product for line in lines])
    rows = [row_of(place, line, reckoned[line.product.pk]) for place, line in enumerate(lines, 1)]
    quote.total = sum((row.amount for row in rows), Decimal(0))
    judge(quote, rows, reckoned)
    quote.number = quote.number or next_number(papers.QUOTE.prefix, business_day(act.at))
    save(quote)
    quote.lines.all().delete()  # type: ignore[attr-defined]
    for row in rows:
        row.quote = quote
    history.write(QuoteLine.objects.bulk_create(rows), created=True)


def judge(quote: Quote, rows: Sequence[QuoteLine], reckoned: dict[int, Estimate]) -> None:
    """Whether what is offered leaves enough of what it costs; `digest` covers both."""
    quote.thin = any(row.margin is None or row.margin < reckoned[row.product_id].rules.least_margin for row in rows)
    quote.digest = digest_of(
        [
            quote.issue,
            *(getattr(quote, name) for name in ("valid_until", "payment_terms", "delivery", "remark")),
            [
                [row.product_id, row.spec, row.quantity, row.price, row.tax_rate, row.lead_days, row.cost]
                for row in rows
            ],
        ]
    )


def reckon(quote: Quote) -> list[QuoteLine]:
    """Judge a draft by what its products cost now; nothing is saved. The lines whose cost has changed."""
    rows = list(quote.lines.select_related("product").order_by("position"))  # type: ignore[attr-defined]
    reckoned = estimates([row.product for row in rows])
    changed = [row for row in rows if row.cost != reckoned[row.product_id].cost]
    for row in changed:
        row.cost = reckoned[row.product_id].cost
    judge(quote, rows, reckoned)
    return changed


def wants_word(quote: Quote) -> bool:
    """Whether the draft, by what its products cost now, is sent only as somebody agrees to it."""
    if quote.state != QuoteState.DRAFT:
        return False
    reckon(quote)
    return quote.thin and not quote.is_agreed


def keep_costs(quote: Quote) -> None:
    for row in reckon(quote):
        save(row)


def row_of(place: int, line: Offered, reckoned: Estimate) -> QuoteLine:
    price = line.price if line.price is not None else reckoned.price
    if price is None:
        lacking = f"{line.product} 还算不出建议价（尚缺{reckoned.lacking_text}），请填写单价。"
        raise Invalid({"": [f"第 {place} 行：{lacking}"]}, {})
    if line.quantity <= 0 or price <= 0:
        raise Invalid({"": [f"第 {place} 行：数量与单价应大于 0。"]}, {})
    if line.quantity * price >= MOST:
        raise Invalid({"": [f"第 {place} 行：金额过大，请核对数量与单价。"]}, {})
    return QuoteLine(
        position=place,
        product=line.product,
        spec=line.spec or line.product.spec,
        quantity=line.quantity,
        unit=line.product.unit,
        price=price,
        tax_rate=line.product.tax_rate,
        amount=cents(line.quantity * price),
        lead_days=line.lead_days,
        remark=line.remark,
        cost=reckoned.cost,
    )


@action("agree_quote", frame=FlowAction)
def agree_quote(act: FlowAct, quote: Quote) -> Quote:
    """A supervisor or the marketing director agrees to a margin below the least; with a reason. Raises Refused where
    none is asked for; Forbidden to whoever priced it."""
    if not wants_word(quote):
        raise Refused("此报价现在不需要同意。")
    act.guard("agree_quote", quote)
    act.need_reason("请写明同意的理由。")
    keep_costs(quote)
    quote.agreed_digest = quote.digest
    quote.version += 1
    quote.save()
    act.record(quote)
    notices.tell_of_quote(quote, "低毛利报价已获同意", act.by)
    return quote


@action("ask_quote_margin", frame=FlowAction)
def ask_quote_margin(act: Act, quote: Quote) -> Quote:
    """Ask the supervisors for their word on a thin quote; what it costs now is kept, so that it is on their list."""
    if not wants_word(quote):
        raise Refused("此报价现在不需要同意。")
    keep_costs(quote)
    quote.save(update_fields=["thin", "digest"])
    act.record(quote)
    notices.ask_for_margin(quote, act.by)
    return quote


@action("send_quote", frame=FlowAction)
def send_quote(act: Act, quote: Quote, *, way: str = "print", to: str = "") -> Quote:
    """Freeze this issue and send it. Raises Refused once sent, past its validity, or thin and not agreed to."""
    if quote.state != QuoteState.DRAFT:
        raise Refused("此版报价已报出；要改价请先改版。")
    if quote.is_over(business_day(act.at)):
        raise Refused("有效期已过，请先修改有效期。")
    if wants_word(quote):
        raise Refused("有产品低于最低毛利或成本不明，须经销售主管或营销总监同意后才能报出。")
    keep_costs(quote)
    quote.state, quote.sent_at = QuoteState.SENT, act.at
    quote.version += 1
    quote.save()
    sending.send_paper(
        papers.freeze_quote(act, quote),
        way=way,
        to=to.strip() or (mail_of(quote.customer) if way == "email" else ""),
        letter=sending.Letter(
            f"报价单 {quote.number}",
            f"尊敬的客户：\n\n附件为我司报价单 {quote.number}（第 {quote.issue} 版），"
            f"有效期至 {quote.valid_until:%Y-%m-%d}，请审阅。\n\n谢谢。",
        ),
        by=act.by,
        at=act.at,
        about=quote.number,
    )
    act.record(quote, to=QuoteState.SENT.label, issue=quote.issue)
    return quote


def mail_of(customer: Customer) -> str:
    found = Contact.objects.filter(customer=customer, is_active=True).exclude(email="").order_by("pk").first()
    return found.email if found else ""


@action("accept_quote", frame=FlowAction)
def accept_quote(act: Act, quote: Quote, *, answer: str, paper: Any = None) -> Quote:
    """The customer accepts what was sent: who, when, how. Its prices are references until its last day (R5).

    Raises Refused for what was not sent, or past its validity.
    """
    answered(quote, answer)
    if quote.is_over(business_day(act.at)):
        raise Refused("报价已过有效期，请改版后重新报价。")
    return close(act, quote, QuoteState.ACCEPTED, answer, paper)


@action("lose_quote", frame=FlowAction)
def lose_quote(act: Act, quote: Quote, *, answer: str, paper: Any = None) -> Quote:
    """The customer does not take it, and why. Raises Refused for what was not sent."""
    answered(quote, answer)
    return close(act, quote, QuoteState.LOST, answer, paper)


def answered(quote: Quote, answer: str) -> None:
    if quote.state != QuoteState.SENT:
        raise Refused(f"报价单现为「{quote.get_state_display()}」，不能登记客户答复。")
    if not answer.strip():
        raise Refused("请写明客户的答复。", field="answer")


def close(act: Act, quote: Quote, state: QuoteState, answer: str, paper: Any) -> Quote:
    quote.state, quote.answered_at, quote.answer = state, act.at, answer.strip()
    quote.answer_paper = store(paper, act.by, "quote", quote.pk) if paper else None
    quote.version += 1
    quote.save()
    act.record(quote, to=state.label, note=quote.answer)
    notices.tell_of_quote(quote, state.label, act.by)
    return quote


def ordered(quote: Quote, customer: Customer, at: Any) -> Quote:
    """The quote, locked, that an order may be made of. Raises Refused for one not accepted, over, or used before."""
    fresh: Quote = Quote.objects.select_for_update(no_key=True).get(pk=quote.pk)
    if fresh.state != QuoteState.ACCEPTED:
        raise Refused("客户接受报价之后，才能生成订单。")
    if fresh.customer_id != customer.pk:
        raise Refused("报价单属于另一位客户。")
    if fresh.order_number:
        raise Refused(f"此报价已生成订单 {fresh.order_number}。")
    if fresh.is_over(business_day(at)):
        raise Refused("报价已过有效期，请另开报价单。")
    return fresh

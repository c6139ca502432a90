"""The papers about a customer: 客户信息备忘录, 报价单, 客户销售合同; each change is a new version (R1–R3, R36)."""

from typing import Any

from audit.frame import Act
from customers import clauses
from customers.models import Contact, Contract, Customer, Memo, Quote
from documents.audience import Audience
from documents.freeze import freeze
from documents.kinds import Kind
from documents.models import Document
from documents.queries import attachments_of

# Seen by those who see the memo (`access.register("memo", …)`); what a customer said may name prices.
MEMO = Kind(
    code="memo",
    prefix="BW",
    title="客户信息备忘录",
    template="documents/memo.html",
    audience=Audience.PRICES,
    foot=("接单", "客服"),
)


QUOTE = Kind(
    code="quote",
    prefix="BJ",
    title="报价单",
    template="documents/quote.html",
    audience=Audience.PRICES,
    seal="业务专用章",
    foot=("制单", "审核", "客户确认"),
)
CONTRACT = Kind(
    code="contract",
    prefix="HT",
    title="客户销售合同",
    template="documents/contract.html",
    audience=Audience.PRICES,
    foot=(),
)


def freeze_memo(act: Act, memo: Memo) -> Document:
    """The next version of the memo's paper, under its lock."""
    return freeze(
        MEMO.code,
        subject_kind="memo",
        subject_id=memo.pk,
        number=memo.number,
        data=memo_data(memo),
        by=act.by,
        at=act.at,
    )


def memo_data(memo: Memo) -> dict[str, Any]:
    """The snapshot of docs/documents.md."""
    return {
        "channel": memo.get_channel_display(),
        "taken_at": memo.taken_at,
        "taken_by": memo.taken_by.name,
        "customer_name": memo.of,
        "caller": memo.caller,
        "caller_phone": memo.caller_phone,
        "words": memo.words,
        "items": [],  # not left out: a template would then find the dict's own method
        "read_back": memo.read_back,
        "reply_promised_by": memo.reply_promised_by,
        "told_at": memo.told_at,
        "missing": memo.missing,
        "attachments": [file.name for file in attachments_of("memo", memo.pk)],
        "order": memo.order_number,
    }


def freeze_quote(act: Act, quote: Quote) -> Document:
    """This issue of the quote as it is sent."""
    return freeze(
        QUOTE.code,
        subject_kind="quote",
        subject_id=quote.pk,
        number=quote.number,
        data=quote_data(quote),
        by=act.by,
        at=act.at,
    )


def quote_data(quote: Quote) -> dict[str, Any]:
    """The snapshot: what is offered; cost and margin stay inside."""
    return {
        "customer": customer_data(quote.customer),
        "issue": quote.issue,
        "valid_until": quote.valid_until,
        "payment_terms": quote.payment_terms,
        "delivery": quote.delivery,
        "remark": quote.remark,
        "lines": [
            {
                "no": line.position,
                "code": line.product.code,
                "name": line.product.name,
                "spec": line.spec,
                "unit": line.unit,
                "quantity": line.quantity,
                "price": line.price,
                "tax_rate": line.tax_rate,
                "amount": line.amount,
                "lead_days": line.lead_days,
                "remark": line.remark,
            }
            for line in quote.lines.select_related("product")  # type: ignore[attr-defined]
        ],
        # Prices by quantity are alternatives, which add up to nothing.
        "totals": {"total": None if quote.has_tiers else quote.total},
        "seller": quote.written_by.name,
    }


def customer_data(customer: Customer) -> dict[str, Any]:
    contact = Contact.objects.filter(customer=customer, is_active=True).order_by("-may_sign", "pk").first()
    return {
        "name": customer.name,
        "code": customer.code,
        "tax_number": customer.tax_number,
        "bank": customer.bank,
        "contact": contact.name if contact else "",
        "phone": (contact.mobile or contact.phone) if contact else customer.phone,
    }


def freeze_contract(act: Act, contract: Contract) -> Document:
    """The contract as it reads now."""
    return freeze(
        CONTRACT.code,
        subject_kind="contract",
        subject_id=contract.pk,
        number=contract.number,
        data=contract_data(contract),
        by=act.by,
        at=act.at,
    )


def contract_data(contract: Contract) -> dict[str, Any]:
    """The snapshot: parties, goods and prices, stages, clauses with their blanks filled in."""
    prices = contract.prices.select_related("product").order_by("product__code", "from_quantity")  # type: ignore[attr-defined]
    return {
        "customer": customer_data(contract.customer),
        "valid_from": contract.valid_from,
        "valid_to": contract.valid_to,
        "amount": contract.amount,
        "stages": list(map(str, contract.stages.order_by("position"))),  # type: ignore[attr-defined]
        "tolerance": {"plus": contract.tolerance_plus, "minus": contract.tolerance_minus},
        "goods": [
            {
                "no": place,
                "code": each.product.code,
                "name": each.product.name,
                "spec": each.product.spec,
                "unit": each.product.unit,
                "from_quantity": each.from_quantity or None,
                "price": each.price,
                "tax_rate": each.product.tax_rate,
            }
            for place, each in enumerate(prices, 1)
        ],
        "clauses": clauses.filled(contract),
        "terms": contract.terms,
    }

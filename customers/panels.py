"""What a customer's and a memo's page show of what was done."""

from decimal import Decimal
from typing import Any

from audit.models import Event
from customers.models import Customer, Memo, Quote

BUTTONS = (
    "change_customer",
    "change_grade",
    "set_credit_limit",
    "change_contract",
    "change_contact",
    "change_address",
    "write_memo",
    "write_quote",
)

# What stands in the timeline for each action; amounts are left to the page that may show them.
WORDS = {
    "add_customer": "建档",
    "change_customer": "修改资料",
    "change_grade": "调整等级",
    "set_credit_limit": "评定信用额度",
    "change_contract": "起草或修改合同",
    "draft_contract": "起草合同",
    "ask_contract_review": "请求合同评审",
    "review_contract_fin": "财务评审合同",
    "review_contract_legal": "法务评审合同",
    "put_contract_in_force": "合同生效",
    "end_contract": "停用合同",
    "write_quote": "起草报价",
    "change_quote": "修改报价",
    "ask_quote_margin": "请主管同意",
    "agree_quote": "同意低毛利",
    "send_quote": "报出",
    "accept_quote": "客户接受",
    "lose_quote": "未成交",
    "order_quote": "生成订单",
    "order_cancelled": "所下订单已取消",
    "change_contact": "登记联系人",
    "change_address": "登记收货地址",
    "write_memo": "接单记录",
    "tell_reply": "告知答复时间",
    "supplement_memo": "补记",
}
WITH_PRICES = {
    "set_credit_limit",
    "change_contract",
    "draft_contract",
    "ask_contract_review",
    "review_contract_fin",
    "review_contract_legal",
    "put_contract_in_force",
    "end_contract",
}


def events_of(kind: str, pk: int) -> list[Event]:
    return list(Event.objects.filter(subject_kind=kind, subject_id=pk).select_related("by").order_by("-seq")[:30])


def timeline(customer: Customer, sees_prices: bool) -> list[dict[str, Any]]:
    """Newest first; what says something of money only for those who may see it."""
    return [
        row(event) for event in events_of("customer", customer.pk) if sees_prices or event.action not in WITH_PRICES
    ]


def memo_timeline(memo: Memo) -> list[dict[str, Any]]:
    return [row(event) | {"from": "", "to": ""} for event in events_of("memo", memo.pk)]


def quote_timeline(quote: Quote) -> list[dict[str, Any]]:
    return [row(event) | {"from": ""} for event in events_of("quote", quote.pk)]


def row(event: Event) -> dict[str, Any]:
    limit = event.data.get("new")
    named = event.data.get("named") if limit is None else f"¥{Decimal(limit):,.2f}"
    return {
        "at": event.at,
        "what": WORDS.get(event.action, event.action),
        "from": event.from_state,
        "to": named or event.to_state,
        "who": event.by,
        "why": event.reason,
    }

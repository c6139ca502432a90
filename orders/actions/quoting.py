"""An order made of an accepted quote, its prices carried (R36)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from audit.errors import Refused
from customers.actions.quotes import ordered
from customers.models import Quote
from documents.numbering import business_day
from orders.actions.entry import create_order
from orders.frame import OrderAct, order_action
from orders.models import Order, State
from orders.terms import LineInput


@order_action("order_quote")
def order_quote(act: OrderAct, _: None, *, quote: Quote, chosen: Sequence[int] = ()) -> Order:
    """A draft with the lines and prices of `quote`; what the confirmation still asks for is filled in there.

    `chosen` are the lines wanted, all without it. Raises Refused for a quote that is not accepted, is over, or has
    its order already, and for two quantities of one product.
    """
    fresh = ordered(quote, quote.customer, act.at)
    lines = list(fresh.lines.select_related("product"))  # type: ignore[attr-defined]
    lines = [line for line in lines if not chosen or line.pk in chosen]
    products = [line.product_id for line in lines]
    if len(set(products)) < len(products):
        raise Refused("同一产品报了几档数量，请只选要下单的一档。", field="chosen")
    order: Order = create_order.body(
        act,
        None,
        customer=fresh.customer,
        header=header_of(fresh, lines, act),
        lines=[
            LineInput(line.product, line.quantity, line.price, spec=line.spec, remark=line.remark) for line in lines
        ],
        memo=fresh.memo if fresh.memo and not fresh.memo.order_number else None,
    )
    fresh.order_number = order.number
    fresh.version += 1
    fresh.save()
    act.record(fresh, to=order.number)
    return order


def header_of(quote: Quote, lines: list[Any], act: OrderAct) -> dict[str, Any]:
    customer = quote.customer
    days = [line.lead_days for line in lines if line.lead_days]
    return {
        "contact": customer.contacts.filter(is_active=True).order_by("-may_sign", "id").first(),  # type: ignore[attr-defined]
        "address": customer.addresses.filter(is_active=True).order_by("-is_default", "id").first(),  # type: ignore[attr-defined]
        "requested_on": business_day(act.at) + timedelta(days=max(days)) if days else None,
        "payment_terms": quote.payment_terms,
        "special": "",
    }


def free_quote(act: OrderAct, order: Order) -> None:
    """A quote whose order was cancelled may be ordered again."""
    if order.state != State.CANCELLED:
        return
    for quote in Quote.objects.select_for_update(no_key=True).filter(order_number=order.number):
        quote.order_number = ""
        quote.version += 1
        quote.save()
        act.record(quote, action="order_cancelled", from_=order.number)

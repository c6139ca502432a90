"""取消 after release: the goods that lie there go where the settlement says, line by line (rules.md, 取消)."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from audit.errors import Blocked, Refused
from finance.actions import balances
from finance.models import CancelGoods
from orders.actions import chain
from orders.models import Order
from production.actions import making
from stock.models import Pallet
from tests.finance.desk import on_credit, unmet
from tests.shop import Shop, paper

pytestmark = pytest.mark.django_db


def cancelling(shop: Shop, *made: str) -> Order:
    """So much of each line lies in stock; all but the settlement is there."""
    order = shop.in_work(*[shop.line("100") for _ in made])
    for line, quantity in zip(order.lines.order_by("number"), made, strict=True):
        rows = [making.Made(line.pk, Decimal(quantity))]
        making.report_made(order, by=shop.who["production"], rows=rows)
        for batch in line.batches.filter(status="waiting"):  # type: ignore[attr-defined]
            shop.receive(batch)
    who = shop.who
    chain.request_cancel(order, by=who["customer_service"], reason="客户不要了", paper=paper())
    chain.agree_cancel_md(order, by=who["marketing_director"], text="同意")
    chain.agree_cancel_fin(order, by=who["finance"], text="同意")
    given = {"good": "见台账", "in_work": "无", "scrap": "无", "material": "无"}
    making.state_work_stopped(order, by=who["production"], **given)
    return shop.fresh(order)


def settle(shop: Shop, order: Order, goods: str, **more: Any) -> None:
    given = {"kept": Decimal(0), "loss": Decimal(0), "goods": goods, "note": "按合同", **more}
    balances.sign_cancel_settled(shop.fresh(order), by=shop.who["finance"], **given)


def cancel(shop: Shop, order: Order) -> Order:
    return chain.cancel(shop.fresh(order), by=shop.who["customer_service"], reason="客户不要了")


def free_stock() -> Decimal:
    return sum((pallet.on_hand - pallet.reserved for pallet in Pallet.objects.all()), Decimal(0))


def test_goods_that_are_scrapped_never_become_free_stock() -> None:
    shop = on_credit()
    order = cancelling(shop, "40")
    settle(shop, order, "scrap")
    cancel(shop, order)
    line = order.lines.get()
    assert (line.made, line.scrapped, line.stocked, line.freed) == (40, 40, 0, 0)
    assert (free_stock(), Pallet.objects.get().on_hand) == (0, 0)


def test_goods_that_go_to_stock_are_free_there() -> None:
    shop = on_credit()
    order = cancelling(shop, "40")
    settle(shop, order, "stock")
    cancel(shop, order)
    assert (order.lines.get().freed, free_stock()) == (40, 40)


def test_goods_are_divided_line_by_line() -> None:
    shop = on_credit()
    order = cancelling(shop, "40", "30")
    first, second = order.lines.order_by("number")
    settle(shop, order, "both", scrap={first.pk: Decimal(15)})
    cancel(shop, order)
    first.refresh_from_db()
    second.refresh_from_db()
    assert [(line.scrapped, line.freed) for line in (first, second)] == [(15, 25), (0, 30)]
    assert free_stock() == 55


@pytest.mark.parametrize(
    ("goods", "scrap", "said"),
    [
        ("none", "0", "还有 40 成品在库"),
        ("both", "0", "各行的报废数量"),
        ("both", "40", "各行的报废数量"),
        ("both", "41", "在库数量之间"),
    ],
)
def test_a_settlement_leaves_nothing_without_a_place(goods: str, scrap: str, said: str) -> None:
    shop = on_credit()
    order = cancelling(shop, "40")
    with pytest.raises(Refused, match=said):
        settle(shop, order, goods, scrap={order.lines.get().pk: Decimal(scrap)})


def test_goods_that_came_into_stock_after_the_settlement_are_not_settled_by_it() -> None:
    shop = on_credit()
    order = cancelling(shop, "40")
    settle(shop, order, "scrap")
    assert "cancel_settled" not in unmet("cancel_released", order)
    shop.make(shop.fresh(order), Decimal(10))
    with pytest.raises(Blocked, match="财务结清"):
        cancel(shop, order)


def test_the_parts_are_filled_in_on_the_settlements_page(client: Client) -> None:
    shop = on_credit()
    order = cancelling(shop, "40")
    line = order.lines.get()
    client.force_login(shop.who["finance"])
    page = f"/finance/orders/{order.number}/settlement/"
    assert "在库 40 卷" in client.get(page).content.decode()
    typed = {"kept": "0", "loss": "0", "goods": "both", "note": "按合同", f"scrap-{line.pk}": "15", "key": "a"}
    assert client.post(page, typed).status_code == 302
    assert CancelGoods.objects.get().scrap == 15

"""A shortage or damage noted on the signed 到货回单: conceded in the answer, it is so in ledger and bill too (R34)."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.errors import Refused
from documents.models import Document
from flow.owed import differences
from orders.actions import chain
from orders.models import Line, Order, Shipment
from shipping import actions
from shipping.models import ReceiptAnswer
from stock.queries import wrong_balances
from tests.finance.desk import unmet
from tests.orders.test_over_and_under import close_short
from tests.shipping.yard import Yard, paper_of_arrival, receipt_of

pytestmark = pytest.mark.django_db


def signed(yard: Yard, condition: str = "short") -> tuple[Order, Shipment]:
    """A hundred arrived at 10.00, signed for with something amiss."""
    order = yard.released(state="SHIPPING")
    shipment = yard.sent_off((*yard.stocked(order), "100"))
    return order, paper_of_arrival(yard, shipment, condition=condition, remark="见备注")


def answer(yard: Yard, shipment: Shipment, lost: str = "0", refused: str = "0", **more: Any) -> None:
    rows = [(shipment.lines.get(), Decimal(lost), Decimal(refused))]
    given = {"by": yard.who["customer_service"], "words": "情况属实", "rows": rows, **more}
    actions.answer_receipt(shipment, **given)


def counts(line: Line) -> tuple[Decimal, ...]:
    line.refresh_from_db()
    return line.arrived, line.lost, line.refused, line.out, line.good


def test_what_did_not_arrive_is_billed_no_more_and_made_again() -> None:
    yard = Yard()
    order, shipment = signed(yard)
    answer(yard, shipment, lost="20")
    order = yard.fresh(order)
    assert (order.state, order.billed) == ("PRODUCTION", 800)
    assert counts(order.lines.get()) == (80, 20, 0, 80, 80)
    assert not list(differences()) and wrong_balances() == []


def test_what_did_not_arrive_and_is_not_wanted_any_more_is_closed_short() -> None:
    yard = Yard()
    order, shipment = signed(yard)
    answer(yard, shipment, lost="20")
    order = yard.fresh(order)
    assert "quantity_made" in unmet("finish", order)
    close_short(yard, order, "20")
    assert "quantity_made" not in unmet("finish", yard.fresh(order))
    assert yard.fresh(order).billed == 800


def test_what_is_not_accepted_comes_back_and_is_billed_until_then() -> None:
    yard = Yard()
    order, shipment = signed(yard, "damaged")
    answer(yard, shipment, refused="10")
    order = yard.fresh(order)
    line = order.lines.get()
    assert (order.state, order.billed) == ("SHIPPING", 1000)
    assert counts(line) == (90, 0, 10, 100, 100)
    actions.record_goods_back(shipment, by=yard.who["warehouse"], rows=[(shipment.lines.get(), Decimal(10))])
    assert yard.fresh(order).billed == 900
    assert counts(line) == (90, 0, 10, 90, 100)
    again = yard.arrived(yard.sent_off((line, shipment.lines.get().pallet, "10")))
    assert again.state == "arrived" and yard.fresh(order).billed == 1000
    assert counts(line) == (100, 0, 10, 100, 100)


def test_words_alone_change_no_figure() -> None:
    yard = Yard()
    order, shipment = signed(yard)
    actions.answer_receipt(shipment, by=yard.who["customer_service"], words="实际足数，客户已认可")
    order = yard.fresh(order)
    assert (order.state, order.billed, *counts(order.lines.get())) == ("SHIPPING", 1000, 100, 0, 0, 100, 100)


@pytest.mark.parametrize(
    ("lost", "refused", "words"),
    [("101", "0", "已到货数量只有 100"), ("60", "41", "只有 100"), ("-1", "5", "不能为负")],
)
def test_no_more_than_arrived_is_conceded(lost: str, refused: str, words: str) -> None:
    yard = Yard()
    order, shipment = signed(yard)
    with pytest.raises(Refused, match=words):
        answer(yard, shipment, lost, refused)
    assert not ReceiptAnswer.objects.exists()
    assert counts(order.lines.get()) == (100, 0, 0, 100, 100)


def test_what_was_refused_or_lost_before_did_not_arrive() -> None:
    yard = Yard()
    order = yard.released(state="SHIPPING")
    shipment = yard.arrived(yard.sent_off((*yard.stocked(order), "100")), refused="10")
    shipment = receipt_of(yard, shipment)
    with pytest.raises(Refused, match="只有 90"):
        answer(yard, shipment, lost="91")
    answer(yard, shipment, lost="90")
    assert counts(order.lines.get()) == (0, 90, 10, 10, 10)


def test_a_completed_order_is_not_changed_until_it_is_opened_again() -> None:
    yard = Yard()
    order, shipment = signed(yard)
    yard.walk(order, "COMPLETED")
    with pytest.raises(Refused, match=r"已完成.*重开.*售后"):
        answer(yard, shipment, lost="20")
    assert (yard.fresh(order).billed, ReceiptAnswer.objects.count()) == (1000, 0)
    chain.reopen(yard.fresh(order), by=yard.who["cs_supervisor"], reason="客户少收")
    answer(yard, shipment, lost="20")
    assert (yard.fresh(order).state, yard.fresh(order).billed) == ("PRODUCTION", 800)


def test_a_completed_order_may_still_be_answered_in_words() -> None:
    yard = Yard()
    order, shipment = signed(yard)
    yard.walk(order, "COMPLETED")
    actions.answer_receipt(shipment, by=yard.who["customer_service"], words="按售后补发")
    assert ReceiptAnswer.objects.get().words == "按售后补发"


def test_the_form_asks_line_by_line_and_says_beside_the_field_what_is_too_much() -> None:
    yard = Yard()
    order, shipment = signed(yard)
    row = shipment.lines.get()
    lost, refused = f"q-{row.pk}-l", f"q-{row.pk}-r"
    client = Client()
    client.force_login(yard.who["customer_service"])
    page = reverse("shipping:answer", args=[shipment.number])
    shown = client.get(page).content.decode()
    assert lost in shown and refused in shown and "未收到" in shown
    refused_page = client.post(page, {"words": "属实", lost: "60", refused: "41"})
    assert refused_page.status_code in (409, 422)
    assert f'id="id_{lost}_error">托盘 {row.pallet.number} 已到货数量只有 100' in refused_page.content.decode()
    assert "最多 100" in client.post(page, {"words": "属实", lost: "101"}).content.decode()
    assert not ReceiptAnswer.objects.exists()
    assert client.post(page, {"words": "属实", lost: "20", refused: "1"}).status_code == 302
    assert counts(order.lines.get()) == (79, 20, 1, 80, 80)
    story = client.get(shipment.get_absolute_url()).content.decode()
    assert f"{row.pallet.number} 未收到 20、拒收 1" in story


def test_a_receipt_of_nothing_that_arrived_is_answered_in_words() -> None:
    yard = Yard()
    order = yard.released(state="SHIPPING")
    shipment = yard.arrived(yard.sent_off((*yard.stocked(order), "100")), refused="100")
    shipment = receipt_of(yard, shipment)
    client = Client()
    client.force_login(yard.who["customer_service"])
    page = reverse("shipping:answer", args=[shipment.number])
    assert "如何答复客户" in client.get(page).content.decode()
    assert client.post(page, {"words": "整批退回重做"}).status_code == 302


@pytest.mark.parametrize(("prices_too", "status"), [(False, 200), (True, 404)])
def test_the_warehouse_opens_the_signed_receipt_unless_prices_went_along(prices_too: bool, status: int) -> None:
    yard = Yard()
    yard.customer.delivery_note_prices = prices_too
    yard.customer.save()
    _, shipment = signed(yard)
    client = Client()
    client.force_login(yard.who["warehouse"])
    paper, page = shipment.receipt.paper, client.get(shipment.get_absolute_url()).content.decode()
    assert client.get(paper.get_absolute_url()).status_code == status
    assert (paper.get_absolute_url() in page, paper.name in page) == (not prices_too, not prices_too)
    filed = Document.objects.get(kind="arrival_receipt_filed", subject_id=shipment.pk)
    assert (filed.data["signed"]["paper"] == paper.name) is not prices_too

"""After confirming, the same page follows the order to its end, and takes 确认收货 (R33, R41)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.errors import Refused
from audit.models import Event
from documents import queries as documents
from documents import rendering
from finance.actions import letter
from flow.models import Owed
from flow.owed import differences
from orders import nightly
from orders.actions import chain
from orders.models import Order, Shipment, ShipmentState
from portal import queries, tokens
from portal.actions import words
from shipping.actions import arriving, dispatching
from tests.portal.visitor import link_of, page_of, says, visitor, who, words_in
from tests.shop import Shop, paper, today

pytestmark = pytest.mark.django_db


def on_its_way(shop: Shop, **more: Any) -> tuple[Order, Shipment]:
    order = shop.passed(**more)
    shop.pay_rest(order)
    return order, shop.dispatched(shop.shipment(order))


def stage_of(order: Order) -> str:
    found = [one.label for one in queries.stages(Order.objects.get(pk=order.pk), True) if one.status == "current"]
    return "".join(found) or "全部"


@pytest.mark.parametrize(
    ("made", "stage"),
    [("confirmed", "生产"), ("in_work", "生产"), ("passed", "发货"), ("completed", "全部")],
)
def test_the_chain_is_told_in_plain_words(made: str, stage: str) -> None:
    order = getattr(Shop(), made)()
    assert stage_of(order) == stage
    said = says(page_of(order))
    assert "进度确认订单" in said and "PRODUCTION" not in said


def test_nothing_of_the_inside_is_on_the_page() -> None:
    shop = Shop()
    order = shop.passed()
    chain.hold(order, by=shop.who["finance"], reason="客户信用有疑")
    said = says(page_of(order))
    for inside in ("信用", "等级", "质检员", "生产部", "暂停"):
        assert inside not in said


def test_the_promised_date_is_shown_with_every_push_and_its_reason() -> None:
    shop = Shop("A")
    order = shop.sent()
    nightly.run(today() + timedelta(days=1))
    released = chain.release(shop.fresh(order).revision, by=shop.who["customer_service"])
    said = says(page_of(order))
    assert f"预交日{released.promised_on}" in said
    assert said.count("未收到签章回传") >= 2
    assert f"{today()}未收到签章回传" in said


def test_what_is_owed_falls_with_what_is_paid() -> None:
    shop = Shop()
    order = shop.confirmed()
    assert "未付余款¥700.00" in says(page_of(order))
    shop.pay(order, Decimal(200))
    assert "未付余款¥500.00" in says(page_of(order))


def test_a_shipment_is_shown_with_carrier_number_and_arrival() -> None:
    shop = Shop()
    order, shipment = on_its_way(shop)
    said = says(page_of(order))
    assert shipment.number in said and "德邦" in said and "运输中" in said


def test_a_draft_of_a_shipment_is_not_shown() -> None:
    shop = Shop()
    order = shop.passed()
    shipment = shop.shipment(order)
    assert shipment.number not in says(page_of(order))


# -- papers -------------------------------------------------------------------------------------------------------


def titles(order: Order) -> list[str]:
    link = link_of(order)
    return sorted(one.title for one in queries.papers_of(link, queries.shipments_of(order)))


def test_only_papers_meant_for_the_customer_are_there() -> None:
    shop = Shop()
    order = shop.passed()
    letter.send_balance_letter(order, by=shop.who["customer_service"], pay_by=today())
    assert titles(order) == ["余款催收通知书", "销售部客户订单确认书"]
    shop.pay_rest(order)
    shipment = shop.dispatched(shop.shipment(order))
    assert "发货告知书" not in titles(order) and "销售发货单" not in titles(order)
    dispatching.check_advice(shipment, by=shop.who["customer_service"], text="与确认书相符")
    dispatching.send_advice(shipment, by=shop.who["customer_service"], way="fax")
    assert "发货告知书" in titles(order)
    arrive(shop, shipment)
    file_receipt(shop, shipment)
    assert {"销售发货单", "发货告知书"} <= set(titles(order))
    assert "生产指令单" not in titles(order) and "商品销售发货(申请)通知单" not in titles(order)


def arrive(shop: Shop, shipment: Shipment) -> None:
    rows = [(row, row.quantity, Decimal(0)) for row in shipment.lines.all()]
    arriving.record_arrival(shipment, by=shop.who["customer_service"], arrived_at=timezone.now(), rows=rows)


def file_receipt(shop: Shop, shipment: Shipment) -> None:
    given = {"signer": "李收货", "signed_at": timezone.now(), "condition": "whole", "paper": paper()}
    arriving.file_receipt(shipment, by=shop.who["customer_service"], **given)


def paper_url(order: Order, document: Any) -> str:
    return reverse("portal:paper", args=[tokens.token_of(link_of(order)), document.public_id])


def test_a_paper_is_downloaded_once_it_is_made() -> None:
    order = Shop().sent()
    document = link_of(order).document
    waiting = Client().get(paper_url(order, document))
    assert waiting.status_code == 200 and "正在生成" in words_in(waiting)
    rendering.ensure_rendered(document.pk)
    made = Client().get(paper_url(order, document))
    assert made.content.startswith(b"%PDF") and made["Content-Disposition"].startswith("attachment")
    assert "sandbox" in made["Content-Security-Policy"] and "no-store" in made["Cache-Control"]


def test_b7_an_inside_or_a_foreign_paper_is_not_there() -> None:
    shop = Shop()
    order, other = shop.in_work(), shop.sent()
    inside = documents.current_document("production_order", "order", order.pk)
    for document in (inside, link_of(other).document):
        answer = Client().get(paper_url(order, document))
        assert answer.status_code == 404 and document.number not in answer.content.decode()


# -- 确认收货 -----------------------------------------------------------------------------------------------------


def test_the_customer_confirms_the_goods_and_staff_file_the_receipt() -> None:
    shop = Shop()
    order, shipment = on_its_way(shop)
    url = page_of(order)
    assert Client().post(f"{url}shipments/{shipment.number}/received/", who()).status_code == 302
    shipment = Shipment.objects.get()
    line = order.lines.get()
    assert shipment.state == ShipmentState.ARRIVED and line.arrived == line.out == 100
    assert shop.fresh(order).arrived_at
    event = Event.objects.filter(action="customer_received", subject_kind="order").latest("seq")
    assert event.by is None and event.data["name"] == "王经理"
    assert "已到货" in says(url)
    assert Owed.objects.open().filter(what="receipt_filed").exists()
    file_receipt(shop, shipment)
    assert "已签收" in says(url)
    assert not list(differences())


def test_goods_received_twice_are_counted_once() -> None:
    shop = Shop()
    order, shipment = on_its_way(shop)
    url = f"{page_of(order)}shipments/{shipment.number}/received/"
    form = who()
    answers = [Client().post(url, sent) for sent in (form, form, who())]
    assert [answer.status_code for answer in answers] == [302, 302, 302]
    assert order.lines.get().arrived == 100


def test_trouble_with_the_goods_counts_nothing_and_is_owed_an_answer() -> None:
    shop = Shop()
    order, shipment = on_its_way(shop)
    url = f"{page_of(order)}shipments/{shipment.number}/trouble/"
    assert Client().post(url, {**who(text="少了两卷"), "paper": paper("短少.png")}).status_code == 302
    assert order.lines.get().arrived == 0
    assert Owed.objects.open().filter(what="customer_asked").exists()
    assert "少了两卷" in says(page_of(order))


def test_b7_another_orders_shipment_is_not_there() -> None:
    shop = Shop()
    order = shop.sent()
    _, foreign = on_its_way(shop)
    answer = Client().post(f"{page_of(order)}shipments/{foreign.number}/received/", who())
    assert answer.status_code == 404
    with pytest.raises(Refused, match="不属于此订单"):
        words.confirm_receipt(foreign, by=None, link=link_of(order), visitor=visitor())
    assert Shipment.objects.get(pk=foreign.pk).state == ShipmentState.DISPATCHED


# -- statements ---------------------------------------------------------------------------------------------------


def statements(url: str) -> int:
    client = Client()
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def test_the_page_asks_as_much_for_ten_lines_and_questions_as_for_one() -> None:
    shop = Shop()
    one = shop.sent()
    ten = shop.sent(*(shop.line(str(10 + at)) for at in range(10)))
    for order, times in ((one, 1), (ten, 5)):
        for _ in range(times):
            words.ask_change(link_of(order), by=None, visitor=visitor(), text="改数量")
    assert statements(page_of(one)) == statements(page_of(ten)) <= 12


def test_the_page_of_a_shipped_order_asks_little() -> None:
    shop = Shop()
    order, _ = on_its_way(shop)
    assert statements(page_of(order)) <= 14

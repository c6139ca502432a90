"""Shipping in the browser: who sees what, each form carries out its action, no page grows with its rows."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.errors import Forbidden
from orders.models import Order, Shipment
from orders.panels import shown
from shipping import actions
from shipping.deeds import ALL
from tests import people
from tests.shipping.test_dispatch import paper
from tests.shipping.yard import PLACE, Yard

pytestmark = pytest.mark.django_db

INSIDE = ["customer_service", "cs_supervisor", "sales", "supervisor", "finance", "marketing_director"]
WITHOUT_PRICES = ["warehouse", "logistics", "quality", "production"]


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.PeopleBackend")
    return client


def get(user: User, name: str, *args: Any, **asked: str) -> Any:
    return browser(user).get(reverse(f"shipping:{name}", args=args), asked)


def post(user: User, name: str, *args: Any, **data: Any) -> Any:
    return browser(user).post(reverse(f"shipping:{name}", args=args), data)


def local(moment: Any) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize("role", INSIDE)
def test_the_value_stands_on_the_page_of_those_who_see_prices(role: str) -> None:
    yard = Yard()
    shipment = yard.drafted((*yard.stocked(yard.released()), "43"))
    page = get(yard.who[role], "detail", shipment.number)
    assert page.status_code == 200 and "¥430.00" in page.content.decode()


@pytest.mark.parametrize("role", WITHOUT_PRICES)
def test_no_price_reaches_those_who_do_not(role: str) -> None:
    yard = Yard()
    yard.customer.delivery_note_prices = True
    yard.customer.save()
    shipment = yard.sent_off((*yard.stocked(yard.released()), "43"))
    number = shipment.lines.get().line.order.number
    for page in (
        get(yard.who[role], "detail", shipment.number),
        get(yard.who[role], "index", shelf="dispatched"),
        get(yard.who[role], "of_order", number),
    ):
        text = page.content.decode()
        assert page.status_code == 200
        assert "¥" not in text and "430.00" not in text and "含价格" not in text


def test_another_salespersons_shipment_is_as_if_it_were_not_there() -> None:
    yard = Yard()
    order = yard.released()
    shipment = yard.drafted((*yard.stocked(order), "40"))
    stranger = people.person("sales")
    assert get(stranger, "detail", shipment.number).status_code == 404
    assert get(stranger, "of_order", order.number).status_code == 404
    assert shipment.number not in get(stranger, "index", shelf="draft").content.decode()


@pytest.mark.parametrize("role", ["technical", "legal", "admin"])
def test_the_shelves_are_closed_to_those_they_do_not_concern(role: str) -> None:
    assert get(Yard().who[role], "index").status_code == 403


@pytest.mark.parametrize("deed", ALL, ids=lambda deed: deed.name)
def test_each_deeds_page_opens_for_its_roles_only(deed: Any) -> None:
    from accounts.permissions import MAY

    yard = Yard()
    shipment = yard.sent_off((*yard.stocked(yard.released()), "40"))
    for role in ("sales", "warehouse", "logistics", "customer_service", "cs_supervisor", "finance"):
        status = get(yard.who[role], deed.name, shipment.number).status_code
        assert status == (200 if role in MAY[deed.code] else 403), role


def test_a_shipment_is_drafted_from_the_page_with_the_orders_address() -> None:
    yard = Yard()
    order = yard.released()
    line, pallet = yard.stocked(order)
    clerk, url = yard.who["customer_service"], reverse("shipping:new") + f"?order={order.number}"
    page = browser(clerk).get(url).content.decode()
    assert "李收货" in page and pallet.number in page
    answer = browser(clerk).post(url, PLACE | {f"q-{line.pk}-{pallet.pk}": "40", "value": "1", "state": "dispatched"})
    shipment = Shipment.objects.get()
    assert answer.url == shipment.get_absolute_url()
    assert (shipment.state, shipment.value, shipment.lines.get().quantity) == ("draft", 400, 40)


def test_too_much_is_refused_beside_its_field_and_keeps_what_was_typed() -> None:
    yard = Yard()
    order = yard.released()
    line, pallet = yard.stocked(order)
    url = reverse("shipping:new") + f"?order={order.number}"
    given = PLACE | {f"q-{line.pk}-{pallet.pk}": "101", "remark": "木托"}
    page = browser(yard.who["customer_service"]).post(url, given)
    assert page.status_code == 422
    assert "最多 100" in page.content.decode() and "木托" in page.content.decode()


def test_goods_taken_meanwhile_do_not_vanish_silently() -> None:
    yard = Yard()
    order = yard.released()
    line, pallet = yard.stocked(order)
    yard.drafted((line, pallet, "100"))
    url = reverse("shipping:new") + f"?order={order.number}"
    page = browser(yard.who["customer_service"]).post(url, PLACE | {f"q-{line.pk}-{pallet.pk}": "40"})
    assert page.status_code == 422 and "刷新后核对" in page.content.decode()


def test_a_stale_page_changes_nothing() -> None:
    yard = Yard()
    line, pallet = yard.stocked(yard.released())
    shipment = yard.drafted((line, pallet, "40"))
    data = PLACE | {f"q-{line.pk}-{pallet.pk}": "50", "version": shipment.version}
    yard.checked(shipment)
    page = post(yard.who["customer_service"], "edit", shipment.number, **data)
    assert page.status_code == 409
    assert shipment.lines.get().quantity == 40


def test_a_whole_shipment_goes_through_the_pages() -> None:
    yard = Yard()
    order = yard.released(state="SHIPPING")
    line, pallet = yard.stocked(order)
    clerk, store = yard.who["customer_service"], yard.who["warehouse"]
    shipment = yard.settled(yard.drafted((line, pallet, "100")))
    number, now = shipment.number, timezone.now()
    assert post(clerk, "check", number, text="客户来电改送").status_code == 302
    assert post(clerk, "notice", number).status_code == 302
    given = {
        "carrier": "德邦物流",
        "pieces": "4",
        "expected_at": local(now + timedelta(days=1)),
        "check_at": local(now + timedelta(days=1)),
    }
    assert post(store, "dispatch", number, **given).status_code == 302
    assert post(store, "repeat", number, to="司机").status_code == 302
    page = get(clerk, "advice_check", number).content.decode()
    assert "告知书与确认书" in page and "苏州市星湖街 1 号" in page and order.revision.address.address in page
    assert "不一致" in page
    assert post(clerk, "advice_check", number).status_code == 409
    assert post(clerk, "advice_check", number, text="地址按客户来电改").status_code == 302
    assert post(clerk, "advice", number, way="email", to="不是邮箱").status_code == 422
    assert post(clerk, "advice", number, way="email", to="buyer@example.com").status_code == 302
    assert post(clerk, "heard", number, heard="王经理").status_code == 302
    row = shipment.lines.get().pk
    counted = {f"q-{row}-a": "90", f"q-{row}-r": "10", "arrived_at": local(now + timedelta(minutes=1))}
    assert post(clerk, "arrival", number, **counted).status_code == 409
    Shipment.objects.filter(pk=shipment.pk).update(dispatched_at=now - timedelta(hours=2))
    assert post(clerk, "arrival", number, **counted | {"arrived_at": local(now)}).status_code == 302
    assert post(store, "back", number, **{f"q-{row}": "10"}).status_code == 302
    receipt = {"signer": "李", "signed_at": local(now), "condition": "whole"}
    assert post(clerk, "receipt", number, **receipt).status_code == 422
    assert post(clerk, "receipt", number, **receipt, paper=paper()).status_code == 302
    page = get(clerk, "detail", number).content.decode()
    assert "已签收" in page and "到货回单" in page
    line.refresh_from_db()
    assert (line.arrived, line.returned, line.good - line.out) == (90, 10, 10)


def test_who_heard_the_terms_repeated_stands_on_the_shipments_and_on_the_orders_page() -> None:
    yard = Yard()
    shipment = yard.sent_off((*yard.stocked(yard.released()), "40"))
    actions.repeat_terms(shipment, by=yard.who["warehouse"], to="司机马师傅")
    clerk = yard.who["customer_service"]
    order = shipment.lines.get().line.order
    assert "对方 司机马师傅" in get(clerk, "detail", shipment.number).content.decode()
    assert "对方 司机马师傅" in browser(clerk).get(order.get_absolute_url()).content.decode()


def test_the_terms_to_be_repeated_stand_on_the_page_where_they_are_repeated() -> None:
    yard = Yard()
    terms = {"packaging": "木托缠膜", "label_text": "外箱贴 A-7", "special": "防潮", "tolerance_plus": Decimal(3)}
    order = yard.released(yard.line("100", **terms), special="周末不收货")
    shipment = yard.sent_off((*yard.stocked(order), "40"))
    page = get(yard.who["warehouse"], "repeat", shipment.number).content.decode()
    wanted = ("木托缠膜", "外箱贴 A-7", "防潮", "周末不收货", "+3%", "我方承担", "苏州市星湖街 1 号")
    assert [words for words in wanted if words not in page] == []


def test_a_blocked_dispatch_shows_each_gate_and_who_owes_it() -> None:
    yard = Yard()
    shipment = yard.drafted((*yard.stocked(yard.released()), "40"))
    later = local(timezone.now() + timedelta(days=1))
    given = {"carrier": "德邦", "pieces": "1", "expected_at": later, "check_at": later}
    page = post(yard.who["warehouse"], "dispatch", shipment.number, **given)
    text = page.content.decode()
    assert page.status_code == 409
    assert "尚无发货通知单" in text and "待客服员办理" in text


def test_a_pallet_past_its_shelf_life_is_not_offered_for_reserving() -> None:
    yard = Yard()
    order = yard.submitted(yard.line("60", from_stock=Decimal(60)))
    fresh, stale = (yard.lying("60", shelf_until=timezone.localdate() + timedelta(days=left)) for left in (0, -1))
    page = get(yard.who["warehouse"], "reserve", order.number).content.decode()
    assert fresh.number in page and stale.number not in page


def test_the_warehouse_reserves_and_frees_on_one_page() -> None:
    yard = Yard()
    order = yard.submitted(yard.line("100", from_stock=Decimal(60)))
    old, store = yard.lying("80"), yard.who["warehouse"]
    page = get(store, "reserve", order.number).content.decode()
    assert old.number in page and 'value="60"' in page
    field = f"q-{order.lines.get().pk}-{old.pk}"
    assert post(store, "reserve", order.number, **{field: "60"}).status_code == 302
    assert order.lines.get().reserved == 60
    assert post(store, "reserve", order.number, free="1", **{field: "15"}).status_code == 302
    assert order.lines.get().reserved == 45


def test_the_supervisor_says_why_goods_leave_before_the_return() -> None:
    yard = Yard()
    order = yard.released(early=True)
    shipment = yard.drafted((*yard.stocked(order), "40"))
    chief = yard.who["cs_supervisor"]
    assert order.number in get(chief, "waive", shipment.number).content.decode()
    assert post(chief, "waive", shipment.number, number=order.number, reason="周五补").status_code == 302
    assert order.signoffs.get(kind="return_waived").text == "周五补"


def test_orders_with_goods_ready_stand_on_their_shelf() -> None:
    yard = Yard()
    ready, empty = yard.released(), yard.released()
    line, pallet = yard.stocked(ready)
    page = get(yard.who["customer_service"], "index").content.decode()
    assert ready.number in page and empty.number not in page
    yard.drafted((line, pallet, "100"))
    assert ready.number not in get(yard.who["customer_service"], "index").content.decode()


def test_an_unknown_shelf_is_ones_own() -> None:
    assert get(Yard().who["warehouse"], "index", shelf="../x").status_code == 200


def queries_of(user: User, url: str) -> int:
    client = browser(user)
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def test_no_page_asks_more_questions_for_more_rows() -> None:
    yard = Yard()
    clerk = yard.who["customer_service"]
    line = yard.line("500")
    order = yard.released(line, line)
    shipment = yard.sent_off((*yard.stocked(order, "10"), "10"))
    yard.drafted((*yard.stocked(order, "10"), "5"))
    urls = [
        reverse("shipping:index") + "?shelf=dispatched",
        reverse("shipping:index") + "?shelf=ready",
        reverse("shipping:of_order", args=[order.number]),
        reverse("shipping:new") + f"?order={order.number}",
        shipment.get_absolute_url(),
    ]
    few = [queries_of(clerk, url) for url in urls]
    for place in (0, 1, 0, 1):
        yard.sent_off((*yard.stocked(order, "10", place), "10"))
        yard.stocked(yard.released(), "10")
        yard.stocked(order, "10", place)
    more = yard.with_notice((*yard.stocked(order, "10"), "10"), (*yard.stocked(order, "10", 1), "10"))
    many = [queries_of(clerk, url) for url in [*urls[:4], yard.dispatched(more).get_absolute_url()]]
    assert many <= few
    assert max(many) <= 25, many


def test_the_panel_on_the_orders_page_reads_the_same_number_of_rows_each_time() -> None:
    yard = Yard()
    order = yard.released(yard.line("500"))
    clerk = yard.who["customer_service"]

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            (context,) = [context for panel, context in shown(fresh(order), clerk) if panel.code == "shipping"]
        assert context["progress"]
        asked = [query["sql"] for query in seen if not query["sql"].startswith("PREPARE")]  # once in a connection
        return len([sql for sql in asked if "shipment" in sql or "lineentry" in sql or "EXECUTE" in sql])

    yard.sent_off((*yard.stocked(order, "10"), "10"))
    before = asked()
    for _ in range(3):
        yard.sent_off((*yard.stocked(order, "10"), "10"))
    assert asked() == before


def fresh(order: Order) -> Order:
    return Order.objects.select_related("customer", "revision").get(pk=order.pk)


def test_a_role_taken_away_counts_at_once() -> None:
    yard = Yard()
    shipment = yard.drafted((*yard.stocked(yard.released()), "40"))
    clerk = yard.who["customer_service"]
    clerk.groups.clear()
    with pytest.raises(Forbidden):
        actions.cancel_shipment(shipment, by=clerk, reason="x")


def test_only_what_can_be_done_is_offered() -> None:
    yard = Yard()
    shipment = yard.arrived(yard.sent_off((*yard.stocked(yard.released()), "40")))
    page = get(yard.who["customer_service"], "detail", shipment.number).content.decode()
    assert "归档到货回单" in page
    assert "登记到货</a>" not in page and "登记丢失" not in page

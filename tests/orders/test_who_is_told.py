"""Who hears of what (domain.md, «Who is told what»): written by hand, checked by doing each thing."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from documents.models import Notice, OutboxRow
from documents.tasks import deliver
from orders import nightly, tasks
from orders.actions import approval, chain, confirmation, quantities
from orders.models import Order, Shipment
from orders.notices import TELLS
from production.actions import anomalies, signing
from shipping import queries
from shipping.actions import arriving
from tests.shop import Shop, paper, today

pytestmark = pytest.mark.django_db
NOW = timezone.now


def sent_back(shop: Shop) -> Order:
    order = shop.signed()
    approval.send_back(order.revision, by=shop.who["supervisor"], reason="价格不对")
    return order


def returned(shop: Shop) -> Order:
    order = shop.sent()
    give_back(shop, order)
    return order


def give_back(shop: Shop, order: Order) -> object:
    return confirmation.record_return(
        order.revision, by=shop.who["customer_service"], received_at=NOW(), signer=shop.contact, scan=paper()
    )


def return_refused(shop: Shop) -> Order:
    order = shop.sent()
    confirmation.refuse_return(give_back(shop, order), by=shop.who["customer_service"], refusal="seal")
    return order


def pushed(shop: Shop) -> Order:
    order = shop.sent()
    nightly.run(today())
    for row in OutboxRow.objects.filter(channel="date_pushed"):
        tasks.tell_of_push(row.payload)
    return order


def cannot_make(shop: Shop) -> Order:
    order = shop.submitted()
    row = order.revision.lines.get()
    words = [signing.LineWord(row.line_id, "cannot", "没有这种胶")]
    signing.sign_technical(order.revision, by=shop.who["technical"], words=words)
    return order


def price_doubt(shop: Shop) -> Order:
    return shop.submitted(shop.line(price=Decimal("7.00")))


def anomaly(shop: Shop) -> Order:
    order = shop.in_work()
    anomalies.raise_anomaly(order, by=shop.who["production"], kind="machine", text="分切机停机")
    return order


def stocked(shop: Shop) -> Order:
    return shop.passed()


def released(shop: Shop) -> Order:
    return shop.released()


def money_in(shop: Shop) -> Order:
    return shop.confirmed()


def held(shop: Shop) -> Order:
    order = shop.submitted()
    chain.hold(order, by=shop.who["cs_supervisor"], reason="客户来电")
    return order


def dispatched(shop: Shop) -> Order:
    return on_the_road(shop)[0]


def on_the_road(shop: Shop) -> tuple[Order, Shipment]:
    order = shop.passed()
    shop.pay_rest(order)
    return order, shop.dispatched(shop.shipment(order))


def arrived(shop: Shop) -> Order:
    order, shipment = on_the_road(shop)
    rows = [(each.row, each.row.quantity, Decimal(0)) for each in queries.carried(shipment)]
    arriving.record_arrival(shipment, by=shop.who["logistics"], arrived_at=NOW(), rows=rows)
    return order


def trouble(shop: Shop) -> Order:
    order, shipment = on_the_road(shop)
    later = NOW() + timedelta(hours=4)
    arriving.record_trouble(shipment, by=shop.who["logistics"], words="车坏在路上", check_at=later)
    return order


def over_run(shop: Shop) -> Order:
    order = shop.in_work()
    shop.make(order, Decimal(110))
    return order


def in_writing(shop: Shop, what: Callable[..., object], order: Order) -> Order:
    given = {"line_id": order.lines.get().pk, "quantity": Decimal(10), "signer": shop.contact, "paper": paper()}
    what(shop.fresh(order), by=shop.who["customer_service"], reason="客户同意", **given)
    return order


def excess_accepted(shop: Shop) -> Order:
    return in_writing(shop, quantities.accept_excess, over_run(shop))


def closed_short(shop: Shop) -> Order:
    return in_writing(shop, quantities.short_close, shop.in_work())


def quantity_taken_back(shop: Shop) -> Order:
    order, clerk = excess_accepted(shop), shop.who["customer_service"]
    quantities.take_back_excess(shop.fresh(order), by=clerk, line_id=order.lines.get().pk, reason="客户改主意")
    return order


# What is done → who hears of it, beside others; and who does not, because they did it.
TABLE: list[tuple[Callable[[Shop], Order], str, set[str]]] = [
    (sent_back, "sent_back", {"sales", "customer_service"}),
    (returned, "returned", {"sales"}),
    (return_refused, "return_refused", {"sales"}),
    (pushed, "pushed", {"sales", "customer_service", "production"}),
    (cannot_make, "cannot_make", {"sales", "customer_service"}),
    (price_doubt, "price_doubt", {"cs_supervisor", "marketing_director"}),
    (anomaly, "anomaly", {"sales", "customer_service", "cs_supervisor", "marketing_director"}),
    (stocked, "stocked", {"sales", "customer_service"}),
    (released, "released", {"production", "technical"}),
    (money_in, "money_in", {"sales", "customer_service"}),
    (excess_accepted, "excess_accepted", {"sales", "finance"}),
    (closed_short, "closed_short", {"sales", "finance", "production"}),
    (quantity_taken_back, "quantity_taken_back", {"sales", "finance", "production"}),
    (held, "held", {"sales", "customer_service", "production"}),
    (dispatched, "dispatched", {"sales", "customer_service"}),
    (arrived, "arrived", {"sales", "customer_service"}),
    (trouble, "trouble", {"sales", "customer_service"}),
]


@pytest.mark.parametrize(("do", "kind", "who"), TABLE, ids=[kind for _, kind, _ in TABLE])
def test_who_hears_of_it(do: Callable[[Shop], Order], kind: str, who: set[str]) -> None:
    shop = Shop()
    order = do(shop)
    for pk in OutboxRow.objects.filter(channel="notice", payload__kind=kind).values_list("pk", flat=True):
        deliver(pk)
    names = {user.pk: role for role, user in shop.who.items()}
    found = list(Notice.objects.filter(kind=kind))
    assert {names[notice.recipient_id] for notice in found} == who
    assert len(found) == len({(notice.recipient_id, notice.text) for notice in found})
    assert all(order.number in notice.text and notice.url == order.get_absolute_url() for notice in found)


def test_each_kind_has_a_name_a_text_with_the_number_and_somebody_to_hear_it() -> None:
    for code, said in TELLS.items():
        assert said.label and "{order}" in said.text and said.to, code
        assert set(said.owing) <= set(said.to), code
    assert {"anomaly", "emergency", "price_doubt"} <= {code for code, said in TELLS.items() if said.at_once}

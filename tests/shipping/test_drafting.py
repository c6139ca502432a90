"""What a draft says of where goods go and by whom, and what the second check sees of it (R29, R35)."""

import pytest
from django.test import Client

from accounts.models import User
from audit.errors import Refused
from documents.queries import documents_of
from orders.models import Revision, Shipment
from shipping import actions
from shipping.models import Carrier
from tests.shipping.yard import Yard

pytestmark = pytest.mark.django_db


def page(user: User, url: str) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def detail(yard: Yard, shipment: Shipment) -> str:
    return page(yard.who["customer_service"], shipment.get_absolute_url())


# --- the carrier it is meant to go by -----------------------------------------------------------------------------


def test_the_notice_prints_the_planned_carrier_and_dispatch_proposes_it() -> None:
    yard = Yard()
    shipment = yard.with_notice((*yard.stocked(yard.released()), "40"), carrier="安能物流")
    notice = documents_of("shipment", shipment.pk).get(kind="dispatch_notice")
    assert notice.data["delivery"]["carrier"] == "安能物流"
    assert 'value="安能物流"' in page(yard.who["warehouse"], f"{shipment.get_absolute_url()}dispatch/")


@pytest.mark.parametrize(
    ("carrier", "order", "warns"),
    [
        ("collect", "seller", True),
        ("monthly", "buyer", True),
        ("monthly", "seller", False),
        ("collect", "buyer", False),
    ],
)
def test_a_carrier_whose_freight_is_not_what_was_agreed_is_pointed_at(carrier: str, order: str, warns: bool) -> None:
    yard = Yard()
    Carrier.objects.create(code="an", name="安能物流", freight=carrier)
    agreed = yard.released()
    Revision.objects.filter(order=agreed).update(freight=order)
    shipment = yard.drafted((*yard.stocked(agreed), "40"), carrier="安能物流")
    assert ("运费约定不一致" in detail(yard, shipment)) == warns


# --- the second check ---------------------------------------------------------------------------------------------


def test_goods_that_go_elsewhere_than_ordered_are_checked_with_a_word_on_why() -> None:
    yard = Yard()
    shipment = yard.settled(yard.drafted((*yard.stocked(yard.released()), "40")))
    check, clerk = f"{shipment.get_absolute_url()}check/", yard.who["customer_service"]
    shown = page(clerk, check)
    assert yard.address.address in shown and shipment.address in shown and "不一致" in shown
    client = Client()
    client.force_login(clerk)
    refused = client.post(check, {"text": " "})
    assert refused.status_code == 409 and "约定不一致，请写明依据" in refused.content.decode()
    assert client.post(check, {"text": "王经理来电改送星湖街"}).status_code == 302
    assert "王经理来电改送星湖街" in detail(yard, shipment)


def test_goods_that_go_where_the_order_says_need_no_word() -> None:
    yard = Yard()
    there = {name: getattr(yard.address, name) for name in ("receiver", "phone", "address")}
    shipment = yard.settled(yard.drafted((*yard.stocked(yard.released()), "40"), **there))
    assert "不一致</span>" not in page(yard.who["customer_service"], f"{shipment.get_absolute_url()}check/")
    actions.check_shipment(shipment, by=yard.who["customer_service"])


def test_goods_fetched_at_the_gate_that_were_to_be_brought_differ() -> None:
    yard = Yard()
    shipment = yard.settled(yard.drafted((*yard.stocked(yard.released()), "40"), way="pickup"))
    with pytest.raises(Refused, match="约定不一致"):
        actions.check_shipment(shipment, by=yard.who["customer_service"])

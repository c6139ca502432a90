"""Orders at the places that the handbook speaks of, run by `manage.py shell` in the stack; prints their addresses."""

import json
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.models import User
from accounts.roles import ROLES
from catalog.models import Product
from customers.actions import memos
from customers.models import Address, Contact, Customer
from production.actions import cards, scheduling, signing
from production.actions.cards import StepInput
from shipping.actions import arriving, dispatching
from tests.shop import Shop


def shop_of(code: str) -> Shop:
    """The company of the other browser tests, with the helpers of the unit tests."""
    shop: Shop = Shop.__new__(Shop)
    shop.grade = "B"
    shop.who = {role: User.objects.get(username=role) for role in ROLES}
    shop.customer = Customer.objects.get(code=code)
    Customer.objects.filter(pk=shop.customer.pk).update(credit_limit=Decimal(10_000_000))
    shop.contact = Contact.objects.filter(customer=shop.customer)[0]
    shop.address = Address.objects.filter(customer=shop.customer)[0]
    shop.product = Product.objects.filter(prices__isnull=False).order_by("pk")[0]
    return shop


def equip(shop: Shop) -> None:
    """A 工艺卡 of what is ordered, and the machines of its steps."""
    technical, production = shop.who["technical"], shop.who["production"]
    steps = [StepInput("printing", Decimal(30), Decimal("0.5"), "张力 12 N"), StepInput("slitting", Decimal(60))]
    card = cards.write_card(
        None, by=technical, product=shop.product, title="GY-001 标签工艺卡", formula="面材 A，胶 B", steps=steps
    )
    cards.put_in_force(card, by=technical)
    for name, step in (("柔印 1 号", "printing"), ("分切机 A", "slitting"), ("分切机 B", "slitting")):
        scheduling.change_machine(None, by=production, name=name, step=step, hours=Decimal(8))


def places() -> dict[str, str]:
    shop = shop_of("K-B")
    equip(shop)
    who = shop.who
    handed = shop.released()
    signing.hand_over_order(handed, by=who["customer_service"])
    noticed = shop.passed()
    shop.pay_rest(noticed)
    ready = shop.passed()
    road = shop.passed()
    shop.pay_rest(road)
    on_the_road = shop.noticed(shop.shipment(road))
    now = timezone.now()
    dispatching.dispatch(
        on_the_road,
        by=who["warehouse"],
        carrier="德邦物流",
        waybill="DPK2026",
        expected_at=now + timedelta(days=1),
        check_at=now + timedelta(days=1, hours=1),
    )
    there = shop.passed()
    shop.pay_rest(there)
    arrived = shop.noticed(shop.shipment(there))
    dispatching.dispatch(
        arrived,
        by=who["warehouse"],
        carrier="德邦物流",
        expected_at=now + timedelta(days=1),
        check_at=now + timedelta(days=1, hours=1),
    )
    rows = [(row, row.quantity, Decimal(0)) for row in arrived.lines.all()]
    arriving.record_arrival(arrived, by=who["customer_service"], arrived_at=timezone.now(), rows=rows)
    told = {"channel": "phone", "caller": "王经理", "words": "要 100 卷热敏标签纸，月底前到货"}
    memo = memos.write_memo(None, by=who["sales"], customer=shop.customer, **told)
    return {
        "draft": shop.draft().number,
        "pending": shop.submitted().number,
        "signed": shop.signed().number,
        "approved": shop.approved().number,
        "sent": shop.sent().number,
        "confirmed": shop.confirmed().number,
        "released": shop.released().number,
        "handed": handed.number,
        "work": shop.in_work().number,
        "ready": ready.number,
        "shipment": shop.shipment(noticed).number,
        "road": on_the_road.number,
        "arrived": arrived.number,
        "memo": memo.number,
    }


print("PLACES", json.dumps(places()))  # noqa: T201 (read by the test)

"""What the worker does for production: a working day begins (R20); raw material came, or comes later (R9);
a 工艺卡 has a new version (R8); a sample is late (R37)."""

from datetime import datetime
from typing import Any

from celery import shared_task
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.calendar import OPENS, is_working_day
from accounts.models import User
from audit.errors import Refused
from documents import outbox
from documents.numbering import business_day
from documents.outbox import handler
from orders import rereading
from orders.models import Order, State
from orders.models.order import RELEASED
from orders.notices import TELLS, tell_people
from production import cards, daily, materials, queries, statements
from production.actions.cards import outdate_technical
from production.actions.promising import outdate_statements
from production.actions.scheduling import roll_work
from production.models import EditionStatus, ProcessCard, SupervisionDay
from production.scheduling import behind


@shared_task
def begin_day() -> None:
    """Every quarter of an hour, so that a morning that beat missed is begun late rather than not at all."""
    begin(timezone.now())


def begin(at: datetime) -> bool:
    """Open the working day once; whether this call did. Days that nobody opened are not made up."""
    day = business_day(at)
    if timezone.localtime(at).time() < OPENS or not is_working_day(day):
        return False
    _, opened = SupervisionDay.objects.get_or_create(day=day, defaults={"opened_at": at})
    if opened:
        reported = Exists(daily.unsigned_reports(OuterRef("pk")))
        rereading.reread(Order.objects.filter(state__in=RELEASED).filter(Q(state=State.PRODUCTION) | reported))
        roll_plans(at)
    return opened


def roll_plans(at: datetime) -> None:
    """Each order by itself, so that one that cannot be does not stop the rest; it stands on the board as it is."""
    for order in behind.orders_to_roll(business_day(at)):
        try:
            roll_work(order, by=None, at=at)
        except Refused:
            continue


@handler("material_changed", safe_to_repeat=True, lease=300)
def look_at_orders(payload: dict[str, Any]) -> None:
    """The statement of each order that relies on the material is looked at again; those that wait for it hear that
    it came. Done twice, nothing more happens."""
    by, material, came = User.objects.filter(pk=payload["by"]).first(), payload["material"], payload["came"]
    put_off = payload["put_off"]
    for order in queries.relying_on(material, waiting=came):
        outbox.keep_lease()
        outdate_statements(order, by=by, material_id=material, reason=payload["words"], put_off=put_off)
        if came:
            tell_it_came(order, payload, by)


def tell_it_came(order: Order, payload: dict[str, Any], by: User | None) -> None:
    """That it is all there only where it is."""
    now = statements.now(order, payload["material"], business_day(timezone.now()))
    # The terms in force come last, after an amendment's of the same line.
    lacks = sum({line: one.short for (line, _), one in now.items()}.values())
    event = "material_part" if lacks else "material_here"
    unit = next((one.material.unit for one in now.values()), "")
    words = payload["words"] + (f"，仍缺 {materials.plain(lacks)} {unit}" if lacks else "")
    text = TELLS[event].text.format(order=order.number, words=words)
    tell_people(order, event, f"{event}:{order.pk}:{payload['event']}", text, by)


@handler("card_changed", safe_to_repeat=True, lease=300)
def look_at_words(payload: dict[str, Any]) -> None:
    """Orders confirmed by an older version of a 工艺卡 lose that word; done twice, nothing more happens."""
    by, product = User.objects.filter(pk=payload["by"]).first(), payload["product"]
    card = ProcessCard.objects.select_related("product").get(product=product, status=EditionStatus.IN_FORCE)
    words = f"{card.product.name}工艺卡第 {card.number} 版生效"
    orders = cards.outdated(judged_by__card__product=product).values("order")
    for order in Order.objects.filter(pk__in=orders).order_by("pk"):
        outbox.keep_lease()
        outdate_technical(order, by=by, product_id=product, reason=words)

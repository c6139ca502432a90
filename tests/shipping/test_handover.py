"""The month's 销售发货单 are handed to customer service, ticked one by one, and archived (R32)."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.errors import Forbidden, Refused
from audit.models import Event
from documents.queries import next_month, start_of
from orders.models import Shipment
from shipping import actions
from shipping.models import HandedOver
from tests.races import at_once, of_kind
from tests.shipping.test_pages import browser, get
from tests.shipping.yard import Yard

pytestmark = pytest.mark.django_db


def gone(yard: Yard) -> Shipment:
    return yard.sent_off((*yard.stocked(yard.released()), "40"))


def page(yard: Yard, role: str = "customer_service", **asked: str) -> str:
    return get(yard.who[role], "handover", **asked).content.decode()


def tick(yard: Yard, *shipments: Shipment, role: str = "customer_service") -> Any:
    return browser(yard.who[role]).post(reverse("shipping:handover"), {"shipment": [each.pk for each in shipments]})


def test_r32_a_tick_keeps_who_received_it_and_when() -> None:
    yard = Yard()
    first, second = gone(yard), gone(yard)
    tick(yard, first)
    received = HandedOver.objects.get()
    assert (received.shipment, received.by) == (first, yard.who["customer_service"])
    shown = page(yard)
    assert ("已收 1 / 共 2 张" in shown, f"✓ {received.by}" in shown) == (True, True)
    assert f'value="{second.pk}"' in shown and f'value="{first.pk}"' not in shown
    assert Event.objects.filter(action="receive_delivery_note", subject_id=first.pk).count() == 1


def test_only_customer_service_receives() -> None:
    yard = Yard()
    shipment = gone(yard)
    with pytest.raises(Forbidden):
        actions.receive_delivery_note(shipment, by=yard.who["warehouse"])
    tick(yard, shipment, role="warehouse")
    assert not HandedOver.objects.exists()
    assert 'name="shipment"' not in page(yard, "warehouse")


def test_the_second_tick_is_told_who_was_first() -> None:
    yard = Yard()
    shipment = gone(yard)
    actions.receive_delivery_note(shipment, by=yard.who["customer_service"])
    with pytest.raises(Refused, match=r"已收到.*已由"):
        actions.receive_delivery_note(shipment, by=yard.who["customer_service"])


def test_what_has_not_left_has_no_note_to_hand_over() -> None:
    yard = Yard()
    draft = yard.drafted((*yard.stocked(yard.released()), "40"))
    with pytest.raises(Refused):
        actions.receive_delivery_note(draft, by=yard.who["customer_service"])
    assert draft.number not in page(yard)


def test_each_month_has_its_own_list() -> None:
    yard = Yard()
    shipment = gone(yard)
    this = timezone.localdate().replace(day=1)
    before, after = this - timedelta(days=1), next_month(this)
    shown = [shipment.number in page(yard, month=f"{month:%Y-%m}") for month in (before, this, after)]
    assert shown == [False, True, False]
    assert shipment.number in page(yard, month="2026-13"), "a month that is none is this one (B16)"
    assert start_of(this).utcoffset() == timedelta(hours=8)


def test_the_whole_month_prints_on_one_page_with_room_to_sign() -> None:
    yard = Yard()
    gone(yard)
    shown = page(yard, all="1")
    assert ("接收人（客服）" in shown, 'name="shipment"' in shown) == (True, False)


def test_a_month_too_long_for_one_page_goes_on_on_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shipping.views.handing.MOST_LISTED", 1)
    yard = Yard()
    first, second = gone(yard), gone(yard)
    client = browser(yard.who["customer_service"])
    shown = client.get(reverse("shipping:handover") + "?all").content.decode()
    assert (first.number in shown, second.number in shown) == (True, False)
    (onward,) = re.findall(r'rel="next" href="([^"]+)"', shown)
    rest = client.get(reverse("shipping:handover") + unescape(onward)).content.decode()
    assert second.number in rest and "接收人（客服）" in rest


def test_the_list_takes_the_same_statements_for_one_and_for_many() -> None:
    yard = Yard()
    gone(yard)
    few = statements(yard)
    for _ in range(3):
        tick(yard, gone(yard))
    gone(yard)
    assert statements(yard) == few <= 12


def statements(yard: Yard) -> int:
    client = browser(yard.who["customer_service"])
    client.get(reverse("shipping:handover"))
    with CaptureQueriesContext(connection) as taken:
        client.get(reverse("shipping:handover"))
    return len(taken)


@pytest.mark.django_db(transaction=True)
def test_of_twenty_ticks_at_once_one_is_kept() -> None:
    yard = Yard()
    shipment = gone(yard)
    clerk = yard.who["customer_service"]
    outcomes = at_once(20, lambda _: actions.receive_delivery_note(shipment, by=clerk))
    assert (len(of_kind(outcomes, Shipment)), len(of_kind(outcomes, Refused))) == (1, 19)
    assert HandedOver.objects.count() == 1

"""At the month's end the warehouse owes the delivery notes to customer service (R32)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.calendar import Days
from flow.clock import Begins, beginning
from flow.models import Owed
from flow.owed import differences
from orders.models import Shipment
from shipping import actions
from shipping.tasks import look_at_the_clock
from tests.shipping.test_handover import gone
from tests.shipping.test_pages import browser
from tests.shipping.yard import Yard

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


def owing() -> list[str]:
    return list(Owed.objects.open().filter(what="monthly_handover").values_list("role", flat=True))


def last_month(shipment: Shipment) -> None:
    day = timezone.localtime().replace(day=1) - timedelta(days=3)
    Shipment.objects.filter(pk=shipment.pk).update(dispatched_at=day)


def test_this_months_notes_are_not_owed_yet() -> None:
    gone(Yard())
    look_at_the_clock()
    assert owing() == []


def test_last_months_are_until_each_is_ticked() -> None:
    yard = Yard()
    first, second = gone(yard), gone(yard)
    last_month(first)
    last_month(second)
    look_at_the_clock()
    look_at_the_clock()
    assert owing() == ["warehouse", "warehouse"]
    actions.receive_delivery_note(first, by=yard.who["customer_service"])
    actions.receive_delivery_note(second, by=yard.who["customer_service"])
    assert owing() == []
    assert list(differences()) == []


def test_the_to_do_leads_to_the_list_of_that_month() -> None:
    yard = Yard()
    shipment = gone(yard)
    last_month(shipment)
    page = browser(yard.who["warehouse"]).get(f"/shipping/{shipment.number}/handover/", follow=True)
    assert shipment.number in page.content.decode()


@pytest.mark.parametrize(
    ("since", "due"),
    [
        ("2026-12-01 00:05", "2026-12-01 17:30"),
        ("2026-08-01 00:05", "2026-08-03 17:30"),
        ("2026-10-01 00:05", "2026-10-08 17:30"),
    ],
)
def test_it_is_due_on_the_months_first_working_day(since: str, due: str) -> None:
    began, expected = (datetime.fromisoformat(text).replace(tzinfo=SHANGHAI) for text in (since, due))
    assert beginning(Begins.MONTH_CLOSE, began, Days()) == expected

"""The bench's orders are orders: nothing about them tells that they came by COPY."""

import pytest
from django.core.management import call_command
from django.db import connection

from bench.seeding import Trade
from flow.owed import differences
from orders.models import HouseRules, Order

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade() -> Trade:
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")  # seeding is the owner's work
    HouseRules.current()  # a test with real transactions may have emptied the table
    trade = Trade(200, longest=2)
    trade.grow(200)
    return trade


def test_copied_orders_leave_nothing_to_verify(trade: Trade) -> None:
    call_command("verify_audit")
    assert not list(differences())
    assert Order.objects.count() == 200 + len(trade.specimens)

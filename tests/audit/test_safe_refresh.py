"""Reloading an order never unprotects the state of another, nor keeps an old state."""

import pytest

from orders.actions import approval
from orders.models import Order, State
from tests.shop import Shop

pytestmark = pytest.mark.django_db


def test_a_refresh_shows_the_state_of_the_database() -> None:
    shop = Shop()
    order = shop.draft()
    approval.submit(order.revision, by=shop.who["sales"])
    order.refresh_from_db()
    assert order.state == State.PENDING


def test_the_state_stays_protected_after_a_refresh_and_after_a_failed_one() -> None:
    order = Shop().draft()
    order.refresh_from_db()
    with pytest.raises(AttributeError):
        order.state = State.COMPLETED
    gone = Order(pk=-1)
    with pytest.raises(Order.DoesNotExist):
        gone.refresh_from_db()
    with pytest.raises(AttributeError):
        order.state = State.COMPLETED


def test_a_refresh_of_other_fields_leaves_the_state_as_it_was() -> None:
    order = Shop().draft()
    order.refresh_from_db(fields=["version"])
    assert order.state == State.DRAFT

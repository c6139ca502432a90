"""A state that is put back is the one that was built; whatever a call might depend on has it built anew."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from customers.models import Customer
from flow.owed import differences
from orders.models import Order, Shipment
from tests import emptying, remembered
from tests.shop import Shop

pytestmark = pytest.mark.django_db
runs: list[str] = []


@remembered.remembered
def renamed(customer: Customer, name: str, *, only: list[str] | None = None, at: datetime | None = None) -> Customer:
    runs.append(name)
    customer.name = name
    customer.save(update_fields=only)
    if name == "":
        raise ValueError
    return customer


@pytest.fixture(autouse=True)
def path(monkeypatch: pytest.MonkeyPatch) -> Iterator[remembered.Path]:
    """Nothing remembered yet."""
    monkeypatch.setattr(remembered, "path", path := remembered.Path())
    runs.clear()
    yield path


def stood(build: Callable[[], Any]) -> tuple[Any, dict[str, set[str]]]:
    """What `build` returns in a fresh database, and all that the database holds then; it is fresh again afterwards."""
    with transaction.atomic():
        remembered.path.at, remembered.path.counts = remembered.path.fresh, remembered.counted()
        result = build()
        rows = {table: set(remembered.rows_of(table)) for table in emptying.sizes()}
        transaction.set_rollback(True)
    return result, rows


def carried() -> tuple[Shop, Shipment]:
    shop = Shop("A")
    order = shop.passed(shop.line("30"), shop.line("20", from_stock=Decimal(5)))
    shop.pay_rest(order)
    return shop, shop.dispatched(shop.shipment(order))


def drafted() -> Order:
    return Shop().draft()


def test_what_is_put_back_is_row_for_row_what_was_built() -> None:
    built, again = stood(carried), stood(carried)
    assert again == built and again[0][0] is not built[0][0]
    assert len(built[1]["audit_event"]) > 20


def test_the_book_and_the_chains_of_what_is_put_back_are_in_order() -> None:
    stood(carried)
    remembered.path.at, remembered.path.counts = remembered.path.fresh, remembered.counted()
    _, shipment = carried()
    call_command("verify_audit")
    assert not list(differences())
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("oms_app",)
    assert Shipment.objects.get().state == shipment.state == "dispatched"


def test_it_is_not_run_again_and_makes_the_same_of_what_it_is_given() -> None:
    def told_apart() -> None:
        customer = Shop().customer
        assert renamed(customer, "甲") is customer and customer.name == "甲"
        assert Customer.objects.get().name == "甲"

    for _ in range(2):
        stood(told_apart)
    assert runs == ["甲"]


def test_what_was_written_in_between_has_it_built_anew() -> None:
    def after_another() -> Decimal:
        customer = Shop().customer
        Customer.objects.update(credit_limit=len(runs))
        renamed(customer, "甲", only=["name"])
        return Customer.objects.get().credit_limit

    assert [stood(after_another)[0] for _ in range(2)] == [0, 1]


def test_so_has_another_thing_given_or_a_changed_one() -> None:
    def limited(name: str, limit: int) -> None:
        customer = Shop().customer
        customer.credit_limit = Decimal(limit)
        renamed(customer, name)

    for name, limit in (("甲", 0), ("乙", 0), ("乙", 1), ("甲", 0)):
        stood(partial(limited, name, limit))
    assert runs == ["甲", "乙", "乙"]


def test_so_has_a_moment_that_is_new_each_time() -> None:
    for _ in range(2):
        stood(lambda: renamed(Shop().customer, "甲", at=timezone.now()))
    assert runs == ["甲", "甲"]


def test_so_has_another_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    later = timezone.now() + timedelta(days=40)
    first, _ = stood(drafted)
    monkeypatch.setattr(timezone, "now", lambda: later)
    second, _ = stood(drafted)
    assert first.created_at < later == second.created_at


def test_so_has_the_time_that_went_by(monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = stood(drafted)
    monkeypatch.setattr(remembered, "OLD", 0)
    second, _ = stood(drafted)
    assert first.created_at < second.created_at


def test_a_call_that_fails_is_not_remembered() -> None:
    for _ in range(2):
        with pytest.raises(ValueError):
            stood(lambda: renamed(Shop().customer, ""))
    assert len(runs) == 2

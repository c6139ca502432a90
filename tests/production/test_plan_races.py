"""Machine hours given out by many at once: each is given once (B8).

The lock is what does it: without it the same moves take the same hours several times, which the second test shows.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from datetime import date
from decimal import Decimal
from time import sleep
from typing import Any

import pytest

from audit.errors import Refused
from orders.actions import chain
from orders.models import Line, Order, Revision, State
from production.actions import scheduling
from production.actions.scheduling import set_machine_day
from production.models import Machine, WorkOrder, WorkSlot
from production.scheduling.capacity import Capacity
from tests.production.test_load_board import of_line
from tests.production.test_scheduling import DAY, Plant, slot_of
from tests.production.works import newest
from tests.races import at_once, of_kind
from tests.shop import today

pytestmark = pytest.mark.django_db(transaction=True)


def copied(order: Order, number: int) -> WorkSlot:
    """The slitting of another order like this one, straight into the tables; through the actions twenty take a
    minute."""
    twin, terms, cut = copy(order), newest(order).lines.get(), slot_of(order, "slitting")
    twin.pk, twin.number, twin.revision_id = None, f"{order.number}-{number}", None
    twin._state.adding = True
    (twin,) = Order.objects.bulk_create([twin])
    revision = copy(newest(order))
    revision.pk, revision.order = None, twin
    revision._state.adding = True
    (revision,) = Revision.objects.bulk_create([revision])
    Order.objects.filter(pk=twin.pk).update(revision=revision)
    line = Line.objects.create(order=twin, number=1)
    row = of_line(terms, line)
    row.revision = revision
    row.save()
    work = WorkOrder.objects.create(
        line=line, card=cut.work.card, position=2, step="slitting", quantity=100, hours=cut.hours
    )
    return WorkSlot.objects.create(work=work, machine=cut.machine, day=cut.day, hours=cut.hours)


def twenty_moves(plant: Plant, day: date) -> list[Any]:
    """Two hours each, into the five of a half day."""
    order = plant.released()
    set_machine_day(plant.other, by=plant.who["production"], day=day, hours=Decimal(5), reason="半天")
    cuts = [slot_of(order, "slitting"), *(copied(order, number) for number in range(19))]
    return at_once(20, lambda number: plant.move(cuts[number], plant.other, day))


def hours(machine: Machine, day: date) -> Decimal:
    return sum((slot.hours for slot in WorkSlot.objects.filter(machine=machine, day=day)), Decimal(0))


def test_twenty_moves_into_the_last_hours_of_a_day_give_them_once() -> None:
    plant, day = Plant(), today() + 8 * DAY
    refused = of_kind(twenty_moves(plant, day), Exception)
    assert [type(each) for each in refused] == [Refused] * 18, refused
    assert all("只剩 1 小时" in each.message for each in refused)
    assert hours(plant.other, day) == 4


@contextmanager
def unlocked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machines are read without their lock, and what is spare is looked at slowly."""

    def read(steps: Any) -> list[Machine]:
        return list(Machine.objects.filter(step__in=set(steps), is_active=True).order_by("pk"))

    class Slow(Capacity):
        def __init__(self, *args: Any, **more: Any) -> None:
            super().__init__(*args, **more)
            sleep(0.2)

    with monkeypatch.context() as patched:
        patched.setattr(scheduling, "lock", read)
        patched.setattr(scheduling, "Capacity", Slow)
        yield


def test_without_the_lock_the_same_moves_give_the_same_hours_several_times(monkeypatch: pytest.MonkeyPatch) -> None:
    plant, day = Plant(), today() + 8 * DAY
    with unlocked(monkeypatch):
        twenty_moves(plant, day)
    assert hours(plant.other, day) > 5


def ready(plant: Plant) -> Order:
    order = plant.approved()
    plant.send(order)
    return order


def release(plant: Plant, order: Order) -> Order:
    return chain.release(newest(order), by=plant.who["customer_service"])


def test_two_releases_for_the_same_hours_are_laid_after_one_another() -> None:
    plant = Plant()
    orders = [ready(plant), ready(plant)]
    outcomes = at_once(2, lambda number: release(plant, orders[number]))
    assert not of_kind(outcomes, Exception)
    day = today() + 3 * DAY
    assert (hours(plant.printer, day), hours(plant.printer, day + DAY)) == (8, 4)
    assert set(Order.objects.values_list("state", flat=True)) == {State.PRODUCTION}


def test_a_release_and_a_move_do_not_get_the_same_hours() -> None:
    plant = Plant()
    order, waiting = plant.released(), ready(plant)
    cut = slot_of(order, "slitting")
    day = today() + 3 * DAY
    set_machine_day(plant.slitter, by=plant.who["production"], day=day + DAY, hours=Decimal(3), reason="半天")
    set_machine_day(plant.other, by=plant.who["production"], day=day + DAY, hours=Decimal(0), reason="检修")

    def go(number: int) -> Any:
        # The release puts its two hours of slitting where the move is going to.
        return plant.move(cut, plant.slitter, day + DAY) if number else release(plant, waiting)

    outcomes = at_once(2, go)
    assert not [each for each in of_kind(outcomes, Exception) if not isinstance(each, Refused)], outcomes
    assert isinstance(outcomes[0], Order)
    assert hours(plant.slitter, day + DAY) <= 3

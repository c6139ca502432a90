"""The load picture: small and quick whatever is planned, and what is dropped on it."""

from copy import copy
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Event
from orders.models import Line, Order, RevisionLine
from production.actions.scheduling import set_machine_day
from production.models import Machine, Step, WorkOrder, WorkSlot
from tests import people
from tests.orders.test_pages_counts import statements
from tests.production.test_scheduling import DAY, Plant, page, slot_of, slots
from tests.production.works import newest
from tests.shop import today

pytestmark = pytest.mark.django_db

FIVE = list(Step.values)


def fill(plant: Plant, order: Order, machines: dict[str, list[Machine]], lines: int) -> None:
    """So many more lines of an order, each with a work order of every step and its hours, straight into the tables:
    through the actions it would take minutes."""
    terms = newest(order).lines.all()[0]
    first = order.lines.count() + 1
    new = Line.objects.bulk_create(Line(order=order, number=first + number) for number in range(lines))
    RevisionLine.objects.bulk_create(of_line(terms, line) for line in new)
    works = WorkOrder.objects.bulk_create(
        WorkOrder(line=line, card=plant.card, position=at, step=step, quantity=100, hours=3)
        for line in new
        for at, step in enumerate(FIVE, 1)
    )
    WorkSlot.objects.bulk_create(
        WorkSlot(work=work, machine=machines[work.step][number % 3], day=today() + number // 5 % 14 * DAY, hours=3)
        for number, work in enumerate(works)
    )


def of_line(terms: RevisionLine, line: Line) -> RevisionLine:
    row = copy(terms)
    row.pk, row.line, row.position = None, line, line.number
    row._state.adding = True
    return row


def test_the_board_of_five_hundred_work_orders_is_small_and_asks_as_much_as_that_of_five() -> None:
    plant = Plant()
    machines = {step: [plant.machine(f"{step} {number}", step) for number in range(3)] for step in FIVE}
    order, path = plant.released(), reverse("production:load")
    fill(plant, order, machines, 1)
    few = statements(plant.who["production"], path)
    fill(plant, order, machines, 99)
    assert WorkOrder.objects.filter(ended_at=None).count() == 502
    assert statements(plant.who["production"], path) == few
    client = Client()
    client.force_login(plant.who["production"])
    shown = client.get(path)
    assert shown.content.decode().count("data-slot=") >= 500
    assert len(shown.content) <= 300_000


def dropped(slot: WorkSlot, machine: Machine, day: date, **more: Any) -> dict[str, Any]:
    seen = {"number": slot.work.line.order.number, "slot_id": slot.pk, "machine": machine.pk, "day": day}
    return {**seen, "from_machine": slot.machine_id, "from_day": slot.day, **more}


def send(plant: Plant, typed: dict[str, Any]) -> Any:
    client = Client()
    client.force_login(plant.who["production"])
    return client.post(reverse("production:drop_work"), typed)


def test_work_dropped_on_a_full_day_is_refused_on_the_board() -> None:
    plant = Plant()
    order = plant.released()
    slot = slot_of(order, "slitting")
    answer = send(plant, dropped(slot, plant.slitter, today() + 5 * DAY))
    assert (answer.status_code, answer["Location"].partition("#")[2]) == (302, f"slot-{slot.pk}")
    assert slots(order)[1] == ("分切 1", 5, 2)
    set_machine_day(plant.other, by=plant.who["production"], day=today() + 6 * DAY, hours=Decimal(0), reason="停机")
    refused = send(plant, dropped(slot_of(order, "slitting"), plant.other, today() + 6 * DAY))
    assert refused.status_code == 409 and "只剩 0 小时" in refused.content.decode()


def test_a_drop_from_a_stale_board_moves_nothing_and_shows_it_as_it_is() -> None:
    plant = Plant()
    order = plant.released()
    slot = slot_of(order, "slitting")
    stale = dropped(slot, plant.slitter, today() + 6 * DAY)
    plant.move(slot, plant.other, today() + 5 * DAY)
    refused = send(plant, stale)
    assert refused.status_code == 409 and "已由他人移到 分切 2" in refused.content.decode()
    assert f'data-slot="{slot.pk}"' in refused.content.decode()
    WorkSlot.objects.filter(pk=slot.pk).delete()
    gone = send(plant, stale)
    assert gone.status_code == 409 and "已被移动或取消" in gone.content.decode()
    assert Event.objects.filter(action="move_work").count() == 1


def test_b7_a_drop_on_an_order_that_is_not_there_is_not_found_and_of_another_one_is_gone() -> None:
    plant = Plant()
    order, other = plant.released(), plant.released()
    slot = slot_of(order, "slitting")
    typed = dropped(slot, plant.slitter, today() + 6 * DAY)
    assert send(plant, {**typed, "number": "SO-none"}).status_code == 404
    mixed = send(plant, {**typed, "number": other.number})
    assert mixed.status_code == 409 and "已被移动或取消" in mixed.content.decode()
    client = Client()
    client.force_login(people.person("sales"))
    assert client.post(reverse("production:drop_work"), typed).status_code == 403


def test_a_drop_past_the_signed_finish_asks_for_a_reason_on_the_board() -> None:
    plant = Plant()
    order = plant.released()
    typed = dropped(slot_of(order, "slitting"), plant.slitter, today() + 12 * DAY)
    asked = send(plant, typed)
    shown = asked.content.decode()
    assert asked.status_code == 409 and "<textarea" in shown and "写明原因并移动" in shown
    assert send(plant, {**typed, "reason": "等客户的版"}).status_code == 302
    assert slots(order)[1] == ("分切 1", 12, 2)


def test_the_board_of_one_step_shows_its_machines_only() -> None:
    plant = Plant()
    plant.released()
    client = Client()
    client.force_login(plant.who["production"])
    shown = page(client, "load", step="slitting").content.decode()
    assert "分切 1" in shown and "印刷 1" not in shown

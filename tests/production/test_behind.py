"""Days that went by: what was not made then is laid again, what is made takes no hours, and who is late is marked."""

from datetime import datetime, time
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from audit.errors import Refused
from audit.models import Event
from orders.models import Order
from production import tasks
from production.actions import making
from production.models import DailyReport, Machine, WorkSlot
from production.scheduling import behind
from tests.production.test_scheduling import DAY, Plant, page, print_early, slot_of, slots, told
from tests.shop import today

pytestmark = pytest.mark.django_db


def morning(days: int) -> datetime:
    return timezone.make_aware(datetime.combine(today() + days * DAY, time(9)))


def ahead(order: Order, days: int) -> list[tuple[str, int, Decimal]]:
    return [slot for slot in slots(order) if slot[1] >= days]


def board(plant: Plant, **query: str) -> str:
    client = Client()
    client.force_login(plant.who["production"])
    return page(client, "load", **query).content.decode()


def gone_by(order: Order, days: int = 1) -> None:
    WorkSlot.objects.filter(work__line__order=order).update(day=today() - days * DAY)


def test_work_that_a_day_went_by_without_is_laid_from_this_day_on() -> None:
    plant = Plant()
    order = plant.released()
    was = [
        f"{order.number}-1-1 印刷 1 {today() + 3 * DAY} 6 小时",
        f"{order.number}-1-2 分切 1 {today() + 3 * DAY} 2 小时",
    ]
    assert tasks.begin(morning(5))
    assert ahead(order, 5) == [("印刷 1", 5, 6), ("分切 1", 5, 2)]
    event = Event.objects.get(action="roll_work")
    assert (event.by, event.data["was"]) == (None, was)
    # What was planned then stays to be read, and asks for its day's report.
    assert slots(order)[:2] == [("印刷 1", 3, 6), ("分切 1", 3, 2)]
    tasks.roll_plans(morning(5))
    assert Event.objects.filter(action="roll_work").count() == 1


def test_what_is_due_first_is_laid_first_and_that_it_is_late_now_is_told() -> None:
    plant = Plant()
    first, urgent = plant.released(), plant.released()
    Order.objects.filter(pk=urgent.pk).update(promised_on=today() + 4 * DAY)
    tasks.begin(morning(11))
    assert ahead(urgent, 11) == [("印刷 1", 11, 6), ("分切 1", 11, 2)]
    assert ahead(first, 11) == [("印刷 1", 11, 2), ("印刷 1", 12, 4), ("分切 1", 12, 2)]
    assert told(first, "planned_late") == {plant.who["production"].pk, first.clerk_id}
    assert told(first, "planned_late") == told(urgent, "planned_late")


def test_a_plan_that_holds_is_left_as_the_planner_put_it() -> None:
    plant = Plant()
    order = plant.released()
    plant.move(slot_of(order, "slitting"), plant.other, today() + 6 * DAY)
    tasks.begin(morning(2))
    assert slots(order) == [("印刷 1", 3, 6), ("分切 2", 6, 2)]


def test_a_step_that_gets_its_machine_is_placed_the_next_morning() -> None:
    plant = Plant()
    Machine.objects.filter(step="slitting").update(is_active=False)
    order = plant.released()
    assert "未排" in board(plant)
    tasks.begin(morning(1))
    assert not Event.objects.filter(action="roll_work").exists()
    Machine.objects.filter(name="分切 1").update(is_active=True)
    tasks.begin(morning(2))
    assert slots(order) == [("印刷 1", 3, 6), ("分切 1", 3, 2)]


def test_a_report_gives_back_the_hours_of_what_is_made() -> None:
    plant = Plant()
    order = plant.in_work()
    print_early(plant, order, "100")
    assert slots(order) == [("分切 1", 3, 2)]
    plant.report(order, "60")
    assert slots(order) == [("分切 1", 3, Decimal("0.8"))]
    plant.report(order, "40")
    assert slots(order) == []


def test_hours_of_the_days_planned_first_are_given_back_first() -> None:
    plant = Plant()
    order = plant.in_work(plant.line("200"))
    assert slots(order) == [("印刷 1", 3, 8), ("印刷 1", 4, 3), ("分切 1", 4, 4)]
    print_early(plant, order, "100")
    assert slots(order) == [("印刷 1", 3, 2), ("印刷 1", 4, 3), ("分切 1", 4, 4)]


def test_a_report_taken_back_is_behind_until_it_is_laid_again() -> None:
    plant = Plant()
    order = plant.in_work()
    plant.report(order)
    assert slots(order) == [] and "逾期未完" not in board(plant)
    making.take_back_report(DailyReport.objects.get(), by=plant.who["production"], reason="报错了单")
    assert f"{order.number}/1" in board(plant)
    tasks.begin(morning(1))
    assert slots(order) == [("印刷 1", 3, 6), ("分切 1", 3, 2)]


def test_work_of_a_day_gone_by_stands_above_the_board_and_can_be_moved() -> None:
    plant = Plant()
    order = plant.released()
    gone_by(order)
    shown = board(plant)
    assert "逾期未完" in shown and f"{order.number}/1" in shown and "缺 6 小时" in shown
    plant.move(slot_of(order, "printing"), plant.printer, today())
    assert slots(order) == [("印刷 1", -1, 6), ("分切 1", -1, 2), ("印刷 1", 0, 6)]
    with pytest.raises(Refused, match="已另行排产"):
        old = WorkSlot.objects.select_related("work__line__order").get(work__step="printing", day__lt=today())
        plant.move(old, plant.printer, today() + DAY)


def test_late_is_what_is_planned_past_the_signed_or_the_promised_day() -> None:
    plant = Plant()
    order = plant.released()
    assert "work late" not in board(plant) and 'class="late"' not in board(plant)
    Order.objects.filter(pk=order.pk).update(promised_on=today() + 2 * DAY)
    assert "晚于完成日的排产 2 段" in board(plant) and 'class="late"' in board(plant)
    assert "排产误期" in shelf(plant)
    Order.objects.filter(pk=order.pk).update(promised_on=today() - DAY)
    assert "逾期未完" in board(plant) and "work late" in board(plant)
    assert "逾期" in shelf(plant) and "排产误期" not in shelf(plant)
    Order.objects.filter(pk=order.pk).update(promised_on=today() + 20 * DAY)
    assert "排产误期" not in shelf(plant)
    plant.move(slot_of(order, "slitting"), plant.slitter, today() + 12 * DAY, reason="等版")
    assert "晚于完成日的排产 1 段" in board(plant)


def shelf(plant: Plant) -> str:
    client = Client()
    client.force_login(plant.who["production"])
    return page(client, "index", shelf="making").content.decode()


def test_an_unreleased_order_is_drawn_as_it_would_be_laid_and_takes_no_hours() -> None:
    plant = Plant()
    order = plant.approved()
    shown = board(plant)
    assert shown.count("work intended") == 2 and 'class="wanted"' in shown
    assert f"/production/{order.number}/dates/" in shown and "data-slot" not in shown.partition("<table")[2]
    other = plant.released()
    assert slots(other) == [("印刷 1", 3, 6), ("分切 1", 3, 2)]


def test_what_stands_behind_is_read_in_the_same_statements_for_many(django_assert_num_queries: Any) -> None:
    plant = Plant()
    behind.lines_behind(plant.who["production"], today())  # whose roles are read once
    for number in (1, 3):
        for _ in range(number):
            gone_by(plant.released())
        with django_assert_num_queries(6):
            assert behind.lines_behind(plant.who["production"], today())

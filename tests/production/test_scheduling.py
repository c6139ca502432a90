"""Work orders: made at the release, in the hours of the machines, moved and planned anew, given up with the order."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Holiday
from audit.errors import Refused
from audit.models import Event
from documents.models import OutboxRow
from orders.actions import chain
from orders.models import Line, Order, State
from production import materials
from production.actions import making, sheets
from production.actions.cards import StepInput
from production.actions.scheduling import change_machine, move_work, replan_work, set_machine_day
from production.actions.sheets import SheetRow
from production.models import DailyReport, Machine, WorkOrder, WorkSlot
from production.scheduling import feasible
from production.scheduling.capacity import Capacity
from tests.orders.test_every_gate import cancelling
from tests.orders.test_pages_counts import statements
from tests.production.test_cards import in_force
from tests.production.works import Works, line_of, newest
from tests.remembered import remembered
from tests.shop import today
from tests.stock.test_materials import paper

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
STEPS = (StepInput("printing", Decimal(20), Decimal(1)), StepInput("slitting", Decimal(50)))


class Plant(Works):
    """A product with a card of two steps, 6 and 2 hours for 100; a printer and two slitters; every day is worked."""

    @remembered
    def __init__(self) -> None:
        super().__init__()
        Holiday.objects.bulk_create(
            Holiday(day=today() + number * DAY, name="上班", is_working=True) for number in range(60)
        )
        self.card = in_force(self, steps=STEPS)
        self.printer = self.machine("印刷 1", "printing")
        self.slitter = self.machine("分切 1", "slitting")
        self.other = self.machine("分切 2", "slitting")

    @remembered
    def machine(self, name: str, step: str, hours: int = 8) -> Machine:
        return change_machine(None, by=self.who["production"], name=name, step=step, hours=Decimal(hours))

    def move(self, slot: WorkSlot, machine: Machine, day: date, **more: Any) -> Order:
        order = slot.work.line.order
        return move_work(order, by=self.who["production"], slot_id=slot.pk, machine=machine, day=day, **more)


def slots(order: Order) -> list[tuple[str, int, Decimal]]:
    """Machine, days from today, hours."""
    found = WorkSlot.objects.filter(work__line__order=order, work__ended_at=None).order_by("day", "work__position")
    return [(slot.machine.name, (slot.day - today()).days, slot.hours) for slot in found.select_related("machine")]


def told(order: Order, event: str) -> set[int]:
    """Who has a notice of this kind about the order."""
    rows = OutboxRow.objects.filter(channel="notice", about=order.number, payload__kind=event)
    return {row.payload["recipient"] for row in rows}


def slot_of(order: Order, step: str) -> WorkSlot:
    return WorkSlot.objects.select_related("work__line__order").get(work__line__order=order, work__step=step)


def test_a_release_lays_the_steps_of_the_card_from_the_signed_start_on() -> None:
    plant = Plant()
    first, second = plant.released(), plant.released()
    assert slots(first) == [("印刷 1", 3, 6), ("分切 1", 3, 2)]
    assert slots(second) == [("印刷 1", 3, 2), ("印刷 1", 4, 4), ("分切 1", 4, 2)]
    works = WorkOrder.objects.filter(line__order=first)
    assert [(work.step, work.hours, work.quantity) for work in works] == [("printing", 6, 100), ("slitting", 2, 100)]


def test_a_step_without_a_machine_waits_unplaced_and_the_others_are_laid() -> None:
    plant = Plant()
    Machine.objects.filter(step="slitting").update(is_active=False)
    order = plant.released()
    assert order.state == State.PRODUCTION
    assert slots(order) == [("印刷 1", 3, 6)]
    assert [work.number for work in WorkOrder.objects.all()] == [f"{order.number}-1-1", f"{order.number}-1-2"]
    (event,) = Event.objects.filter(action="plan_work", subject_id=order.pk)
    assert event.data["said"] == [f"{order.number}-1-2 分切复卷没有可用的机台工时，未排"]
    assert told(order, "planned_late") == {plant.who["production"].pk, order.clerk_id}


def test_a_release_whose_plan_ends_after_the_signed_finish_tells_production_and_the_clerk() -> None:
    plant = Plant()
    order = plant.signed()
    plant.dates(order, start=3, days=3)
    plant.approve(order)
    for each in (plant.released(), plant.released(), plant.released()):
        assert not told(each, "planned_late")
    plant.send(order)
    chain.release(newest(order), by=plant.who["customer_service"])
    assert slots(order)[-1] == ("分切 1", 5, 2)
    (event,) = Event.objects.filter(action="plan_work", subject_id=order.pk)
    assert event.data["said"] == [f"第 1 行排到 {today() + 5 * DAY}，晚于签字的完成日 {today() + 3 * DAY}"]
    assert told(order, "planned_late") == {plant.who["production"].pk, order.clerk_id}


def test_days_off_and_own_hours_are_kept() -> None:
    plant = Plant()
    Holiday.objects.filter(day=today() + 3 * DAY).update(is_working=False)
    set_machine_day(plant.printer, by=plant.who["production"], day=today() + 4 * DAY, hours=Decimal(2), reason="检修")
    assert slots(plant.released()) == [("印刷 1", 4, 2), ("印刷 1", 5, 4), ("分切 1", 5, 2)]


def test_what_ended_or_is_finished_takes_no_hours() -> None:
    plant = Plant()
    order = plant.in_work()
    plant.report(order, step="分切复卷")
    making.finish(order, by=plant.who["production"])
    capacity = Capacity([plant.printer], today(), today() + 9 * DAY)
    assert capacity.spare(plant.printer.pk, today() + 3 * DAY) == 8
    cancelled = cancelling(plant, plant.released(), "agree", "stop", "settle")
    chain.cancel(cancelled, by=plant.who["customer_service"], reason="客户不要了")
    assert not WorkSlot.objects.filter(work__line__order=cancelled).exists()
    assert not WorkOrder.objects.filter(line__order=cancelled, ended_at=None).exists()


def test_work_is_moved_within_the_machines_hours_and_the_sequence_of_steps() -> None:
    plant = Plant()
    order, other = plant.released(), plant.released()
    cut = slot_of(order, "slitting")
    plant.move(cut, plant.other, today() + 5 * DAY)
    assert slots(order) == [("印刷 1", 3, 6), ("分切 2", 5, 2)]
    assert Event.objects.filter(action="move_work", subject_id=order.pk).get().data["was"].startswith("分切 1")
    with pytest.raises(Refused, match="只剩 4 小时，放不下 6 小时"):
        plant.move(slot_of(order, "printing"), plant.printer, today() + 4 * DAY)
    with pytest.raises(Refused, match="前道工序「印刷」排在"):
        plant.move(slot_of(order, "slitting"), plant.slitter, today() + 2 * DAY)
    with pytest.raises(Refused, match="后道工序「分切复卷」排在"):
        plant.move(slot_of(order, "printing"), plant.printer, today() + 6 * DAY)
    with pytest.raises(Refused, match="不是在用的分切复卷机台"):
        plant.move(slot_of(order, "slitting"), plant.printer, today() + 6 * DAY)
    with pytest.raises(Refused, match="已过去"):
        plant.move(slot_of(order, "slitting"), plant.slitter, today() - DAY)
    assert slots(order) == [("印刷 1", 3, 6), ("分切 2", 5, 2)]
    assert slots(other) == [("印刷 1", 3, 2), ("印刷 1", 4, 4), ("分切 1", 4, 2)]


def test_the_steps_of_a_line_do_not_meet_in_the_same_hours_of_a_day() -> None:
    plant = Plant()
    order = plant.released(plant.line("140"))
    assert slots(order) == [("印刷 1", 3, 8), ("分切 1", 4, Decimal("2.8"))]
    with pytest.raises(Refused, match=r"共需 10\.8 小时，当日做不完"):
        plant.move(slot_of(order, "slitting"), plant.slitter, today() + 3 * DAY)
    plant.move(slot_of(order, "slitting"), plant.slitter, today() + 5 * DAY)
    with pytest.raises(Refused, match="当日做不完"):
        plant.move(slot_of(order, "printing"), plant.printer, today() + 5 * DAY)


def test_a_move_past_the_signed_finish_says_why_and_tells_the_clerk() -> None:
    plant = Plant()
    order = plant.released()
    cut = slot_of(order, "slitting")
    with pytest.raises(Refused, match=r"晚于签字的完成日 .*请写明原因"):
        plant.move(cut, plant.slitter, today() + 11 * DAY)
    plant.move(cut, plant.slitter, today() + 11 * DAY, reason="等客户的版")
    assert told(order, "planned_late") == {order.clerk_id}
    assert Event.objects.get(action="move_work").data["hours"] == "2"


def test_what_another_moved_meanwhile_is_not_moved_again() -> None:
    plant = Plant()
    order = plant.released()
    cut = slot_of(order, "slitting")
    seen = {"from_machine": cut.machine_id, "from_day": cut.day}
    plant.move(cut, plant.other, today() + 5 * DAY, **seen)
    with pytest.raises(Refused, match="已由他人移到 分切 2"):
        plant.move(cut, plant.slitter, today() + 6 * DAY, **seen)
    assert slots(order)[1] == ("分切 2", 5, 2)


def test_parts_of_one_work_that_meet_become_one() -> None:
    plant = Plant()
    plant.released()
    order = plant.released()
    late, early = WorkSlot.objects.filter(work__line__order=order, work__step="printing").order_by("-day")
    plant.move(slot_of(order, "slitting"), plant.slitter, today() + 6 * DAY)
    plant.move(early, plant.printer, late.day)
    assert slots(order) == [("印刷 1", 4, 6), ("分切 1", 6, 2)]


def test_a_report_of_a_step_names_its_work_order() -> None:
    plant = Plant()
    order = plant.in_work()
    print_early(plant, order, "30")
    plant.report(order, "10")
    works = [report.work and report.work.step for report in DailyReport.objects.order_by("pk")]
    assert works == ["printing", "slitting"]
    client = Client()
    client.force_login(plant.who["production"])
    assert f"{order.number}-1-1" in page(client, "report", order.number).content.decode()
    panel = client.get(order.get_absolute_url()).content.decode()
    assert f"{order.number}-1-2" in panel


def test_a_line_is_planned_anew_with_what_is_left_of_each_step() -> None:
    plant = Plant()
    order = plant.in_work()
    line = order.lines.get()
    making.report_made(order, by=plant.who["production"], rows=[making.Made(line.pk, Decimal(60))], step="分切复卷")
    was = [
        f"{order.number}-1-1 印刷 1 {today() + 3 * DAY} 2 小时",
        f"{order.number}-1-2 分切 1 {today() + 3 * DAY} 0.8 小时",
    ]
    replan_work(order, by=plant.who["production"], line_id=line.pk, from_day=today() + 8 * DAY)
    assert slots(order) == [("印刷 1", 8, 3), ("分切 1", 8, Decimal("0.8"))]
    assert Event.objects.filter(action="replan_work").get().data["was"] == was
    with pytest.raises(Refused, match="已过去"):
        replan_work(order, by=plant.who["production"], line_id=line.pk, from_day=today() - DAY)


def replanned(plant: Plant, order: Order, days: int = 8) -> list[tuple[str, int, Decimal]]:
    replan_work(order, by=plant.who["production"], line_id=line_of(order).pk, from_day=today() + days * DAY)
    return slots(order)


def print_early(plant: Plant, order: Order, good: str, scrap: str = "0") -> None:
    """A sheet of the printer, which is not the last step."""
    row = SheetRow(line_of(order).pk, Decimal(good), Decimal(scrap))
    sheets.report_sheet(
        None, by=plant.who["production"], day=today(), shift="day", rows=[row], step="印刷", counted=False
    )


def test_what_was_scrapped_after_its_report_is_planned_again() -> None:
    plant = Plant()
    order = plant.in_work()
    print_early(plant, order, "100")
    batch = plant.report(order, "60")
    assert batch is not None
    assert replanned(plant, order) == [("分切 1", 8, Decimal("0.8"))]
    plant.judge(batch, "scrap", scrap=Decimal(60))
    assert order.lines.get().good == 0
    # Forty printed ones lie there; sixty are printed again, and all hundred slit.
    assert replanned(plant, order) == [("印刷 1", 8, 4), ("分切 1", 8, 2)]


def test_what_an_early_step_spoilt_is_missing_from_it() -> None:
    plant = Plant()
    order = plant.in_work()
    print_early(plant, order, "50", "10")
    assert replanned(plant, order) == [("印刷 1", 8, Decimal("3.5")), ("分切 1", 8, 2)]


def test_what_the_customer_let_go_is_not_planned_and_of_a_line_that_is_made_nothing_is_left() -> None:
    plant = Plant()
    order = plant.in_work()
    Line.objects.filter(order=order).update(closed_short=60)
    assert replanned(plant, order) == [("印刷 1", 8, 3), ("分切 1", 8, Decimal("0.8"))]
    plant.report(order, "40")
    with pytest.raises(Refused, match="没有待生产的数量"):
        replanned(plant, order)


def test_a_machine_with_work_is_not_taken_away() -> None:
    plant = Plant()
    order = plant.released()
    by = plant.who["production"]
    with pytest.raises(Refused, match="请先移走"):
        change_machine(plant.printer, by=by, name="印刷 1", step="printing", hours=Decimal(8), is_active=False)
    with pytest.raises(Refused, match="当日已排 6 小时"):
        set_machine_day(plant.printer, by=by, day=slot_of(order, "printing").day, hours=Decimal(2), reason="检修")
    with pytest.raises(Refused, match="请写明原因"):
        set_machine_day(plant.printer, by=by, day=today() + DAY, hours=Decimal(2))
    with pytest.raises(Refused, match="已排 6 小时"):
        change_machine(plant.printer, by=by, name="印刷 1", step="printing", hours=Decimal(5))
    set_machine_day(plant.printer, by=by, day=slot_of(order, "printing").day, hours=Decimal(7), reason="检修")
    change_machine(plant.printer, by=by, name="印刷 1", step="printing", hours=Decimal(5))
    with pytest.raises(Refused, match="不超过 24"):
        plant.machine("坏机", "printing", 25)


def found(plant: Plant, order: Order, stated: list[materials.Stated] | None = None) -> tuple[int, int]:
    """Days from today of the earliest start and finish."""
    rows = list(newest(order).lines.select_related("product", "line"))
    (one,) = feasible.earliest(order, rows, {rows[0].line_id: stated or []}, today()).values()
    assert one.start and one.finish, one.why
    return (one.start - today()).days, (one.finish - today()).days


def test_the_earliest_finish_counts_load_material_and_calendar() -> None:
    plant = Plant()
    plant.released()
    order = plant.submitted(plant.line("200"))
    plant.technical(order)
    assert found(plant, order) == (0, 1)  # eleven hours of printing, four of slitting
    comes = materials.Stated(paper(), Decimal(200), Decimal(0), Decimal(200), today() + 3 * DAY)
    assert found(plant, order, [comes]) == (3, 5)  # two hours are left of the first day
    Holiday.objects.filter(day__in=[today(), today() + 4 * DAY]).update(is_working=False)
    assert found(plant, order) == (1, 2)
    assert found(plant, order, [comes]) == (3, 6)
    Machine.objects.filter(step="slitting").update(is_active=False)
    rows = list(newest(order).lines.select_related("product", "line"))
    (none,) = feasible.earliest(order, rows, {}, today()).values()
    assert "分切复卷" in none.why and none.finish is None


def test_hours_promised_to_an_order_that_is_not_released_are_not_promised_again() -> None:
    plant = Plant()
    offered = []
    for _ in range(4):
        order = plant.submitted()
        plant.technical(order)
        plant.material(order)
        offered.append(found(plant, order))
        plant.dates(order, start=offered[-1][0], days=offered[-1][1])
        plant.approve(order)
    # Six hours of printing each, of the eight that a day has.
    assert offered == [(0, 0), (0, 1), (1, 2), (2, 2)]
    assert not WorkSlot.objects.exists()


def test_the_page_of_the_dates_asks_as_much_beside_many_promised_orders_as_beside_one() -> None:
    plant = Plant()
    order = plant.submitted()
    plant.technical(order)
    plant.signed()
    path = reverse("production:dates", args=[order.number])
    few = statements(plant.who["production"], path)
    for _ in range(4):
        plant.signed()
    assert statements(plant.who["production"], path) == few


def page(client: Client, name: str, *args: Any, **query: str) -> Any:
    return client.get(reverse(f"production:{name}", args=args), query)


def test_the_plan_of_an_order_is_moved_and_laid_anew_on_its_page() -> None:
    plant = Plant()
    client = Client()
    client.force_login(plant.who["production"])
    order = plant.released()
    shown = page(client, "work", order.number).content.decode()
    assert "第 1 行 · 印刷" in shown and f"{order.number}-1-2" in shown
    slot = slot_of(order, "slitting")
    typed = {"slot_id": slot.pk, "machine": plant.other.pk, "day": today() + 5 * DAY}
    path = reverse("production:move_work", args=[order.number])
    assert client.post(path, typed).status_code == 302
    refused = client.post(path, {**typed, "day": today()})
    assert refused.status_code == 409 and "前道工序" in refused.content.decode()
    line = order.lines.get()
    answer = client.post(
        reverse("production:replan_work", args=[order.number]), {"line_id": line.pk, "from_day": today() + 2 * DAY}
    )
    assert answer.status_code == 302
    assert slots(order) == [("印刷 1", 2, 6), ("分切 1", 2, 2)]


def test_the_page_of_the_dates_shows_the_earliest_finish() -> None:
    plant = Plant()
    client = Client()
    client.force_login(plant.who["production"])
    order = plant.submitted()
    plant.technical(order)
    shown = page(client, "dates", order.number).content.decode()
    assert "最早可完成" in shown and f"{timezone.localdate():%Y-%m-%d}" in shown


def test_machines_are_kept_on_their_pages() -> None:
    plant = Plant()
    client = Client()
    client.force_login(plant.who["production"])
    typed = {"name": "涂布 1", "step": "coating", "hours": "16", "is_active": "on"}
    assert client.post(reverse("production:add_machine"), typed).status_code == 302
    made = Machine.objects.get(name="涂布 1")
    again = client.post(reverse("production:add_machine"), typed)
    assert again.status_code == 422 and "涂布 1" in again.content.decode()
    answer = client.post(
        reverse("production:set_machine_day", args=[made.pk]), {"day": today(), "hours": "4", "reason": "检修"}
    )
    assert answer.status_code == 302
    assert "检修" in page(client, "machine", made.pk).content.decode()
    assert "涂布 1" in page(client, "machines").content.decode()

"""Raw material is promised when an order is released; a statement falls with the arrival it relied on (R9)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.errors import Blocked, Refused
from catalog.materials import Use, change_needs
from catalog.models import Material
from documents import outbox
from documents.models import OutboxRow
from flow.models import Owed
from orders.actions import approval, chain
from orders.models import Order, Signed, SignOff, State
from production import promising
from production import tasks as _channels  # noqa: F401 (they register there)
from production.actions.issuing import Issue, issue_material
from production.actions.making import Made, finish, report_made
from production.actions.promising import free_material, outdate_statements, reserve_material
from production.actions.sheets import SheetRow, report_sheet
from production.actions.signing import DateWord, MaterialWord, sign_dates, state_material
from stock import promises
from stock.materials import actions as material_actions
from stock.materials import moves as material_moves
from stock.materials import queries as store
from stock.models import ExpectedArrival, MaterialLot, Pallet
from stock.tasks import look
from tests.production.test_material_statement import stated
from tests.races import at_once, of_kind
from tests.remembered import remembered
from tests.shop import Shop, today
from tests.stock.test_materials import arrival, lot, paper

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


class Works(Shop):
    """A shop whose product takes one kg of paper a roll."""

    material: Material

    @remembered
    def __post_init__(self) -> None:
        super().__post_init__()
        self.material = paper()
        change_needs(self.product, by=self.who["technical"], uses=[Use(self.material, Decimal(1))])

    def state_short(self, order: Order, short: str, arrives_on: date) -> None:
        [row] = order.revisions.get().lines.all()
        word = MaterialWord(row.line_id, "已订料", short=Decimal(short), arrives_on=arrives_on)
        state_material(order.revisions.get(), by=self.who["technical"], words=[word])

    def statement(self, order: Order) -> SignOff:
        return SignOff.objects.live().get(kind=Signed.MATERIAL, line__order=order)

    def put_off(self, expected: ExpectedArrival, days: int) -> None:
        by = self.who["technical"]
        material_actions.put_off_arrival(expected, by=by, due_on=today() + days * DAY, reason="供应商延期")
        work_off()


def work_off() -> None:
    for row in OutboxRow.objects.filter(channel="material_changed", state="waiting"):
        outbox.work_off(row.pk)


def reserved(of: MaterialLot) -> Decimal:
    return MaterialLot.objects.get(pk=of.pk).reserved


def test_a_release_promises_the_oldest_lots_first_and_issuing_draws_on_the_promise() -> None:
    works = Works()
    newer, older = lot(works.material, "80"), lot(works.material, "60", received_on=today() - DAY)
    order = works.in_work(works.line("100"))
    line = order.lines.get()
    assert (reserved(older), reserved(newer)) == (60, 40)
    assert store.free_of([works.material.pk], today()) == {works.material.pk: 40}
    issue_material(order, by=works.who["production"], issues=[Issue(line.pk, older.pk, Decimal(60))])
    assert (reserved(older), reserved(newer)) == (0, 40)
    other = works.in_work(works.line("70"))
    assert sum(promising.promised(other).values()) == 40
    with pytest.raises(Refused, match="可用数量只有 40 kg"):
        issue_material(other, by=works.who["production"], issues=[Issue(other.lines.get().pk, newer.pk, Decimal(41))])
    assert store.wrong_balances() == []


def test_a_promise_that_no_order_has_is_found_at_night_and_by_hand() -> None:
    works = Works()
    admin = works.who["admin"]
    one = lot(works.material, "200")
    order = works.in_work(works.line("100"))
    assert promises.wrong() == []
    material_moves.reserve(one, Decimal(7), "SO-1", works.who["warehouse"], timezone.now())
    goods = works.pallet(Decimal(10))
    Pallet.objects.filter(pk=goods.pk).update(reserved=4)
    assert promises.wrong() == [("托盘", goods.number, 4, 0), ("原材料批次", one.number, 107, 100)]
    assert store.wrong_balances() == []
    with pytest.raises(CommandError, match="2 项预留与台账不符"):
        call_command("verify_stock")
    look(today())
    [told] = OutboxRow.objects.filter(key__startswith="stock_wrong", payload__recipient=admin.pk)
    assert one.number in told.payload["text"] and goods.number in told.payload["text"]
    assert sum(promising.promised(order).values()) == 100


def test_what_is_made_frees_what_was_promised_for_it() -> None:
    works = Works()
    one = lot(works.material, "300")
    order = works.in_work(works.line("100"))
    works.make(order, Decimal(40))
    assert reserved(one) == 60


def test_a_finished_or_cancelled_order_gives_back_what_it_did_not_use() -> None:
    works = Works()
    one = lot(works.material, "300")
    made, off = works.in_work(works.line("100")), works.approved(works.line("100"))
    assert reserved(one) == 100
    works.make(made)
    finish(made, by=works.who["production"])
    assert reserved(one) == 0
    chain.cancel(off, by=works.who["customer_service"], reason="客户不要了")
    assert store.wrong_balances() == []


def test_material_that_came_later_is_promised_by_hand_and_given_up_with_a_reason() -> None:
    works = Works()
    lot(works.material, "30")
    order = works.in_work(works.line("100"))
    keeper = works.who["warehouse"]
    with pytest.raises(Refused, match="没有可再预留"):
        reserve_material(order, by=keeper)
    late = lot(works.material, "500")
    reserve_material(order, by=keeper)
    assert reserved(late) == 70
    with pytest.raises(Refused, match="可用数量只有 430 kg"):
        material_actions.write_off_material(late, by=keeper, quantity=Decimal(431), reason="受潮")
    with pytest.raises(Refused, match="原因"):
        free_material(order, by=keeper)
    free_material(order, by=keeper, reason="让给急单")
    assert reserved(late) == 0
    with pytest.raises(Refused, match="没有预留"):
        free_material(order, by=keeper, reason="再放一次")


@pytest.mark.parametrize("counted", [True, False])
def test_what_was_scrapped_after_its_issue_takes_material_anew(counted: bool) -> None:
    works = Works()
    first = lot(works.material, "100")
    order = works.in_work(works.line("100"))
    line, by = order.lines.get(), works.who["production"]
    issue_material(order, by=by, issues=[Issue(line.pk, first.pk, Decimal(100))])
    rows = [SheetRow(line.pk, Decimal(60), Decimal(40))]
    report_sheet(None, by=by, day=today(), shift="day", rows=rows, step="印刷", counted=counted)
    if not counted:
        report_made(order, by=by, rows=[Made(line.pk, Decimal(60))])
    more = lot(works.material, "100")
    [[other]] = stated(works.submitted(works.line("100")))
    assert (other.free, other.short) == (60, 40), "the remake goes before what comes after it"
    reserve_material(order, by=by)
    assert reserved(more) == 40
    with pytest.raises(Refused, match="没有可再预留"):
        reserve_material(order, by=by)


def test_the_page_shows_what_is_promised_and_promises_more() -> None:
    works = Works()
    order = works.in_work(works.line("100"))
    lot(works.material, "100")
    client = Client()
    client.force_login(works.who["warehouse"])
    page = client.get(reverse("production:issue", args=[order.number])).content.decode()
    assert "预留原材料" in page and "释放预留" not in page
    client.post(reverse("production:reserve_material", args=[order.number]))
    page = client.get(reverse("production:issue", args=[order.number])).content.decode()
    assert "释放预留" in page
    client.post(reverse("production:free_material", args=[order.number]), {"reason": "让给急单"})
    assert promising.promised(order) == {}


def test_a_statement_falls_with_the_arrival_it_relied_on_and_the_dates_with_it() -> None:
    works = Works()
    lot(works.material, "30")
    expected = arrival(works.material, "70", today() + 3 * DAY)
    order = works.submitted(works.line("100"))
    works.state_short(order, "70", today() + 5 * DAY)
    stood = works.statement(order)
    works.put_off(expected, 5)
    assert works.statement(order) == stood, "still in time for the day that was stated"
    expected.refresh_from_db()
    works.put_off(expected, 6)
    gone = works.statement(order)
    assert gone.verdict == "withdrawn" and "供应商延期" in gone.text
    assert Owed.objects.open().filter(order=order, what="material_stated", role="technical").exists()
    told = OutboxRow.objects.filter(channel="notice", key__startswith="material_late")
    assert {row.payload["recipient"] for row in told} >= {works.who["production"].pk}
    outdate_statements(order, by=works.who["technical"], material_id=works.material.pk, reason="再看一次")
    assert works.statement(order) == gone, "looked at again, nothing more happens"


def test_a_cancelled_arrival_stops_an_approved_order_until_it_is_stated_anew() -> None:
    works = Works()
    expected = arrival(works.material, "100", today() + 3 * DAY)
    order = works.submitted(works.line("100"))
    revision = order.revisions.get()
    works.sign(revision)
    works.state_short(order, "100", today() + 3 * DAY)
    [row] = revision.lines.all()
    dates = [DateWord(row.line_id, today() + 9 * DAY, today() + 4 * DAY, row.to_make)]
    sign_dates(revision, by=works.who["production"], words=dates)
    material_actions.cancel_arrival(expected, by=works.who["technical"], reason="供应商缺货")
    work_off()
    with pytest.raises(Blocked, match="原材料"):
        approval.approve(order.revisions.get(), by=works.who["supervisor"])


def test_those_who_wait_hear_that_it_came() -> None:
    works = Works()
    order = works.submitted(works.line("100"))
    works.state_short(order, "100", today() + 5 * DAY)
    lot(works.material, "100")
    work_off()
    work_off()
    told = OutboxRow.objects.filter(channel="notice", key__startswith="material_here")
    assert {row.payload["recipient"] for row in told} >= {works.who["production"].pk, works.who["technical"].pk}
    assert len(told) == len({row.payload["recipient"] for row in told})


@pytest.mark.django_db(transaction=True)
def test_the_last_of_the_material_is_promised_to_one_of_twenty() -> None:
    works = Works()
    orders = [works.in_work(works.line("10")) for _ in range(4)]
    one = lot(works.material, "10")

    def ask(index: int) -> Any:
        return reserve_material(orders[index % 4], by=works.who["production"])

    outcomes = at_once(20, ask)
    assert len(of_kind(outcomes, Order)) == 1 and len(of_kind(outcomes, Refused)) == 19
    assert reserved(one) == 10 and store.wrong_balances() == []
    holder = next(order for order in orders if promising.promised(order))
    outcomes = at_once(4, lambda _: free_material(holder, by=works.who["production"], reason="让给急单"))
    assert len(of_kind(outcomes, Order)) == 1 and reserved(one) == 0 and holder.state == State.PRODUCTION


def test_a_sheet_locks_the_lots_of_all_its_orders_together_before_it_trims_any(monkeypatch: Any) -> None:
    works = Works()
    lots, orders = [], []
    for _ in range(2):
        lots.append(lot(works.material, "100"))
        orders.append(works.in_work(works.line("100")))
    locked: list[set[int]] = []
    lock = material_moves.lock
    monkeypatch.setattr(material_moves, "lock", lambda ids: (locked.append(ids := set(ids)), lock(ids))[1])
    rows = [SheetRow(order.lines.get().pk, Decimal(10)) for order in reversed(orders)]
    report_sheet(None, by=works.who["production"], day=today(), shift="day", rows=rows)
    assert locked[0] == {each.pk for each in lots}
    assert [reserved(each) for each in lots] == [90, 90]

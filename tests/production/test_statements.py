"""A signed material statement is data: it falls with what it stood on; dates and release are held to it (R9, R10)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from audit.errors import Blocked, Refused
from catalog.materials import Use, change_needs
from documents.models import OutboxRow
from orders.actions import approval, chain
from orders.models import Order
from production import materials
from production.actions.promising import outdate_statements
from production.actions.signing import DateWord, MaterialWord, sign_dates, state_material
from production.models import Anomaly, StatedMaterial, StatedNeed
from production.scheduling import feasible
from stock.materials import actions as material_actions
from stock.models import MaterialLot
from tests.production.test_promising import Works, work_off
from tests.production.test_scheduling import Plant
from tests.production.works import newest
from tests.shop import today
from tests.stock.test_materials import arrival, lot, paper

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def told(works: Works, kind: str) -> list[str]:
    rows = OutboxRow.objects.filter(channel="notice", key__startswith=f"{kind}:")
    return [row.payload["text"] for row in rows if row.payload["recipient"] == works.who["production"].pk]


def lose(works: Works, of: MaterialLot, quantity: str, how: str = "write_off") -> None:
    """Less lies there than before, and the worker has heard of it."""
    of.refresh_from_db()
    by, lost = works.who["warehouse"], Decimal(quantity)
    if how == "write_off":
        material_actions.write_off_material(of, by=by, quantity=lost, reason="受潮")
    else:
        material_actions.count_material(of, by=by, counted=of.on_hand - lost, reason="少了一卷")
    work_off()


def falls(works: Works, order: Order) -> bool:
    return works.statement(order).verdict == "withdrawn"


def test_a_part_of_what_was_lacking_is_told_as_a_part_and_the_statement_stands() -> None:
    works = Works()
    expected = arrival(works.material, "100", today() + 3 * DAY)
    order = works.submitted(works.line("100"))
    works.state_short(order, "100", today() + 3 * DAY)
    lot(works.material, "10", arrival=expected)
    work_off()
    assert not told(works, "material_here") and not falls(works, order)
    assert "仍缺 90 kg" in told(works, "material_part")[0]
    lot(works.material, "90", arrival=expected)
    work_off()
    assert len(told(works, "material_here")) == 1


def test_a_rest_that_does_not_come_takes_the_statement_with_it() -> None:
    works = Works()
    expected = arrival(works.material, "100", today() + 3 * DAY)
    order = works.submitted(works.line("100"))
    works.state_short(order, "100", today() + 3 * DAY)
    lot(works.material, "10", arrival=expected, last=True, reason="供应商停产")
    work_off()
    assert falls(works, order) and "供应商停产" in works.statement(order).text
    with pytest.raises(Blocked, match="原材料"):
        approval.approve(order.revisions.get(), by=works.who["supervisor"])


@pytest.mark.parametrize("how", ["write_off", "count"])
def test_a_statement_that_all_is_there_falls_when_it_is_not_there_any_more(how: str) -> None:
    works = Works()
    one = lot(works.material, "120")
    order = works.confirmed(works.line("100"))
    lose(works, one, "20", how)
    assert not falls(works, order), "enough is left"
    lose(works, one, "1", how)
    assert falls(works, order) and "缺" not in works.statement(order).text
    assert told(works, "material_late")
    with pytest.raises(Blocked):
        chain.release(order.revision, by=works.who["customer_service"])


def test_a_statement_that_knew_no_need_list_takes_all_of_it_to_be_there() -> None:
    works = Works()
    one, by = lot(works.material, "100"), works.who["technical"]
    change_needs(works.product, by=by, uses=[])
    order = works.approved(works.line("100"))
    assert not StatedNeed.objects.exists()
    change_needs(works.product, by=by, uses=[Use(works.material, Decimal(1))])
    lose(works, one, "1")
    assert falls(works, order)


def test_what_was_signed_against_the_books_stands_until_more_lacks_than_then() -> None:
    works = Works()
    one = lot(works.material, "30")
    order = works.signed(works.line("100"))
    assert StatedNeed.objects.get().short == 70
    other = lot(works.material, "5")
    lose(works, other, "5")
    assert not falls(works, order)
    lose(works, one, "1")
    assert falls(works, order)


def test_of_two_approved_orders_the_later_one_lacks_first() -> None:
    works = Works()
    one = lot(works.material, "150")
    first, second = works.approved(works.line("100")), works.approved(works.line("50"))
    lose(works, one, "10")
    assert not falls(works, first) and falls(works, second)


def test_a_release_that_finds_less_than_was_stated_asks_for_a_plan() -> None:
    works = Works()
    one = lot(works.material, "100")
    order = works.confirmed(works.line("100"))
    by = works.who["warehouse"]
    material_actions.write_off_material(one, by=by, quantity=Decimal(40), reason="受潮")
    chain.release(order.revision, by=works.who["customer_service"])
    raised = Anomaly.objects.get(order=order)
    assert raised.kind == "material" and "缺 40 kg，书面说明所缺 0 kg" in raised.text


def test_a_release_with_what_was_stated_to_lack_asks_for_none() -> None:
    works = Works()
    lot(works.material, "30")
    arrival(works.material, "70", today() + 3 * DAY)
    order = works.submitted(works.line("100"))
    works.sign(order.revision)  # type: ignore[arg-type]
    works.state_short(order, "70", today() + 3 * DAY)
    dates(works, order, start=4)
    approval.approve(order.revisions.get(), by=works.who["supervisor"])
    works.send(order.revisions.get())
    works.returned(order.revisions.get())
    works.pay(order, order.revisions.get().deposit_due, "deposit")
    chain.release(order.revisions.get(), by=works.who["customer_service"])
    assert not Anomaly.objects.exists()


def dates(works: Works, order: Order, start: int, text: str = "") -> None:
    [row] = order.revisions.get().lines.all()
    word = DateWord(row.line_id, today() + 9 * DAY, today() + start * DAY, row.to_make, text)
    sign_dates(order.revisions.get(), by=works.who["production"], words=[word])


def test_a_start_before_the_stated_arrival_wants_words() -> None:
    works = Works()
    order = works.submitted(works.line("100"))
    works.state_short(order, "100", today() + 3 * DAY)
    kept = StatedMaterial.objects.get()
    assert (kept.free, kept.short, kept.arrives_on) == (None, 100, today() + 3 * DAY)
    with pytest.raises(Refused, match="生产日早于到料"):
        dates(works, order, start=2)
    dates(works, order, start=2, text="先用客户来料")
    dates(works, order, start=3, text="到料即开工")


def test_the_earliest_start_waits_for_the_later_of_computed_and_stated_arrival() -> None:
    plant = Plant()
    order = plant.submitted()
    plant.technical(order)
    rows = list(newest(order).lines.select_related("product", "line"))
    word = MaterialWord(rows[0].line_id, "已订料", short=Decimal(100), arrives_on=today() + 3 * DAY)
    state_material(newest(order), by=plant.who["technical"], words=[word])

    def start(*computed: materials.Stated) -> int:
        (one,) = feasible.earliest(order, rows, {rows[0].line_id: list(computed)}, today()).values()
        return (one.start - today()).days  # type: ignore[operator]

    def short(arrives_on: date | None) -> materials.Stated:
        return materials.Stated(paper(), Decimal(100), Decimal(0), Decimal(100), arrives_on)

    assert start() == 3
    assert start(short(today() + 2 * DAY)) == 3
    assert start(short(today() + 6 * DAY)) == 6
    assert start(short(None)) == 3, "what was signed counts where nothing that is expected covers it"


def test_overdue_arrivals_cover_nothing() -> None:
    works = Works()
    expected = arrival(works.material, "100", today())
    order = works.submitted(works.line("100"))
    type(expected).objects.update(due_on=today() - DAY)
    rows = list(order.revision.lines.select_related("line"))  # type: ignore[union-attr]
    [[one]] = materials.stated(order.revision, rows, today()).values()  # type: ignore[arg-type]
    assert (one.short, one.arrives_on) == (100, None)


def test_a_statement_is_looked_at_again_as_often_as_one_likes() -> None:
    works = Works()
    one = lot(works.material, "100")
    order = works.approved(works.line("100"))
    lose(works, one, "1")
    gone = works.statement(order)
    by = works.who["technical"]
    outdate_statements(order, by=by, material_id=works.material.pk, reason="再看一次", put_off=False)
    assert works.statement(order) == gone

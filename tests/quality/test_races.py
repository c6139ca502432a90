"""Twenty at once on what is judged and in stock: nothing is freed, scrapped, withdrawn or signed twice (B2)."""

from decimal import Decimal

import pytest

from audit.errors import Refused
from orders.models import Order
from production.actions import excess
from production.models import Batch
from quality.actions import conceding, inspection, stock
from quality.models import Countersignature, InspectionRefusal, InspectionWithdrawal
from stock.models import Pallet
from stock.queries import wrong_balances
from tests.production.works import TICKS, Works, line_of
from tests.races import at_once, of_kind

pytestmark = pytest.mark.django_db(transaction=True)


def test_b2_an_excess_is_freed_once() -> None:
    works = Works()
    order = works.in_work()
    works.stock(works.judge(works.report(order, "130")))  # type: ignore[arg-type]
    given = {"by": works.who["customer_service"], "reason": "客户不要", "line_id": line_of(order).pk}
    outcomes = at_once(20, lambda _: excess.free_excess(order, quantity=Decimal(20), **given))
    assert len(of_kind(outcomes, Refused)) == 19
    assert (line_of(order).freed, Pallet.objects.get().free) == (20, 20)
    assert wrong_balances() == []


def test_b2_no_more_is_scrapped_than_lies_there() -> None:
    works = Works()
    order, _ = works.passed()
    pallet = Pallet.objects.get()
    given = {"by": works.who["quality"], "reason": "受潮", "line_id": line_of(order).pk, "pallet_id": pallet.pk}
    outcomes = at_once(20, lambda _: stock.scrap_goods(order, quantity=Decimal(30), **given))
    assert len(of_kind(outcomes, Refused)) == 17
    pallet.refresh_from_db()
    assert (line_of(order).scrapped, pallet.on_hand) == (90, 10)
    assert wrong_balances() == []


def test_b2_an_inspection_is_withdrawn_once() -> None:
    works = Works()
    order, batch = works.passed()
    withdraw = lambda _: inspection.withdraw_inspection(batch, by=works.who["quality"], reason="复检")  # noqa: E731
    assert len(of_kind(at_once(20, withdraw), Refused)) == 19
    line = line_of(order)
    assert (line.accepted, line.stocked, InspectionWithdrawal.objects.count()) == (0, 0, 1)
    assert wrong_balances() == []


def test_b2_a_batch_is_signed_beside_or_sent_back_and_never_both() -> None:
    works = Works()
    order, batch = works.finished()
    works.inspect(batch)
    by = works.who["customer_service"]

    def sign_or_refuse(index: int) -> None:
        if index % 2:
            inspection.countersign_batch(batch, by=by, **TICKS)
        else:
            conceding.refuse_countersign(batch, by=by, reason="标签不清")

    assert len(of_kind(at_once(20, sign_or_refuse), Refused)) == 19
    signed, refused = Countersignature.objects.count(), InspectionRefusal.objects.count()
    assert signed + refused == 1
    assert (Batch.objects.get().status, line_of(order).accepted) == (("accepted", 100) if signed else ("waiting", 0))


def test_two_who_put_parts_of_a_batch_in_stock_from_the_same_page_are_both_heard() -> None:
    works = Works()
    order = works.in_work()
    batch = works.judge(works.report(order))
    order.refresh_from_db()
    put = {"by": works.who["quality"], "seen": order.version, "pallets": [stock.Put(Decimal(40), 1)]}
    outcomes = at_once(2, lambda _: stock.receive_into_stock(batch, **put))
    assert len(of_kind(outcomes, Order)) == 2
    assert line_of(order).stocked == 80

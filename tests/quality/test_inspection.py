"""Inspection by two signatures, stock receipt, withdrawal, scrap and excess; 出库复检 (R23, R26)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from audit.errors import Blocked, Forbidden, Refused
from audit.models import Event
from documents.models import OutboxRow
from orders.actions import chain
from orders.models import Line, LineEntry, Order, Shipment, ShipmentLine
from orders.shares import restate
from production.actions import excess, making
from production.models import Batch, PalletReceived
from quality.actions import conceding, inspection, stock
from quality.actions.stock import Put
from quality.models import Countersignature, Inspection
from stock.actions import quarantine_lot, release_lot
from stock.models import Lot, Move, Pallet
from stock.queries import wrong_balances
from tests import people
from tests.production.works import TICKS, Works, blocked, line_of, owes, paper, unmet
from tests.shop import today

pytestmark = pytest.mark.django_db


def test_passing_waits_for_both_signatures_and_then_for_stock() -> None:
    works = Works()
    order, batch = works.finished()
    with pytest.raises(Blocked) as error:
        inspection.pass_quality(order, by=works.who["quality"])
    assert blocked(error.value) == {"inspected"}
    assert f"{batch.number} 待质检检验" in error.value.message
    assert owes(order, "inspected") == {"quality"}
    works.inspect(batch)
    assert owes(order, "inspected") == {"customer_service"}
    inspection.countersign_batch(batch, by=works.who["customer_service"], **TICKS)
    assert owes(order, "stocked") == {"quality"}
    assert "尚未入库" in unmet("pass_quality", works.fresh(order))["stocked"]
    batch.refresh_from_db()
    works.stock(batch)
    inspection.pass_quality(order, by=works.who["quality"])
    assert works.fresh(order).state == "SHIPPING"


def test_nothing_is_accepted_on_qualitys_word_alone() -> None:
    works = Works()
    order, batch = works.finished()
    works.inspect(batch)
    assert line_of(order).accepted == 0
    with pytest.raises(Refused, match="会签"):
        works.stock(Batch.objects.get(pk=batch.pk), "100")


def test_one_person_does_not_sign_for_both() -> None:
    works = Works()
    _, batch = works.finished()
    both = people.person("quality", "customer_service")
    works.who["quality"] = both
    works.inspect(batch)
    with pytest.raises(Refused, match="两人"):
        inspection.countersign_batch(batch, by=both, **TICKS)


def test_only_quality_inspects_and_only_customer_service_countersigns() -> None:
    works = Works()
    _, batch = works.finished()
    quality = works.who["quality"]
    works.who["quality"] = works.who["production"]
    with pytest.raises(Forbidden):
        works.inspect(batch)
    works.who["quality"] = quality
    works.inspect(batch)
    with pytest.raises(Forbidden):
        inspection.countersign_batch(batch, by=works.who["sales"], **TICKS)


@pytest.mark.parametrize("tick", ["quantity_ok", "appearance_ok", "packaging_ok", "label_ok"])
def test_what_fails_one_check_is_not_passed(tick: str) -> None:
    works = Works()
    _, batch = works.finished()
    with pytest.raises(Refused, match="逐项合格"):
        works.inspect(batch, **{tick: False})


@pytest.mark.parametrize(
    ("verdict", "given", "words"),
    [
        ("passed", {"sample_size": 0}, "抽样数"),
        ("passed", {"sample_size": 101}, "不能多于批量 100"),
        ("passed", {"measured": " "}, "实测"),
        ("passed", {"scrap": Decimal("100.5")}, "报废数"),
        ("passed", {"scrap": Decimal(100)}, "请选「报废」"),
        ("conceded", {"reason": ""}, "原因"),
        ("rework", {"reason": ""}, "原因"),
        ("fine", {}, "结论"),
    ],
)
def test_an_inspection_that_says_too_little_is_refused(verdict: str, given: dict[str, object], words: str) -> None:
    works = Works()
    _, batch = works.finished()
    with pytest.raises(Refused, match=words):
        works.inspect(batch, verdict, **given)


def test_a_concession_waits_for_who_signs_for_it_then_for_customer_service() -> None:
    works = Works()
    order, batch = works.finished()
    works.inspect(batch, "conceded")
    assert owes(order, "inspected") == {"cs_supervisor", "marketing_director"}
    with pytest.raises(Refused, match="尚未批准"):
        inspection.countersign_batch(batch, by=works.who["customer_service"], **TICKS)
    conceding.approve_concession(batch, by=works.who["marketing_director"], text="客户同意", paper=paper())
    assert owes(order, "inspected") == {"customer_service"}
    inspection.countersign_batch(batch, by=works.who["customer_service"], **TICKS)
    assert line_of(order).accepted == 100
    given = Inspection.objects.get()
    assert given.conceder == works.who["marketing_director"].name
    assert given.concession.paper is not None


def test_a_concession_of_an_order_still_in_work_is_on_the_same_two_lists() -> None:
    works = Works()
    order = works.in_work()
    batch = works.report(order, "40")
    assert batch is not None
    works.inspect(batch, "conceded")
    assert owes(order, "concession_signed") == {"cs_supervisor", "marketing_director"}
    conceding.approve_concession(batch, by=works.who["cs_supervisor"], text="不影响使用")
    assert owes(order, "concession_signed") == set()


def test_a_concession_is_signed_for_by_nobody_else_nor_by_the_inspector() -> None:
    works = Works()
    _, batch = works.finished()
    works.who["quality"] = people.person("quality", "cs_supervisor")
    works.inspect(batch, "conceded")
    with pytest.raises(Refused, match="检验员以外"):
        conceding.approve_concession(batch, by=works.who["quality"], text="可以")
    with pytest.raises(Forbidden):
        conceding.approve_concession(batch, by=works.who["customer_service"], text="可以")
    with pytest.raises(Refused, match="理由"):
        conceding.approve_concession(batch, by=works.who["cs_supervisor"], text=" ")


def test_a_concession_that_is_refused_is_judged_anew() -> None:
    works = Works()
    order, batch = works.finished()
    works.inspect(batch, "conceded")
    conceding.refuse_concession(batch, by=works.who["cs_supervisor"], reason="客户不收")
    assert owes(order, "inspected") == {"quality"}
    works.judge(batch, "scrap")
    assert Inspection.objects.filter(batch=batch, refusal__reason="客户不收").count() == 1


def test_customer_service_looks_for_itself_before_it_signs_beside() -> None:
    works = Works()
    _, batch = works.finished()
    works.inspect(batch)
    with pytest.raises(Refused, match="退回质检"):
        inspection.countersign_batch(batch, by=works.who["customer_service"], **{**TICKS, "label_ok": False})
    inspection.countersign_batch(batch, by=works.who["customer_service"], **TICKS)
    assert Countersignature.objects.get().label_ok is True


def test_what_customer_service_does_not_find_right_goes_back_to_quality() -> None:
    works = Works()
    order, batch = works.finished()
    works.inspect(batch)
    with pytest.raises(Refused, match="原因"):
        conceding.refuse_countersign(batch, by=works.who["customer_service"])
    conceding.refuse_countersign(batch, by=works.who["customer_service"], reason="箱标日期不对")
    assert owes(order, "inspected") == {"quality"}
    assert told_of(order, "inspection_refused") == {works.who["quality"].pk}
    works.judge(batch)
    assert line_of(order).accepted == 100


def test_a_batch_is_judged_once_and_countersigned_once() -> None:
    works = Works()
    _, batch = works.finished()
    works.judge(batch)
    with pytest.raises(Refused, match="不能再检验"):
        works.inspect(batch)
    with pytest.raises(Refused, match="不需会签"):
        inspection.countersign_batch(batch, by=works.who["customer_service"], **TICKS)


def test_scrap_leaves_something_to_make_and_sends_the_order_back() -> None:
    works = Works()
    order, batch = works.finished()
    works.judge(batch, scrap=Decimal(4))
    order, line = works.fresh(order), line_of(order)
    assert (line.accepted, line.scrapped, line.good) == (96, 4, 96)
    assert order.state == "PRODUCTION"
    assert owes(order, "quantity_made") == {"production", "customer_service"}


def test_scrap_within_the_tolerance_leaves_the_order_with_quality() -> None:
    works = Works()
    order, batch = works.finished(works.line(tolerance_minus=Decimal(5)))
    works.judge(batch, scrap=Decimal(4))
    assert works.fresh(order).state == "QUALITY"


def test_a_scrapped_batch_is_judged_and_made_again() -> None:
    works = Works()
    order, batch = works.finished()
    works.judge(batch, "scrap")
    assert Batch.objects.get(pk=batch.pk).status == "scrapped"
    again = works.report(order)
    works.stock(works.judge(again))  # type: ignore[arg-type]
    making.finish(order, by=works.who["production"])
    inspection.pass_quality(order, by=works.who["quality"])
    assert works.fresh(order).state == "SHIPPING"


def test_rework_sends_the_order_back_and_the_batch_is_judged_again() -> None:
    works = Works()
    order, batch = works.finished()
    works.inspect(batch, "rework")
    assert works.fresh(order).state == "PRODUCTION"
    works.rework(batch)
    making.finish(order, by=works.who["production"])
    assert owes(order, "inspected") == {"quality"}
    works.stock(works.judge(batch))
    inspection.pass_quality(order, by=works.who["quality"])
    assert Inspection.objects.filter(batch=batch).count() == 2


def test_a_batch_sent_back_is_not_finished_nor_judged_before_production_has_put_it_right() -> None:
    works = Works()
    order, batch = works.finished()
    works.inspect(batch, "rework")
    assert owes(order, "rework_done") == {"production"}
    with pytest.raises(Blocked, match=f"{batch.number} 返工未完成"):
        making.finish(works.fresh(order), by=works.who["production"])
    with pytest.raises(Refused, match="返工未完成"):
        works.inspect(Batch.objects.get(pk=batch.pk))
    works.rework(batch)
    assert owes(order, "rework_done") == set()
    assert (batch.status, batch.quantity) == ("waiting", 100)


def test_what_the_rework_spoils_is_scrap_to_be_made_again() -> None:
    works = Works()
    order, batch = works.finished()
    works.inspect(batch, "rework")
    works.rework(batch, scrap=Decimal(6))
    line = line_of(order)
    assert (batch.quantity, line.good, line.scrapped) == (94, 94, 6)
    assert owes(order, "quantity_made") == {"production", "customer_service"}
    works.stock(works.judge(batch))
    assert "inspected" not in unmet("pass_quality", works.fresh(order))


@pytest.mark.parametrize(
    ("given", "words"),
    [({"hours": Decimal(0)}, "工时"), ({"scrap": Decimal(101)}, "报废数"), ({"text": " "}, "做了什么")],
)
def test_a_rework_that_says_too_little_is_refused(given: dict[str, object], words: str) -> None:
    works = Works()
    _, batch = works.finished()
    works.inspect(batch, "rework")
    with pytest.raises(Refused, match=words):
        works.rework(batch, **given)


def test_only_production_reports_a_rework_and_only_of_a_batch_that_was_sent_back() -> None:
    works = Works()
    _, batch = works.finished()
    with pytest.raises(Refused, match="没有要登记的返工"):
        works.rework(batch)
    works.inspect(batch, "rework")
    works.who["production"] = works.who["quality"]
    with pytest.raises(Forbidden):
        works.rework(batch)


def test_rework_of_a_held_order_is_owed_by_nobody_and_recorded() -> None:
    works = Works()
    order, batch = works.finished()
    chain.hold(works.fresh(order), by=works.who["quality"], reason="待查")
    works.inspect(batch, "rework")
    assert (works.fresh(order).state, owes(order, "inspected")) == ("QUALITY", set()), "nothing is, while it is held"
    works.rework(batch)
    chain.resume(works.fresh(order), by=works.who["quality"])
    assert (works.fresh(order).state, owes(order, "inspected")) == ("QUALITY", {"quality"})


def test_production_and_the_desk_are_told_of_what_failed() -> None:
    works = Works()
    order, batch = works.finished()
    works.inspect(batch, "rework")
    told = {works.who[role].pk for role in ("production", "sales", "customer_service")}
    assert told_of(order, "inspection_failed") == told
    works.rework(batch)
    OutboxRow.objects.all().delete()
    works.judge(batch, "scrap")
    assert told_of(order, "inspection_failed") == told - {works.who["customer_service"].pk}


def told_of(order: Order, kind: str) -> set[int]:
    posts = OutboxRow.objects.filter(about=order.number, payload__kind=kind)
    return {post.payload["recipient"] for post in posts}


def test_quality_sends_back_with_a_reason_only() -> None:
    works = Works()
    order, _ = works.finished()
    with pytest.raises(Refused, match="原因"):
        inspection.rework(order, by=works.who["quality"])
    inspection.rework(order, by=works.who["quality"], reason="标签贴错")
    assert works.fresh(order).state == "PRODUCTION"


def test_a_held_order_is_not_passed() -> None:
    works = Works()
    order, batch = works.finished()
    works.stock(works.judge(batch))
    chain.hold(works.fresh(order), by=works.who["quality"], reason="待查")
    with pytest.raises(Blocked, match="暂停"):
        inspection.pass_quality(order, by=works.who["quality"])


def test_a_withdrawal_under_a_hold_sends_the_order_back_when_it_is_resumed() -> None:
    works = Works()
    order, batch = works.passed()
    by = works.who["quality"]
    chain.hold(works.fresh(order), by=by, reason="待查")
    inspection.withdraw_inspection(batch, by=by, reason="复检不合格")
    assert works.fresh(order).state == "SHIPPING"
    chain.resume(works.fresh(order), by=by)
    assert works.fresh(order).state == "PRODUCTION"
    making.finish(works.fresh(order), by=works.who["production"])
    assert owes(order, "inspected") == {"quality"}


def test_scrap_countersigned_under_a_hold_is_made_again_when_the_order_is_resumed() -> None:
    works = Works()
    order, batch = works.finished()
    by = works.who["quality"]
    works.inspect(batch, "scrap")
    chain.hold(works.fresh(order), by=by, reason="待查")
    inspection.countersign_batch(batch, by=works.who["customer_service"], **TICKS)
    assert works.fresh(order).state == "QUALITY"
    chain.resume(works.fresh(order), by=by)
    assert works.fresh(order).state == "PRODUCTION"
    assert owes(order, "quantity_made") == {"production", "customer_service"}


def test_a_resumed_order_that_lacks_nothing_stays_where_it_is() -> None:
    works = Works()
    order, _ = works.finished()
    by = works.who["quality"]
    chain.hold(works.fresh(order), by=by, reason="待查")
    chain.resume(works.fresh(order), by=by)
    assert works.fresh(order).state == "QUALITY"


# Stock


def test_received_goods_lie_on_released_pallets_reserved_for_their_line() -> None:
    works = Works()
    order, batch = works.finished()
    works.judge(batch)
    puts = [Put(Decimal(60), 3), Put(Decimal(40), 2, "T-77")]
    stock.receive_into_stock(batch, by=works.who["quality"], pallets=puts)
    lot = Lot.objects.get(number=batch.number)
    assert (lot.status, lot.product) == ("released", works.product)
    assert [(p.number, p.on_hand, p.reserved) for p in lot.pallets.all()] == [
        (f"{batch.number}-01", 60, 60),
        ("T-77", 40, 40),
    ]
    assert line_of(order).stocked == 100
    assert wrong_balances() == []


def test_a_pallet_is_handed_in_as_it_was_counted_and_kept_with_its_weight() -> None:
    """A roll of 80 mm × 50 m at 55 g/m² has 4 m² and weighs 0.22 kg."""
    works = Works()
    type(works.product).objects.filter(pk=works.product.pk).update(width_mm=80, length_m=50, grammage=55)
    order, batch = works.finished()
    works.judge(batch)
    puts = [
        Put(Decimal(11), 50, unit="kg"),
        Put(Decimal(100), 25, unit="m²"),
        Put(Decimal(25), 25, weighed_kg=Decimal("5.6")),
    ]
    stock.receive_into_stock(batch, by=works.who["quality"], pallets=puts)
    assert [pallet.on_hand for pallet in Pallet.objects.order_by("pk")] == [50, 25, 25]
    kept = PalletReceived.objects.values_list("quantity", "unit", "weighed_kg")
    assert list(kept) == [(11, "kg", 11), (100, "m²", None), (25, "卷", Decimal("5.6"))]
    assert line_of(order).stocked == 100


def test_a_unit_that_the_specification_does_not_tell_in_the_lines_is_refused() -> None:
    works = Works()
    type(works.product).objects.filter(pk=works.product.pk).update(grammage=None)
    _, batch = works.finished()
    works.judge(batch)
    with pytest.raises(Refused, match="折算成 卷，请按 卷 填写"):
        stock.receive_into_stock(batch, by=works.who["quality"], pallets=[Put(Decimal(1), 1, unit="kg")])


def test_part_of_a_batch_is_received_and_later_the_rest_but_no_more() -> None:
    works = Works()
    order, batch = works.finished()
    works.judge(batch)
    works.stock(batch, "70")
    assert "stocked" in unmet("pass_quality", works.fresh(order))
    with pytest.raises(Refused, match="待入库只有 30"):
        works.stock(batch, "31")
    works.stock(batch, "30")
    assert "stocked" not in unmet("pass_quality", works.fresh(order))


def test_batches_of_an_order_still_in_work_are_judged_and_received() -> None:
    works = Works()
    order = works.in_work()
    batch = works.report(order, "40")
    works.stock(works.judge(batch))  # type: ignore[arg-type]
    assert (works.fresh(order).state, line_of(order).stocked) == ("PRODUCTION", 40)


def test_only_quality_receives() -> None:
    works = Works()
    _, batch = works.finished()
    works.judge(batch)
    with pytest.raises(Forbidden):
        stock.receive_into_stock(batch, by=works.who["warehouse"], pallets=[Put(Decimal(100), 1)])


# Withdrawal


def test_a_withdrawn_inspection_is_counter_posted_and_the_order_goes_back() -> None:
    works = Works()
    order, batch = works.passed()
    inspection.withdraw_inspection(batch, by=works.who["quality"], reason="复检不合格")
    order, line = works.fresh(order), line_of(order)
    assert (order.state, line.accepted, line.stocked, line.made) == ("PRODUCTION", 0, 0, 100)
    assert Lot.objects.get(number=batch.number).status == "quarantined"
    assert Pallet.objects.get().on_hand == 0
    assert LineEntry.objects.filter(line=line, quantity__lt=0).count() == 2
    assert wrong_balances() == []


def test_withdrawn_goods_leave_the_stocks_books_without_counting_as_scrap() -> None:
    works = Works()
    _, batch = works.passed()
    inspection.withdraw_inspection(batch, by=works.who["quality"], reason="复检")
    kinds = set(Move.objects.filter(pallet__lot__number=batch.number).values_list("kind", flat=True))
    assert "taken_back" in kinds and "written_off" not in kinds


def test_withdrawn_goods_are_judged_and_received_again() -> None:
    works = Works()
    order, batch = works.passed()
    inspection.withdraw_inspection(batch, by=works.who["quality"], reason="复检")
    making.finish(order, by=works.who["production"])
    batch.refresh_from_db()
    works.stock(works.judge(batch))
    inspection.pass_quality(order, by=works.who["quality"])
    assert Lot.objects.get(number=batch.number).status == "released"
    assert line_of(order).stocked == 100


def test_a_lot_that_quality_holds_back_is_not_released_by_receiving_the_rest_of_its_batch() -> None:
    works = Works()
    _, batch = works.finished()
    works.stock(works.judge(batch), "70")
    lot, by = Lot.objects.get(number=batch.number), works.who["quality"]
    quarantine_lot(lot, by=by, reason="客户反映粘性不足")
    with pytest.raises(Refused, match="已隔离，请先放行"):
        works.stock(batch, "30")
    release_lot(lot, by=by)
    works.stock(batch, "30")
    assert Pallet.objects.filter(lot=lot).count() == 2


def test_a_release_by_receiving_is_kept_on_the_lot() -> None:
    works = Works()
    _, batch = works.passed()
    inspection.withdraw_inspection(batch, by=works.who["quality"], reason="复检")
    batch.refresh_from_db()
    works.stock(works.judge(batch))
    said = Event.objects.filter(subject_kind="lot").order_by("seq").values_list("action", "from_state", "to_state")
    assert list(said) == [
        ("withdraw_inspection", "released", "quarantined"),
        ("receive_into_stock", "quarantined", "released"),
    ]


def test_a_withdrawal_has_a_reason_and_something_to_withdraw() -> None:
    works = Works()
    _, batch = works.finished()
    with pytest.raises(Refused, match="原因"):
        inspection.withdraw_inspection(batch, by=works.who["quality"])
    with pytest.raises(Refused, match="尚未检验"):
        inspection.withdraw_inspection(batch, by=works.who["quality"], reason="x")


def test_goods_on_a_drafted_shipment_are_not_withdrawn_under_it() -> None:
    works = Works()
    order, batch = works.passed()
    shipment(works, order)
    with pytest.raises(Refused, match="发货单"):
        inspection.withdraw_inspection(batch, by=works.who["quality"], reason="复检")


# Too many, no good any more


def test_excess_in_stock_is_freed_and_opens_the_gate() -> None:
    works = Works()
    order = works.in_work()
    batch = works.report(order, "130")
    works.stock(works.judge(batch))  # type: ignore[arg-type]
    line = line_of(order)
    excess.free_excess(
        works.fresh(order), by=works.who["customer_service"], reason="客户不要", line_id=line.pk, quantity=Decimal(30)
    )
    line.refresh_from_db()
    assert (line.good, line.freed) == (100, 30)
    assert Pallet.objects.get().free == 30
    assert making.finish(order, by=works.who["production"]).state == "QUALITY"


def test_only_what_is_beyond_the_order_and_in_stock_is_freed() -> None:
    works = Works()
    order = works.in_work()
    works.report(order, "130")
    line, by = line_of(order), works.who["customer_service"]
    with pytest.raises(Refused, match="先检验入库"):
        excess.free_excess(works.fresh(order), by=by, reason="x", line_id=line.pk, quantity=Decimal(30))
    with pytest.raises(Refused, match="超出订货数量 30"):
        excess.free_excess(works.fresh(order), by=by, reason="x", line_id=line.pk, quantity=Decimal(31))


def test_goods_on_an_open_shipment_are_not_freed_from_under_it() -> None:
    works = Works()
    order = works.in_work()
    batch = works.judge(works.report(order, "130"))  # type: ignore[arg-type]
    puts = [Put(Decimal(60), 3), Put(Decimal(70), 4)]
    stock.receive_into_stock(batch, by=works.who["quality"], pallets=puts)
    older, newer = Pallet.objects.order_by("pk")
    going = shipment(works, works.fresh(order), pallet=newer, quantity=Decimal(70))
    free = {"by": works.who["customer_service"], "reason": "客户不要", "line_id": line_of(order).pk}
    excess.free_excess(works.fresh(order), quantity=Decimal(30), **free)
    older.refresh_from_db()
    newer.refresh_from_db()
    assert (older.free, newer.free) == (30, 0)
    assert "lots_released" not in unmet("issue_notice", going)


def test_excess_that_is_all_on_an_open_shipment_says_what_to_do() -> None:
    works = Works()
    order = works.in_work()
    works.stock(works.judge(works.report(order, "130")))  # type: ignore[arg-type]
    shipment(works, works.fresh(order), quantity=Decimal(120))
    free = {"by": works.who["customer_service"], "reason": "客户不要", "line_id": line_of(order).pk}
    with pytest.raises(Refused, match="只有 10，请先从待发的发货单上移去"):
        excess.free_excess(works.fresh(order), quantity=Decimal(30), **free)


def test_goods_scrapped_in_stock_are_made_again() -> None:
    works = Works()
    order, _ = works.passed()
    line, pallet = line_of(order), Pallet.objects.get()
    stock.scrap_goods(
        order, by=works.who["quality"], reason="受潮", line_id=line.pk, pallet_id=pallet.pk, quantity=Decimal(8)
    )
    line.refresh_from_db()
    pallet.refresh_from_db()
    assert (line.good, line.accepted, line.stocked, line.scrapped) == (92, 92, 92, 8)
    assert (pallet.on_hand, pallet.reserved) == (92, 92)
    assert works.fresh(order).state == "PRODUCTION"
    assert "inspected" not in unmet("pass_quality", works.fresh(order))
    assert wrong_balances() == []


def test_no_more_is_scrapped_than_lies_there() -> None:
    works = Works()
    order, _ = works.passed()
    line, pallet = line_of(order), Pallet.objects.get()
    with pytest.raises(Refused, match="只有 100"):
        stock.scrap_goods(
            order, by=works.who["quality"], reason="x", line_id=line.pk, pallet_id=pallet.pk, quantity=Decimal(101)
        )


# lots_released, 出库复检


def shipment(
    works: Works,
    order: Order,
    *,
    from_stock: bool = False,
    pallet: Pallet | None = None,
    quantity: Decimal = Decimal(100),
) -> Shipment:
    made = Shipment.objects.create(
        number=f"FH-{order.pk}",
        customer=order.customer,
        receiver="李收货",
        phone="1",
        address="苏州",
        way="freight",
        created_at=timezone.now(),
    )
    line = Line.objects.get(order=order)
    ShipmentLine.objects.create(
        shipment=made, line=line, pallet=pallet or Pallet.objects.get(), quantity=quantity, from_stock=from_stock
    )
    restate(made)
    made.save()
    return made


def test_goods_made_for_the_order_and_received_may_go() -> None:
    works = Works()
    order, _ = works.passed()
    assert "lots_released" not in unmet("issue_notice", shipment(works, order))


def test_a_pallet_of_nobody_on_the_shipment_is_held() -> None:
    works = Works()
    order, _ = works.passed()
    works.passed()
    foreign = Pallet.objects.order_by("-pk")[0]
    held = unmet("issue_notice", shipment(works, order, pallet=foreign))["lots_released"]
    assert held == f"托盘 {foreign.number} 不属于单上的订单，请改选。"


def test_a_lot_in_quarantine_is_held() -> None:
    works = Works()
    order, _ = works.passed()
    going = shipment(works, order)
    Lot.objects.update(status="quarantined")
    assert "未经质检放行" in unmet("issue_notice", going)["lots_released"]


def test_goods_from_stock_wait_for_the_outgoing_check_of_what_goes_out_now() -> None:
    works = Works()
    order, _ = works.passed()
    going = shipment(works, order, from_stock=True)
    assert "出库复检" in unmet("issue_notice", going)["lots_released"]
    ticks = {"lot_ok": True, "shelf_ok": True, "packing_ok": True, "label_ok": True}
    with pytest.raises(Refused, match="逐项合格"):
        inspection.sign_outgoing(going, by=works.who["quality"], **{**ticks, "shelf_ok": False})
    inspection.sign_outgoing(going, by=works.who["quality"], **ticks)
    assert "lots_released" not in unmet("issue_notice", going)
    Shipment.objects.filter(pk=going.pk).update(digest="now another")
    assert "lots_released" in unmet("issue_notice", going)


def test_the_outgoing_check_of_a_lot_past_its_shelf_life_is_refused() -> None:
    works = Works()
    order, _ = works.passed()
    going = shipment(works, order, from_stock=True)
    ticks = {"lot_ok": True, "shelf_ok": True, "packing_ok": True, "label_ok": True}
    Lot.objects.update(made_on=today() - timedelta(days=9), shelf_until=today() - timedelta(days=1))
    with pytest.raises(Refused, match="已过保质期"):
        inspection.sign_outgoing(going, by=works.who["quality"], **ticks)
    Lot.objects.update(shelf_until=today())
    inspection.sign_outgoing(going, by=works.who["quality"], **ticks)


def test_only_quality_signs_the_outgoing_check_and_only_for_goods_from_stock() -> None:
    works = Works()
    order, _ = works.passed()
    going = shipment(works, order)
    ticks = {"lot_ok": True, "shelf_ok": True, "packing_ok": True, "label_ok": True}
    with pytest.raises(Forbidden):
        inspection.sign_outgoing(going, by=works.who["warehouse"], **ticks)
    with pytest.raises(Refused, match="没有现货"):
        inspection.sign_outgoing(going, by=works.who["quality"], **ticks)


def test_every_signature_is_kept_with_its_person() -> None:
    works = Works()
    _, batch = works.finished()
    works.judge(batch)
    assert Inspection.objects.get().by == works.who["quality"]
    assert Countersignature.objects.get().by == works.who["customer_service"]

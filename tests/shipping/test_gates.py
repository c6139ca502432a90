"""Each gate refuses with its own words while unmet, and lets pass once met (rules.md, the chain)."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from audit.errors import Blocked, Forbidden, Refused
from documents.models import OutboxRow
from flow import overdue
from flow.gates import registry
from flow.models import Owed
from flow.owed import differences, refresh
from home.todo import owed
from orders.actions.house import change_house_rules
from orders.filing import files_of
from orders.models import ConfirmationReturn, EntryKind, HouseRules, LineEntry, Order, Revision, Shipment, Signed
from orders.tasks import reread_owed
from shipping import actions, queries
from shipping.models import TroubleTold
from shipping.tasks import look_at_the_clock
from tests import people
from tests.shipping.test_dispatch import paper
from tests.shipping.test_pages import get, post
from tests.shipping.yard import Yard, way, words_of

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


def unmet(bolt: str, subject: Any) -> dict[str, str]:
    return {gate.code: gate.message for gate in registry.unmet(bolt, subject)}


def owes(what: str) -> set[str]:
    return set(Owed.objects.open().filter(what=what).values_list("role", flat=True))


# --- stock_reserved -----------------------------------------------------------------------------------------------


def test_approval_waits_until_the_warehouse_has_reserved_the_stock_part() -> None:
    yard = Yard()
    order = yard.submitted(yard.line("100", from_stock=Decimal(60)))
    assert unmet("approve", order.revision)["stock_reserved"] == (
        "第 1 行应预留 60 卷，已预留 0。请仓库按现货数量预留。"
    )
    assert owes("stock_reserved") == {"warehouse"}
    pallet, line = yard.lying("80"), order.lines.get()
    actions.reserve_stock(order.revision, by=yard.who["warehouse"], picks=[(line, pallet, Decimal(60))])
    assert "stock_reserved" not in unmet("approve", order.revision)
    assert owes("stock_reserved") == set()
    line.refresh_from_db()
    pallet.refresh_from_db()
    assert (line.reserved, pallet.reserved) == (60, 60)


def test_stock_reserved_for_more_than_the_terms_say_blocks_too() -> None:
    yard = Yard()
    order = yard.submitted(yard.line("100", from_stock=Decimal(60)))
    line, pallet = order.lines.get(), yard.lying("80")
    actions.reserve_stock(order.revision, by=yard.who["warehouse"], picks=[(line, pallet, Decimal(60))])
    order.revision.lines.update(from_stock=50)
    assert "stock_reserved" in unmet("approve", order.revision)
    actions.release_reservation(order.revision, by=yard.who["warehouse"], picks=[(line, pallet, Decimal(10))])
    assert "stock_reserved" not in unmet("approve", order.revision)


def test_a_dropped_lines_reservation_has_to_be_freed() -> None:
    yard = Yard()
    order = yard.submitted(yard.line("10", from_stock=Decimal(10)), yard.line("20"))
    line, pallet = order.lines.first(), yard.lying("10")
    actions.reserve_stock(order.revision, by=yard.who["warehouse"], picks=[(line, pallet, Decimal(10))])
    order.revision.lines.filter(line=line).delete()
    assert "stock_reserved" in unmet("approve", order.revision)


@pytest.mark.parametrize(
    ("status", "shelf", "says"),
    [("quarantined", None, "须质检放行"), ("scrapped", None, "须质检放行"), ("released", -1, "已过期")],
)
def test_only_released_goods_within_their_shelf_life_are_reserved(status: str, shelf: int | None, says: str) -> None:
    yard = Yard()
    order = yard.submitted(yard.line("10", from_stock=Decimal(10)))
    lot = {"shelf_until": timezone.localdate() + timedelta(days=shelf)} if shelf else {}
    pallet = yard.lying("10", **lot)
    type(pallet.lot).objects.filter(pk=pallet.lot_id).update(status=status)
    with pytest.raises(Refused, match=says):
        actions.reserve_stock(
            order.revision, by=yard.who["warehouse"], picks=[(order.lines.get(), pallet, Decimal(10))]
        )


def test_no_more_is_reserved_than_the_stock_part_and_never_another_product() -> None:
    yard, other = Yard(), Yard()
    order = yard.submitted(yard.line("100", from_stock=Decimal(60)))
    line = order.lines.get()
    with pytest.raises(Refused, match="还需预留 60"):
        actions.reserve_stock(order.revision, by=yard.who["warehouse"], picks=[(line, yard.lying("80"), Decimal(61))])
    with pytest.raises(Refused, match="不是第 1 行的产品"):
        actions.reserve_stock(order.revision, by=yard.who["warehouse"], picks=[(line, other.lying("80"), Decimal(1))])


def test_cancelling_gives_reserved_stock_back() -> None:
    from orders.actions.chain import cancel

    yard = Yard()
    order = yard.submitted(yard.line("100", from_stock=Decimal(60)))
    pallet, line = yard.lying("80"), order.lines.get()
    actions.reserve_stock(order.revision, by=yard.who["warehouse"], picks=[(line, pallet, Decimal(60))])
    cancel(yard.fresh(order), by=yard.who["customer_service"], reason="客户撤单")
    pallet.refresh_from_db()
    line.refresh_from_db()
    assert (pallet.reserved, line.reserved) == (0, 0)


# --- may_ship -----------------------------------------------------------------------------------------------------


def test_a_part_does_not_leave_where_the_order_is_to_go_at_once() -> None:
    yard = Yard()
    order = yard.released(state="SHIPPING", split_allowed=False)
    line, pallet = yard.stocked(order)
    part = yard.drafted((line, pallet, "60"))
    assert "不允许分批" in unmet("issue_notice", part)["may_ship"]
    assert owes("may_ship") == {"customer_service"}
    actions.cancel_shipment(part, by=yard.who["customer_service"], reason="改为一次发清")
    assert "may_ship" not in unmet("issue_notice", yard.drafted((line, pallet, "100")))


def test_nothing_leaves_before_all_is_made_where_the_order_is_to_go_at_once() -> None:
    yard = Yard()
    order = yard.released(split_allowed=False)
    shipment = yard.drafted((*yard.stocked(order), "100"))
    assert "may_ship" in unmet("issue_notice", shipment)
    yard.walk(order, "QUALITY", "SHIPPING")
    assert "may_ship" not in unmet("issue_notice", shipment)


def test_an_order_no_longer_released_holds_its_shipment_by_name() -> None:
    yard = Yard()
    order = yard.released(state="SHIPPING")
    shipment = yard.drafted((*yard.stocked(order), "100"))
    yard.walk(order, "COMPLETED")
    assert f"{order.number}（已完成）" in unmet("issue_notice", shipment)["may_ship"]


# --- shipment_checked, notice_issued ------------------------------------------------------------------------------


def test_the_check_comes_after_finances_word_and_a_new_word_wants_a_new_check() -> None:
    yard = Yard()
    shipment = yard.drafted((*yard.stocked(yard.released()), "40"))
    assert owes("shipment_checked") == set()
    with pytest.raises(Refused, match="款项尚未落实"):
        actions.check_shipment(shipment, by=yard.who["customer_service"])
    yard.checked(shipment)
    assert "shipment_checked" not in unmet("issue_notice", shipment)
    yard.settled(shipment)
    assert "shipment_checked" in unmet("issue_notice", shipment)


def test_the_house_may_want_another_person_for_the_check() -> None:
    yard = Yard()
    HouseRules.objects.update_or_create(pk=1, defaults={"second_checker": True})
    shipment = yard.settled(yard.drafted((*yard.stocked(yard.released()), "40")))
    with pytest.raises(Forbidden, match="以外的另一位"):
        actions.check_shipment(shipment, by=yard.who["customer_service"])
    actions.check_shipment(shipment, by=people.person("customer_service"), text="客户来电改送")
    assert "shipment_checked" not in unmet("issue_notice", shipment)


def test_whoever_changed_a_shipment_last_does_not_check_it_and_has_it_on_no_list() -> None:
    yard, second = Yard(), people.person("customer_service")
    HouseRules.objects.update_or_create(pk=1, defaults={"second_checker": True})
    shipment = yard.drafted((*yard.stocked(yard.released()), "40"))
    row = shipment.lines.get()
    load = {"loads": [(row.line, row.pallet, row.quantity)]}
    actions.edit_shipment(shipment, by=second, remark="请走北门", **load)
    assert shipment.drafter.by == yard.who["customer_service"], "nothing that the check judges was changed"
    actions.edit_shipment(shipment, by=second, address="苏州市星湖街 2 号", **load)
    yard.settled(Shipment.objects.get(pk=shipment.pk))
    refresh([shipment], at=timezone.now())
    listed = {
        user: owed(user).filter(what="shipment_checked").exists() for user in (second, yard.who["customer_service"])
    }
    assert listed == {second: False, yard.who["customer_service"]: True}
    with pytest.raises(Forbidden, match="改单人以外的另一位"):
        actions.check_shipment(shipment, by=second)
    actions.check_shipment(shipment, by=yard.who["customer_service"], text="客户来电改送")
    assert "shipment_checked" not in unmet("issue_notice", shipment)


def test_without_a_notice_nothing_leaves() -> None:
    yard = Yard()
    shipment = yard.checked(yard.drafted((*yard.stocked(yard.released()), "40")))
    with pytest.raises(Blocked, match="尚无发货通知单"):
        actions.dispatch(shipment, by=yard.who["warehouse"], **way())
    shipment = actions.issue_notice(shipment, by=yard.who["customer_service"])
    assert yard.dispatched(shipment).state == "dispatched"


def test_a_price_changed_since_the_draft_is_noticed() -> None:
    yard = Yard()
    order = yard.released()
    shipment = yard.with_notice((*yard.stocked(order), "40"))
    order.revision.lines.update(price=Decimal(11))
    with pytest.raises(Refused, match="货值不再一致"):
        yard.dispatched(shipment)


# --- emergency ----------------------------------------------------------------------------------------------------


def emergency(yard: Yard, shipment: Shipment, **options: Any) -> Shipment:
    order = actions.order_emergency
    return order(shipment, by=yard.who["cs_supervisor"], reason="客户停线待料", **options)  # type: ignore[no-any-return]


def test_in_an_emergency_goods_leave_first_and_the_paper_follows() -> None:
    yard = Yard()
    order = yard.released(state="SHIPPING")
    shipment = yard.dispatched(emergency(yard, yard.checked(yard.drafted((*yard.stocked(order), "100")))))
    owed = Owed.objects.open().get(what="paper_owed")
    assert owed.role == "customer_service" and owed.due > timezone.now()
    assert "receipt_filed" in unmet("complete", order)
    shipment = actions.issue_notice(shipment, by=yard.who["customer_service"])
    assert shipment.noticed_at and shipment.state == "dispatched"
    assert owes("paper_owed") == set()
    with pytest.raises(Refused, match="无需补开"):
        actions.issue_notice(shipment, by=yard.who["customer_service"])


def test_an_emergency_stands_for_the_notice_and_for_nothing_else() -> None:
    yard = Yard()
    shipment = emergency(yard, yard.drafted((*yard.stocked(yard.released()), "40")))
    assert set(unmet("dispatch", shipment)) == {"payment_cleared", "shipment_checked"}


def test_an_edit_after_the_emergency_order_wants_a_new_one() -> None:
    yard = Yard()
    line, pallet = yard.stocked(yard.released())
    shipment = emergency(yard, yard.drafted((line, pallet, "40")))
    shipment = actions.edit_shipment(shipment, by=yard.who["customer_service"], loads=[(line, pallet, Decimal(41))])
    assert shipment.emergency_at is None
    assert "notice_issued" in unmet("dispatch", shipment)


def test_the_next_emergency_is_refused_while_an_earlier_paper_is_overdue() -> None:
    yard = Yard()
    line, pallet = yard.stocked(yard.released())
    first = emergency(yard, yard.drafted((line, pallet, "10")), at=timezone.now() - timedelta(days=14))
    second = yard.drafted((line, pallet, "20"))
    with pytest.raises(Forbidden, match="逾期未补"):
        emergency(yard, second)
    yard.checked(first)
    actions.issue_notice(first, by=yard.who["customer_service"])
    assert emergency(yard, second).emergency_at


def test_whether_a_paper_was_overdue_is_judged_by_when_the_order_was_given() -> None:
    """Recorded a fortnight late: on that day the earlier paper was not overdue yet."""
    yard = Yard()
    line, pallet = yard.stocked(yard.released())
    given = timezone.now() - timedelta(days=14)
    emergency(yard, yard.drafted((line, pallet, "10")), at=given)
    assert emergency(yard, yard.drafted((line, pallet, "20")), at=given + timedelta(hours=1)).emergency_at


def test_yesterdays_emergency_is_not_overdue_yet() -> None:
    yard = Yard()
    line, pallet = yard.stocked(yard.released())
    emergency(yard, yard.drafted((line, pallet, "10")))
    assert emergency(yard, yard.drafted((line, pallet, "20"))).emergency_at


# --- return_filed -------------------------------------------------------------------------------------------------


def test_an_early_started_order_ships_after_its_return_or_the_supervisors_reason() -> None:
    yard = Yard()
    order = yard.released(early=True)
    shipment = yard.with_notice((*yard.stocked(order), "40"))
    assert order.number in unmet("dispatch", shipment)["return_filed"]
    assert owes("return_filed") == {"cs_supervisor"}
    with pytest.raises(Refused, match="请写明"):
        actions.waive_return(order, by=yard.who["cs_supervisor"])
    actions.waive_return(order, by=yard.who["cs_supervisor"], reason="客户盖章人出差，周五补")
    assert "return_filed" not in unmet("dispatch", shipment)
    Revision.objects.filter(order=order).update(print_digest="changed")
    assert "return_filed" in unmet("dispatch", shipment)


def test_a_verified_return_opens_the_gate() -> None:
    yard = Yard()
    order = yard.released(early=True)
    shipment = yard.with_notice((*yard.stocked(order), "40"))
    ConfirmationReturn.objects.create(
        revision=order.revision,
        received_at=timezone.now(),
        recorded_at=timezone.now(),
        signer=yard.contact,
        verdict="accepted",
    )
    assert "return_filed" not in unmet("dispatch", shipment)


# --- the order's own ----------------------------------------------------------------------------------------------


def test_an_order_is_whole_when_all_is_shipped_delivered_and_receipted() -> None:
    yard = Yard()
    order = yard.released(state="SHIPPING")
    line, pallet = yard.stocked(order)
    assert unmet("complete", order)["all_shipped"] == "第 1 行尚有 100 未发。请安排发货，或按客户书面意见短结。"
    shipment = yard.sent_off((line, pallet, "100"))
    found = unmet("complete", order)
    assert "all_shipped" not in found and "第 1 行尚有 100 在途" in found["delivered"]
    yard.arrived(shipment)
    found = unmet("complete", order)
    assert "delivered" not in found and "回单" in found["receipt_filed"]
    shipment.refresh_from_db()
    actions.file_receipt(
        shipment,
        by=yard.who["customer_service"],
        signer="李收货",
        signed_at=timezone.now(),
        condition="short",
        paper=paper(),
    )
    assert not {"all_shipped", "delivered", "receipt_filed"} & set(unmet("complete", order))


def test_what_has_been_shipped_keeps_an_order_from_being_cancelled() -> None:
    yard = Yard()
    order = yard.released()
    assert "nothing_shipped" not in unmet("cancel_released", order)
    yard.sent_off((*yard.stocked(order), "40"))
    assert unmet("cancel_released", order)["nothing_shipped"] == "已发货的订单不能取消，请对余量短结后完成。"


# --- duties -------------------------------------------------------------------------------------------------------


def test_dispatch_begins_the_duties_and_each_ends_with_its_deed() -> None:
    yard = Yard()
    shipment = yard.sent_off((*yard.stocked(yard.released()), "40"))
    assert (owes("terms_repeated"), owes("advice_sent_and_called")) == ({"warehouse"}, {"customer_service"})
    actions.repeat_terms(shipment, by=yard.who["warehouse"], to="司机")
    actions.check_advice(shipment, by=yard.who["customer_service"], text="与确认书相符")
    actions.send_advice(shipment, by=yard.who["customer_service"], way="fax")
    assert owes("terms_repeated") == set() and owes("advice_sent_and_called") == {"customer_service"}
    actions.record_advice_heard(shipment, by=yard.who["customer_service"], heard="王经理")
    assert owes("advice_sent_and_called") == set()


def test_the_arrival_is_looked_for_at_its_time_until_it_is_known() -> None:
    yard = Yard()
    shipment = yard.sent_off((*yard.stocked(yard.released()), "40"))
    look_at_the_clock()
    assert owes("arrival_check") == set()
    Shipment.objects.filter(pk=shipment.pk).update(check_at=timezone.now() - timedelta(minutes=1))
    look_at_the_clock()
    assert owes("arrival_check") == {"customer_service"}
    tomorrow = timezone.now() + timedelta(days=1)
    actions.record_trouble(shipment, by=yard.who["logistics"], words="高速封路", check_at=tomorrow, told_customer=True)
    assert owes("arrival_check") == set()
    assert list(differences()) == []


@pytest.mark.parametrize("rule", ["second_checker", "scan_to_dispatch"])
def test_a_house_rule_that_a_gate_reads_has_open_shipments_read_again(rule: str) -> None:
    yard = Yard()
    checked = yard.checked(yard.drafted((*yard.stocked(yard.released()), "40")))
    actions.issue_notice(yard.checked(yard.drafted((*yard.stocked(yard.released()), "40"))), by=checked.created_by)
    change_house_rules(HouseRules.current(), by=yard.who["admin"], reason="试行", **{rule: True})
    assert list(differences())
    for row in OutboxRow.objects.filter(channel="owed_reread", payload__has_key="house"):
        reread_owed(row.payload)
    assert list(differences()) == []


def test_a_house_rule_that_no_gate_reads_asks_for_nothing() -> None:
    yard = Yard()
    change_house_rules(HouseRules.current(), by=yard.who["admin"], reason="试行", return_chase_days=4)
    assert not OutboxRow.objects.filter(payload__has_key="house").exists()


def test_an_emergencys_missing_paper_is_chased_on_the_next_working_day_and_then_told_upwards() -> None:
    yard = Yard()
    friday = datetime(2026, 3, 6, 16, 0, tzinfo=SHANGHAI)
    shipment = yard.settled(yard.drafted((*yard.stocked(yard.released()), "40")))
    actions.order_emergency(shipment, by=yard.who["cs_supervisor"], reason="客户停线", at=friday)
    row = Owed.objects.open().get(what="paper_owed")
    assert (row.role, row.due) == ("customer_service", datetime(2026, 3, 9, 17, 30, tzinfo=SHANGHAI))

    def told(now: datetime) -> list[int]:
        before = set(OutboxRow.objects.values_list("pk", flat=True))
        overdue.tell(now)
        fresh = OutboxRow.objects.filter(key__startswith=f"overdue:{row.pk}:").exclude(pk__in=before)
        return [payload["recipient"] for payload in fresh.values_list("payload", flat=True)]

    assert told(row.due) == [yard.who["customer_service"].pk]
    assert told(row.due + timedelta(hours=15)) == []
    assert told(row.due + timedelta(hours=21)) == [yard.who["cs_supervisor"].pk]


def test_a_wholly_lost_shipment_is_not_looked_for_any_more() -> None:
    yard = Yard()
    shipment = yard.sent_off((*yard.stocked(yard.released()), "40"))
    row = shipment.lines.get()
    shipment = actions.record_loss(
        shipment, by=yard.who["customer_service"], rows=[(row, Decimal(40))], reason="车辆起火"
    )
    assert shipment.check_at is None


def part_came(yard: Yard) -> Shipment:
    """30 of 40 have arrived; the rest is on the way."""
    shipment = yard.sent_off((*yard.stocked(yard.released()), "40"))
    rows = [(shipment.lines.get(), Decimal(30), Decimal(0))]
    return actions.record_arrival(shipment, by=yard.who["logistics"], arrived_at=timezone.now(), rows=rows)  # type: ignore[no-any-return]


def passed_its_time(shipment: Shipment) -> None:
    ago = timezone.now() - timedelta(minutes=1)
    Shipment.objects.filter(pk=shipment.pk).update(check_at=ago, expected_at=ago)


def test_the_rest_of_a_part_arrival_is_looked_for_stands_as_late_and_may_have_trouble() -> None:
    yard = Yard()
    shipment = part_came(yard)
    passed_its_time(shipment)
    look_at_the_clock()
    assert owes("arrival_check") == {"customer_service"}
    assert list(queries.shipments(yard.who["logistics"], "late")) == [shipment]
    tomorrow = timezone.now() + timedelta(days=1)
    actions.record_trouble(shipment, by=yard.who["logistics"], words="余货滞留中转", check_at=tomorrow)
    assert owes("arrival_check") == set()
    assert list(differences()) == []


def test_a_receipt_waits_until_nothing_is_on_the_way_any_more() -> None:
    yard = Yard()
    shipment = part_came(yard)
    given = {"signer": "李", "signed_at": timezone.now(), "condition": "whole"}
    clerk = yard.who["customer_service"]
    with pytest.raises(Refused, match="还有货在途"):
        actions.file_receipt(shipment, by=clerk, paper=paper(), **given)
    row = shipment.lines.get()
    actions.record_loss(shipment, by=clerk, rows=[(row, Decimal(10))], reason="余货丢失")
    assert actions.file_receipt(shipment, by=clerk, paper=paper(), **given).state == "signed"


def test_trouble_is_owed_to_the_customer_at_once_until_somebody_wrote_down_the_telling() -> None:
    yard = Yard()
    shipment = yard.sent_off((*yard.stocked(yard.released()), "40"))
    now = timezone.now()
    actions.record_trouble(shipment, by=yard.who["logistics"], words="封路", check_at=now + timedelta(days=1), at=now)
    row = Owed.objects.open().get(what="trouble_told")
    assert (row.role, row.due) == ("customer_service", now + timedelta(minutes=30))
    clerk = yard.who["customer_service"]
    assert "尚未告知客户" in get(clerk, "detail", shipment.number).content.decode()
    with pytest.raises(Refused, match="告知了谁"):
        actions.tell_trouble(shipment, by=clerk, heard=" ")
    assert post(clerk, "tell", shipment.number, heard="王经理", words="可以等").status_code == 302
    assert owes("trouble_told") == set()
    told = TroubleTold.objects.get()
    assert (told.heard, told.words, told.by) == ("王经理", "可以等", clerk)
    assert "王经理：可以等" in get(clerk, "detail", shipment.number).content.decode()
    with pytest.raises(Refused, match="没有尚未告知"):
        actions.tell_trouble(shipment, by=clerk, heard="王经理")
    assert list(differences()) == []


def test_trouble_that_was_told_when_it_was_recorded_is_not_owed() -> None:
    yard = Yard()
    shipment = yard.sent_off((*yard.stocked(yard.released()), "40"))
    soon = timezone.now() + timedelta(hours=1)
    actions.record_trouble(shipment, by=yard.who["logistics"], words="封路", check_at=soon, told_customer=True)
    assert owes("trouble_told") == set()


def test_of_what_has_all_come_no_trouble_on_the_road_is_recorded() -> None:
    yard = Yard()
    shipment = yard.arrived(yard.sent_off((*yard.stocked(yard.released()), "40")))
    tomorrow = timezone.now() + timedelta(days=1)
    with pytest.raises(Refused, match="没有在途"):
        actions.record_trouble(shipment, by=yard.who["logistics"], words="堵车", check_at=tomorrow)


def test_of_a_wholly_lost_shipment_nothing_is_asked_any_more() -> None:
    yard = Yard()
    shipment = yard.sent_off((*yard.stocked(yard.released()), "40"))
    assert owes("terms_repeated") and owes("advice_sent_and_called")
    rows = [(shipment.lines.get(), Decimal(40))]
    actions.record_loss(shipment, by=yard.who["customer_service"], rows=rows, reason="车辆起火")
    passed_its_time(shipment)
    month_ago = timezone.now() - timedelta(days=32)
    Shipment.objects.filter(pk=shipment.pk).update(dispatched_at=month_ago)
    look_at_the_clock()
    still = ("terms_repeated", "advice_sent_and_called", "arrival_check", "monthly_handover")
    assert [what for what in still if owes(what)] == []
    clerk = yard.who["customer_service"]
    shelves = [shelf for shelf in queries.SHELVES if shipment in queries.shipments(clerk, shelf)]
    assert shelves == ["lost"] and not any(queries.counts(clerk).values())
    order = shipment.lines.get().line.order
    asked = {item.label.split()[0] for item in files_of([order])[order.pk]}
    assert not asked & {"到货回单", "发货单移交客服"}
    assert list(differences()) == []


def test_signatures_of_a_shipment_keep_what_they_saw() -> None:
    yard = Yard()
    shipment = yard.checked(yard.drafted((*yard.stocked(yard.released()), "40")))
    assert [word.digest for word in words_of(shipment, Signed.SHIPMENT_CHECK)] == [shipment.digest]


def test_the_ledger_names_shipment_and_pallet() -> None:
    yard = Yard()
    line, pallet = yard.stocked(yard.released())
    shipment = yard.sent_off((line, pallet, "40"))
    entry = LineEntry.objects.get(kind=EntryKind.SHIPPED)
    assert (entry.shipment, entry.pallet, entry.lot_id, entry.quantity) == (shipment, pallet, pallet.lot_id, 40)


def test_owed_rows_are_what_the_gates_say_through_a_whole_shipment() -> None:
    yard = Yard()
    order = yard.released(state="SHIPPING")
    refresh([order, *order.revisions.all()], at=timezone.now())
    shipment = yard.drafted((*yard.stocked(order), "100"))
    for step in (yard.checked, lambda s: actions.issue_notice(s, by=yard.who["customer_service"]), yard.dispatched):
        shipment = step(shipment)
        assert list(differences()) == []
    assert Order.objects.filter(pk=order.pk, billed=1000).exists()

"""From the draft to the customer's signature (R29–R34)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from audit.errors import Blocked, Forbidden, Refused
from documents.queries import documents_of
from flow.owed import differences
from orders.models import Line, Order, Shipment, ShipmentState, Signed
from shipping import actions, truth
from stock.queries import wrong_balances
from tests.shipping.yard import Yard, way, words_of

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def paper() -> SimpleUploadedFile:
    return SimpleUploadedFile("回单.pdf", PDF, "application/pdf")


def test_a_shipment_goes_its_way_to_the_signed_receipt() -> None:
    yard = Yard()
    order = yard.released(state="SHIPPING")
    shipment = yard.sent_off((*yard.stocked(order), "100"))
    assert (shipment.state, yard.fresh(order).billed) == ("dispatched", Decimal("1000.00"))
    shipment = yard.arrived(shipment)
    shipment = actions.file_receipt(
        shipment,
        by=yard.who["customer_service"],
        signer="李收货",
        signed_at=timezone.now(),
        condition="whole",
        paper=paper(),
    )
    line = order.lines.get()
    assert (shipment.state, line.shipped, line.arrived, line.out) == (ShipmentState.SIGNED, 100, 100, 100)
    blank, filed = documents_of("shipment", shipment.pk).filter(kind__startswith="arrival_receipt").order_by("pk")
    assert (blank.number, "signed" in blank.data) == (filed.number, False)
    assert (filed.data["signed"]["by"], filed.data["lines"][0]["arrived"]) == ("李收货", "100.000")
    assert yard.fresh(order).arrived_at
    assert wrong_balances() == []
    assert list(differences()) == []


def test_dispatch_freezes_the_delivery_note_and_the_advice_without_prices() -> None:
    yard = Yard()
    shipment = yard.sent_off((*yard.stocked(yard.released()), "40"))
    papers = {paper.kind: paper for paper in documents_of("shipment", shipment.pk)}
    assert set(papers) == {"dispatch_notice", "delivery_note", "dispatch_advice", "arrival_receipt"}
    assert papers["delivery_note"].number == shipment.number


def test_a_customer_who_wants_prices_gets_a_second_note_that_adds_up_to_the_bill() -> None:
    yard = Yard()
    yard.customer.delivery_note_prices = True
    yard.customer.save()
    order = yard.released(yard.line("3", price=Decimal("0.0050")))
    line, pallet = yard.stocked(order, "3")
    totals = []
    for _ in range(3):
        shipment = yard.sent_off((line, pallet, "1"))
        priced = documents_of("shipment", shipment.pk).get(kind="delivery_note_priced")
        totals.append(Decimal(priced.data["totals"]["total"]))
    # 0.005 + 0.005 + 0.005: rounded one by one it would be 0.03.
    assert sum(totals) == yard.fresh(order).billed == Decimal("0.02")


def test_three_parts_leave_while_the_order_is_still_in_production_and_are_billed_to_the_cent() -> None:
    yard = Yard()
    order = yard.released(yard.line("100", price=Decimal("3.3333")))
    line, pallet = yard.stocked(order, "100")
    for quantity in ("33.333", "33.333", "33.334"):
        yard.sent_off((line, pallet, quantity))
    order = yard.fresh(order)
    assert (order.state, order.billed) == ("PRODUCTION", Decimal("333.33"))
    assert Line.objects.get(pk=line.pk).shipped == 100


def test_one_shipment_may_carry_two_orders_of_one_customer() -> None:
    yard = Yard()
    first, second = yard.released(), yard.released()
    shipment = yard.sent_off((*yard.stocked(first), "100"), (*yard.stocked(second), "60"))
    assert (yard.fresh(first).billed, yard.fresh(second).billed) == (1000, 600)
    assert set(Order.objects.filter(lines__shipment_lines__shipment=shipment)) == {first, second}


def test_orders_of_two_customers_do_not_share_a_shipment() -> None:
    yard, other = Yard(), Yard()
    with pytest.raises(Refused, match="同一客户"):
        yard.drafted((*yard.stocked(yard.released()), "1"), (*other.stocked(other.released()), "1"))


def test_what_one_draft_carries_another_cannot() -> None:
    yard = Yard()
    line, pallet = yard.stocked(yard.released())
    yard.drafted((line, pallet, "70"))
    with pytest.raises(Refused, match="可发 30"):
        yard.drafted((line, pallet, "31"))


def test_a_dropped_draft_gives_its_goods_back() -> None:
    yard = Yard()
    line, pallet = yard.stocked(yard.released())
    shipment = yard.drafted((line, pallet, "100"))
    actions.cancel_shipment(shipment, by=yard.who["customer_service"], reason="客户改期")
    assert yard.drafted((line, pallet, "100")).pk != shipment.pk


def test_an_unreleased_orders_goods_cannot_be_drafted() -> None:
    yard = Yard()
    order = yard.released()
    load = yard.stocked(order)
    Shipment.objects.all()
    with pytest.raises(Refused, match="下达后"):
        yard.walk(order, "CANCELLED")
        yard.drafted((*load, "1"))


def test_an_edit_voids_the_signatures_that_saw_something_else() -> None:
    yard = Yard()
    line, pallet = yard.stocked(yard.released())
    shipment = yard.checked(yard.drafted((line, pallet, "40")))
    shipment = actions.edit_shipment(
        shipment, by=yard.who["customer_service"], loads=[(line, pallet, Decimal(50))], address="昆山市城北路 9 号"
    )
    with pytest.raises(Blocked) as blocked:
        actions.issue_notice(shipment, by=yard.who["customer_service"])
    assert {gate.code for gate in blocked.value.unmet} == {"payment_cleared", "shipment_checked"}


def test_a_recalled_notice_no_longer_counts() -> None:
    yard = Yard()
    shipment = yard.with_notice((*yard.stocked(yard.released()), "40"))
    shipment = actions.recall_notice(shipment, by=yard.who["customer_service"], reason="地址有误")
    assert shipment.noticed_at is None
    assert documents_of("shipment", shipment.pk).get(kind="dispatch_notice").withdrawal
    with pytest.raises(Blocked, match="发货通知单"):
        yard.dispatched(shipment)


@pytest.mark.parametrize("field", ["expected_at", "check_at"])
def test_times_that_have_passed_are_refused(field: str) -> None:
    yard = Yard()
    shipment = yard.with_notice((*yard.stocked(yard.released()), "40"))
    with pytest.raises(Refused, match="晚于现在"):
        yard.dispatched(shipment, **{field: timezone.now() - timedelta(hours=1)})


def test_refused_goods_come_back_and_are_sent_again() -> None:
    yard = Yard()
    order = yard.released(state="SHIPPING")
    line, pallet = yard.stocked(order)
    shipment = yard.arrived(yard.sent_off((line, pallet, "100")), refused="10")
    row = shipment.lines.get()
    with pytest.raises(Refused, match="只有 10"):
        actions.record_goods_back(shipment, by=yard.who["warehouse"], rows=[(row, Decimal(11))])
    actions.record_goods_back(shipment, by=yard.who["warehouse"], rows=[(row, Decimal(10))])
    assert yard.fresh(order).billed == 900
    again = yard.arrived(yard.sent_off((line, pallet, "10")))
    line.refresh_from_db()
    assert (again.state, line.good - line.out, line.out - line.arrived) == ("arrived", 0, 0)
    assert yard.fresh(order).billed == 1000
    assert wrong_balances() == []


def test_lost_goods_send_the_order_back_to_production() -> None:
    yard = Yard()
    order = yard.released(state="SHIPPING")
    shipment = yard.sent_off((*yard.stocked(order), "100"))
    row = shipment.lines.get()
    actions.record_loss(shipment, by=yard.who["customer_service"], rows=[(row, Decimal(20))], reason="车辆翻覆")
    order = yard.fresh(order)
    assert (order.state, order.billed, order.lines.get().good) == ("PRODUCTION", 800, 80)


def test_refused_goods_lost_on_the_way_back_are_lost_not_refused() -> None:
    yard = Yard()
    order = yard.released(state="SHIPPING")
    shipment = yard.arrived(yard.sent_off((*yard.stocked(order), "100")), refused="10")
    row = shipment.lines.get()
    actions.record_loss(shipment, by=yard.who["customer_service"], rows=[(row, Decimal(10))], reason="退回途中丢失")
    line = order.lines.get()
    assert (line.refused, line.lost, line.out, line.arrived) == (0, 10, 90, 90)


def test_a_held_order_takes_arrival_and_loss_but_no_dispatch() -> None:
    yard = Yard()
    order = yard.released(state="SHIPPING")
    line, pallet = yard.stocked(order)
    on_its_way, waiting = yard.sent_off((line, pallet, "50")), yard.with_notice((line, pallet, "30"))
    Order.objects.filter(pk=order.pk).update(held_at=timezone.now(), held_by=yard.who["finance"], hold_reason="欠款")
    with pytest.raises(Blocked, match="暂停"):
        yard.dispatched(waiting)
    row = on_its_way.lines.get()
    actions.record_loss(on_its_way, by=yard.who["customer_service"], rows=[(row, Decimal(5))], reason="短少")
    actions.record_arrival(
        on_its_way, by=yard.who["logistics"], arrived_at=timezone.now(), rows=[(row, Decimal(45), Decimal(0))]
    )
    assert yard.fresh(order).state == "SHIPPING"
    assert order.lines.get().arrived == 45


def test_no_more_than_is_under_way_arrives_and_nothing_less_than_none() -> None:
    yard = Yard()
    shipment = yard.sent_off((*yard.stocked(yard.released()), "40"))
    row = shipment.lines.get()
    for arrived, refused, said in ((30, 11, "在途数量只有 40"), (41, -1, "不能为负"), (-1, 2, "不能为负")):
        with pytest.raises(Refused, match=said):
            actions.record_arrival(
                shipment,
                by=yard.who["logistics"],
                arrived_at=timezone.now(),
                rows=[(row, Decimal(arrived), Decimal(refused))],
            )


def test_terms_are_repeated_the_advice_sent_and_its_receipt_heard() -> None:
    yard = Yard()
    shipment = yard.sent_off((*yard.stocked(yard.released()), "40"))
    with pytest.raises(Refused, match="尚未发出"):
        actions.record_advice_heard(shipment, by=yard.who["customer_service"], heard="王经理")
    actions.repeat_terms(shipment, by=yard.who["warehouse"], to="司机马师傅")
    with pytest.raises(Refused, match="尚未与确认书核对"):
        actions.send_advice(shipment, by=yard.who["customer_service"], way="fax")
    actions.check_advice(shipment, by=yard.who["customer_service"], text="地址已与客户改定")
    actions.send_advice(shipment, by=yard.who["customer_service"], way="email", to="buyer@example.com")
    shipment = actions.record_advice_heard(shipment, by=yard.who["customer_service"], heard="王经理")
    assert shipment.terms_repeated_at and shipment.advised_at and shipment.advice_heard_at


def as_agreed(yard: Yard, **changes: Any) -> Shipment:
    """Sent off to where the confirmation says."""
    there = {"receiver": yard.address.receiver, "phone": yard.address.phone, "address": yard.address.address}
    order = yard.released(split_allowed=False)
    return yard.dispatched(
        yard.with_notice((*yard.stocked(yard.walk(order, "QUALITY", "SHIPPING")), "100"), **there), **changes
    )


def test_an_advice_that_says_what_was_agreed_is_checked_without_a_word() -> None:
    yard = Yard()
    shipment = as_agreed(yard)
    assert [each.label for each in truth.compared(shipment) if each.differs] == []
    actions.check_advice(shipment, by=yard.who["customer_service"])
    assert [word.digest for word in words_of(shipment, Signed.ADVICE_CHECK)] == [shipment.advice_digest]
    with pytest.raises(Refused, match="告知书已核对"):
        actions.check_advice(shipment, by=yard.who["customer_service"])


def test_where_the_advice_differs_from_the_confirmation_it_is_said_how_that_was_settled() -> None:
    yard = Yard()
    shipment = as_agreed(yard, expected_at=timezone.now() + timedelta(days=30))
    Shipment.objects.filter(pk=shipment.pk).update(receiver="周收货")
    off = [each.label for each in truth.compared(Shipment.objects.get()) if each.differs]
    assert off == ["收货人", "预计到货 / 客户要求"]
    clerk = yard.who["customer_service"]
    with pytest.raises(Refused, match="预计到货 / 客户要求与确认书不一致"):
        actions.check_advice(shipment, by=clerk)
    actions.check_advice(shipment, by=clerk, text="客户同意迟到，改由周工收")
    assert words_of(shipment, Signed.ADVICE_CHECK)[0].text == "客户同意迟到，改由周工收"


@pytest.mark.parametrize("role", ["sales", "finance", "warehouse", "logistics", "quality", "cs_supervisor"])
def test_only_customer_service_issues_a_notice(role: str) -> None:
    yard = Yard()
    shipment = yard.checked(yard.drafted((*yard.stocked(yard.released()), "40")))
    with pytest.raises(Forbidden):
        actions.issue_notice(shipment, by=yard.who[role])


@pytest.mark.parametrize("role", ["sales", "customer_service", "logistics", "quality"])
def test_only_the_warehouse_dispatches(role: str) -> None:
    yard = Yard()
    shipment = yard.with_notice((*yard.stocked(yard.released()), "40"))
    with pytest.raises(Forbidden):
        actions.dispatch(shipment, by=yard.who[role], **way())

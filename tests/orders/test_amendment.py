"""改单: what an amendment changes, what it asks again, what bounds it, and what it leaves alone (rules.md)."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from audit.errors import AlreadyDone, Blocked, Refused
from documents.models import Document, Withdrawal
from documents.serving import standing_of
from finance.actions import clearance
from flow.gates import registry
from flow.models import Owed
from flow.owed import differences
from orders import changes, nightly, story
from orders.actions import amendment, approval, chain, confirmation, entry
from orders.models import DatePush, Order, Revision, Shipment, Signed, SignOff, Status
from production.actions import making, signing
from production.models import Anomaly, Batch
from quality.actions import inspection
from shipping.actions import noticing
from tests import people
from tests.shop import Shop, today

pytestmark = pytest.mark.django_db


def propose(shop: Shop, order: Order, *lines: Any, header: dict[str, Any] | None = None, **first: Any) -> Revision:
    """A draft amendment that changes the first line as given; `lines` come on top, `header` over the header."""
    amendment.propose_amendment(order, by=shop.who["sales"], reason="客户要求")
    return edit(shop, order, *lines, header=header, **first)


def edit(shop: Shop, order: Order, *lines: Any, header: dict[str, Any] | None = None, **first: Any) -> Revision:
    revision = order.revisions.get(status=Status.DRAFT)
    kept = [approval.as_input(row) for row in revision.lines.select_related("product").order_by("position")]
    given = [replace(kept[0], **first), *kept[1:], *lines]
    entry.edit_revision(revision, by=shop.who["sales"], header=header or {}, lines=given)
    return Revision.objects.get(pk=revision.pk)


def submit(shop: Shop, revision: Revision) -> Revision:
    approval.submit(revision, by=shop.who["sales"])
    return Revision.objects.get(pk=revision.pk)


def approve(shop: Shop, revision: Revision) -> Revision:
    """Signed by all and approved."""
    submit(shop, revision)
    shop.sign(revision)
    approval.approve(revision, by=shop.who["supervisor"])
    return Revision.objects.get(pk=revision.pk)


def release(shop: Shop, revision: Revision) -> Order:
    """Confirmed by the customer and in force, with the deposit that it wants more."""
    shop.send(revision)
    shop.returned(revision)
    order = shop.fresh(revision.order)
    if revision.deposit_due > order.received:
        shop.pay(order, revision.deposit_due - order.received, "deposit")
    return shop.fresh(chain.release(revision, by=shop.who["customer_service"]))


def amended(shop: Shop, order: Order, *lines: Any, **changed: Any) -> Order:
    return release(shop, approve(shop, propose(shop, order, *lines, **changed)))


# -- the difference -----------------------------------------------------------------------------------------------


def of(revision: Revision) -> list[tuple[str, str, str, str]]:
    return [(each.kind, each.label, each.before, each.after) for each in changes.of_amendment(revision)]


def test_each_change_is_a_line_of_its_own_kind() -> None:
    shop = Shop()
    order = shop.released(shop.line(), shop.line("30"))
    new = people.product(unit="卷", name="哑面标签")
    elsewhere = people.address(shop.customer, address="无锡市新吴区长江路 9 号", receiver="周收货", phone="0510-1")
    revision = propose(
        shop,
        order,
        shop.line("5", product=new, price=Decimal(3)),
        header={"address": elsewhere, "requested_on": today() + timedelta(days=40), "payment_terms": "月结"},
        quantity=Decimal(120),
        price=Decimal("9.50"),
        packaging="木托",
    )
    kinds = {label: kind for kind, label, _, _ in of(revision)}
    assert kinds == {
        "第 1 行 数量": changes.QUANTITY,
        "第 1 行 含税单价": changes.PRICE,
        "第 1 行 包装要求": changes.PACKAGING,
        "第 3 行": changes.ADDED,
        "收货地址": changes.ADDRESS,
        "客户要求交期": changes.DATE,
        "付款方式": changes.TERMS,
        "含税总额": changes.PRICE,
    }
    (to,) = [after for _, label, _, after in of(revision) if label == "收货地址"]
    assert to == "无锡市新吴区长江路 9 号 周收货 0510-1"


def test_a_dropped_line_and_another_product_are_said_so() -> None:
    shop = Shop()
    order = shop.released(shop.line(), shop.line("30"))
    revision = propose(shop, order, product=people.product(unit="卷", name="哑面标签"), spec="")
    only = [approval.as_input(revision.lines.select_related("product").order_by("position")[0])]
    entry.edit_revision(revision, by=shop.who["sales"], header={}, lines=only)
    found = of(Revision.objects.get(pk=revision.pk))
    assert (changes.DROPPED, "第 2 行", "（删去）") in [(kind, label, after) for kind, label, _, after in found]
    assert (changes.PRODUCT, "第 1 行 产品") in [(kind, label) for kind, label, _, _ in found]


def test_an_amendment_is_compared_with_what_is_in_force_whatever_was_dropped_between() -> None:
    shop = Shop()
    order = shop.released()
    given_up = propose(shop, order, quantity=Decimal(500))
    amendment.drop_amendment(given_up, by=shop.who["sales"], reason="客户不要了")
    revision = propose(shop, order, quantity=Decimal(120))
    assert ("数量", "第 1 行 数量", "100", "120") in of(revision)
    order = release(shop, approve(shop, revision))
    third = propose(shop, order, quantity=Decimal(130))
    assert ("数量", "第 1 行 数量", "120", "130") in of(third)
    # And in hindsight each still shows what it changed in its day.
    assert ("数量", "第 1 行 数量", "100", "500") in of(Revision.objects.get(pk=given_up.pk))
    assert ("数量", "第 1 行 数量", "100", "120") in of(Revision.objects.get(pk=revision.pk))


def test_the_confirmation_of_an_amendment_says_what_it_changes() -> None:
    shop = Shop()
    order = shop.released()
    revision = approve(shop, propose(shop, order, quantity=Decimal(120), header={"supervision": "盯紧"}))
    paper = Document.objects.filter(kind="confirmation").latest("version")
    assert "盯紧" not in str(paper.data)
    assert paper.data["amendment"]["number"] == revision.number
    assert ["数量", "第 1 行 数量", "100", "120"] in paper.data["amendment"]["changes"]
    first = Document.objects.get(kind="confirmation", version=1)
    assert "amendment" not in first.data


def test_the_event_tells_the_change_and_a_price_only_to_those_who_see_prices() -> None:
    shop = Shop()
    order = shop.released()
    submit(shop, propose(shop, order, quantity=Decimal(120), price=Decimal("9.00")))
    (seen, *_) = [each for each in story.timeline(order, prices=True) if each["what"] == "提交审批"]
    (hidden, *_) = [each for each in story.timeline(order, prices=False) if each["what"] == "提交审批"]
    assert "第 1 行 数量 100 → 120" in seen["why"] and "第 1 行 含税单价 10 → 9" in seen["why"]
    assert "第 1 行 数量 100 → 120" in hidden["why"] and "单价" not in hidden["why"]
    assert "总额" not in hidden["why"]


# -- exactly the signatures whose fields changed --------------------------------------------------------------------

ALL = {"cs_checked", "technical_signed", "material_stated", "date_committed"}
ASKED: list[tuple[str, dict[str, Any], dict[str, Any], set[str]]] = [
    ("nothing", {}, {}, set()),
    ("inside note", {}, {"supervision": "盯紧"}, set()),
    ("freight", {}, {"freight": "buyer"}, {"cs_checked"}),
    ("delivery", {}, {"delivery_way": "express"}, {"cs_checked"}),
    ("split", {}, {"split_allowed": True}, {"cs_checked"}),
    ("label", {"label_text": "新标签"}, {}, {"cs_checked"}),
    ("remark", {"remark": "勿折"}, {}, {"cs_checked"}),
    ("requested", {}, {"requested_on": today() + timedelta(days=40)}, {"cs_checked", "date_committed"}),
    ("tolerance", {"tolerance_plus": Decimal(5)}, {}, {"cs_checked", "date_committed"}),
    ("packaging", {"packaging": "木托"}, {}, {"cs_checked", "technical_signed", "date_committed"}),
    ("special", {}, {"special": "防潮"}, {"cs_checked", "technical_signed", "date_committed"}),
    ("line special", {"special": "防潮"}, {}, {"cs_checked", "technical_signed", "date_committed"}),
    ("quantity", {"quantity": Decimal(120)}, {}, {"cs_checked", "material_stated", "date_committed"}),
    ("formula", {"formula": "B-2"}, {}, ALL),
    ("spec", {"spec": "50×30"}, {}, {"cs_checked", "technical_signed", "date_committed", "price_cleared"}),
    ("price", {"price": Decimal("9.00")}, {}, {"cs_checked", "price_cleared"}),
    ("payment", {}, {"payment_terms": "月结"}, {"cs_checked"}),
    ("stock part", {"from_stock": Decimal(20)}, {}, {*ALL, "stock_reserved"} - {"technical_signed"}),
]
LABELS = {
    "cs_checked": changes.CHECK,
    "technical_signed": changes.TECHNICAL,
    "material_stated": changes.MATERIAL,
    "date_committed": changes.DATES,
    "price_cleared": changes.CLEARING,
    "stock_reserved": changes.RESERVING,
}


@pytest.mark.parametrize(("line", "header", "asked"), [case[1:] for case in ASKED], ids=[case[0] for case in ASKED])
def test_an_amendment_asks_again_exactly_those_whose_fields_it_changes(
    line: dict[str, Any], header: dict[str, Any], asked: set[str]
) -> None:
    shop = Shop()
    order = shop.released()
    revision = submit(shop, propose(shop, order, header=header, **line))
    assert {gate.code for gate in registry.unmet("approve", revision)} == asked
    # And each line of the difference says so beforehand.
    said = {asks for change in changes.of_amendment(revision) for asks in change.asks} - {changes.CREDIT}
    assert said == {LABELS[code] for code in asked}


def test_an_override_of_the_limit_holds_on_until_amount_or_terms_change() -> None:
    shop = Shop("A")
    people.contract(shop.customer)
    order = shop.signed()
    clearance.override_credit(order.revision, by=shop.who["finance"], text="老客户，同意")
    approval.approve(order.revision, by=shop.who["supervisor"])
    same = submit(shop, propose(shop, order, header={"freight": "buyer"}))
    assert "credit_ok" not in {gate.code for gate in registry.unmet("approve", same)}
    amendment.drop_amendment(same, by=shop.who["sales"], reason="不改了")
    more = submit(shop, propose(shop, order, quantity=Decimal(200)))
    assert "credit_ok" in {gate.code for gate in registry.unmet("approve", more)}


def test_a_released_order_keeps_its_terms_until_its_amendment_renews_them() -> None:
    shop = Shop()
    order = shop.released()
    assert order.revision.deposit_percent == 30
    people.contract(shop.customer, deposit_percent=Decimal(50))
    revision = submit(shop, propose(shop, order, quantity=Decimal(120)))
    assert revision.deposit_percent == 30
    entry.renew_terms(revision, by=shop.who["customer_service"])
    revision.refresh_from_db()
    assert revision.deposit_percent == 50
    assert ("条款", "定金 %", "30", "50") in of(revision)


# -- the confirmation and the clock -------------------------------------------------------------------------------


def test_the_earlier_confirmation_confirms_nothing_once_the_amendment_is_approved() -> None:
    shop = Shop()
    order = shop.sent()
    clerk = shop.who["customer_service"]
    now = timezone.now()
    pending = confirmation.record_return(order.revision, by=clerk, received_at=now, signer=shop.contact)
    approve(shop, propose(shop, order, quantity=Decimal(120)))
    first = Document.objects.get(kind="confirmation", version=1)
    assert standing_of(first) == "已作废"
    for do in (
        lambda: confirmation.verify_return(pending, by=clerk),
        lambda: confirmation.record_return(order.revision, by=clerk, received_at=now, signer=shop.contact),
    ):
        with pytest.raises(Refused, match="作废"):
            do()
    assert shop.fresh(order).state == "APPROVED"


def test_the_confirmation_in_force_is_not_confirmed_beside_an_approved_amendment() -> None:
    """An A customer's order was released before its return came; then it is amended."""
    shop = Shop("A")
    order = shop.sent()
    order = shop.fresh(chain.release(order.revision, by=shop.who["customer_service"]))
    approve(shop, propose(shop, order, header={"freight": "buyer"}))
    with pytest.raises(Refused, match="以改单第 2 版"):
        confirmation.record_return(
            order.revision, by=shop.who["customer_service"], received_at=timezone.now(), signer=shop.contact
        )


def days_ago(days: int) -> Any:
    return timezone.now() - timedelta(days=days)


def test_the_clock_of_an_amendment_starts_when_its_own_confirmation_goes_out() -> None:
    shop = Shop()
    order = shop.sent()
    Revision.objects.filter(pk=order.revision_id).update(sent_at=days_ago(3), approved_at=days_ago(3))
    nightly.run(today() - timedelta(days=1))
    order = shop.fresh(order)
    assert order.revision.pushes == 3
    promised = order.promised_on
    revision = submit(shop, propose(shop, order, header={"freight": "buyer"}))
    approval.sign_check(revision, by=shop.who["customer_service"])
    approval.approve(revision, by=shop.who["supervisor"])
    revision.refresh_from_db()
    # Nobody signed a new date: the customer's promise stays where the pushes had brought it.
    assert revision.pushes == 0 and revision.promised_on == promised
    nightly.run(today())
    assert not DatePush.objects.filter(revision=revision).exists()
    shop.send(revision)
    Revision.objects.filter(pk=revision.pk).update(sent_at=days_ago(1), approved_at=days_ago(1))
    Revision.objects.filter(pk=order.revision_id).update(superseded_at=days_ago(1))
    nightly.run(today() - timedelta(days=1))
    revision.refresh_from_db()
    assert revision.pushes == 1
    assert shop.fresh(order).promised_on == promised + timedelta(days=1)


def test_an_amendment_that_asks_for_another_date_is_promised_what_production_signs_for_it() -> None:
    shop = Shop()
    order = shop.released()
    revision = submit(shop, propose(shop, order, header={"requested_on": today() + timedelta(days=9)}))
    approval.sign_check(revision, by=shop.who["customer_service"])
    row = revision.lines.get()
    word = signing.DateWord(row.line_id, today() + timedelta(days=6), today() + timedelta(days=1), row.to_make, "提前")
    signing.sign_dates(revision, by=shop.who["production"], words=[word])
    approval.approve(revision, by=shop.who["supervisor"])
    revision.refresh_from_db()
    assert revision.promised_on == today() + timedelta(days=6)
    assert shop.fresh(order).promised_on == order.promised_on  # not before it is in force


# -- one at a time, given up, ended -------------------------------------------------------------------------------


def test_a_double_click_opens_one_amendment() -> None:
    shop = Shop()
    order = shop.released()
    amendment.propose_amendment(order, by=shop.who["sales"], reason="加量", key="form", seen=order.version)
    with pytest.raises(AlreadyDone):
        amendment.propose_amendment(order, by=shop.who["sales"], reason="加量", key="form", seen=order.version)
    with pytest.raises(Refused, match="在办"):
        amendment.propose_amendment(order, by=shop.who["customer_service"], reason="减量")
    assert order.revisions.count() == 2


def test_an_approved_amendment_given_up_leaves_what_was_in_force_with_a_confirmation_of_its_own() -> None:
    shop = Shop()
    order = shop.in_work()
    revision = approve(shop, propose(shop, order, quantity=Decimal(120)))
    amendment.drop_amendment(revision, by=shop.who["sales"], reason="客户收回")
    order = shop.fresh(order)
    assert (order.revision.number, order.revision.status) == (1, Status.IN_FORCE)
    papers = Document.objects.filter(kind="confirmation").order_by("version")
    assert [standing_of(paper) for paper in papers] == ["已作废", "已作废", "有效"]
    latest = papers.last()
    assert latest is not None and latest.data["restored"] and latest.data["lines"][0]["quantity"] == "100.000"
    # The order goes on to its end as if nothing had been asked.
    shop.make(order)
    making.finish(order, by=shop.who["production"])
    assert shop.fresh(order).state == "QUALITY"
    assert not list(differences())


def test_an_approved_amendment_of_an_unreleased_order_is_the_order_and_cannot_be_given_up() -> None:
    shop = Shop()
    order = shop.approved()
    revision = approve(shop, propose(shop, order, quantity=Decimal(120)))
    with pytest.raises(Refused, match="再提改单"):
        amendment.drop_amendment(revision, by=shop.who["sales"], reason="不改了")
    assert shop.fresh(order).revision_id == revision.pk


def test_an_order_cancelled_with_an_amendment_open_takes_it_along() -> None:
    shop = Shop()
    order = shop.approved()
    revision = submit(shop, propose(shop, order, quantity=Decimal(120)))
    chain.cancel(order, by=shop.who["customer_service"], reason="客户不要了")
    assert {each.status for each in order.revisions.all()} == {Status.SUPERSEDED}
    with pytest.raises(Refused):
        approval.approve(revision, by=shop.who["supervisor"])
    assert not Owed.objects.open().filter(order=order).exists()


def test_a_long_reason_stands_whole_on_the_pushes_and_the_paper_of_what_is_cancelled() -> None:
    shop, why = Shop(), "客户改用进口纸，" * 60
    order = shop.sent()
    Revision.objects.filter(pk=order.revision_id).update(sent_at=days_ago(3), approved_at=days_ago(3))
    chain.cancel(order, by=shop.who["customer_service"], reason=why)
    assert {push.reason for push in order.date_pushes.all()} == {why}
    assert {row.reason for row in Withdrawal.objects.filter(document__subject_id=order.pk)} == {why}


def test_a_completed_order_leaves_no_amendment_half_drawn_up() -> None:
    shop = Shop()
    order = shop.passed()
    shop.pay_rest(order)
    shop.delivered(shop.shipment(order))
    draft = propose(shop, order, header={"special": "下次用木托"})
    chain.complete(order, by=shop.who["customer_service"])
    assert Revision.objects.get(pk=draft.pk).status == Status.SUPERSEDED
    with pytest.raises(Refused):
        approval.submit(draft, by=shop.who["sales"])
    # Reopened, it may be amended like any other, through the same gates.
    chain.reopen(order, by=shop.who["cs_supervisor"], reason="少收两卷")
    submit(shop, propose(shop, shop.fresh(order), header={"freight": "buyer"}))
    with pytest.raises(Blocked) as error:
        chain.complete(order, by=shop.who["customer_service"])
    assert "amendment_decided" in {gate.code for gate in error.value.unmet}


# -- what is done bounds what may change --------------------------------------------------------------------------


def part_made(shop: Shop, quantity: str = "60", **more: Any) -> Order:
    order = shop.in_work(shop.line(), shop.line("30"), **more)
    first = order.lines.order_by("number")[0]
    making.report_made(order, by=shop.who["production"], rows=[making.Made(first.pk, Decimal(quantity))])
    return shop.fresh(order)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"quantity": Decimal(59)}, "已生产 60 卷，数量不能少于 60 卷"),
        ({"spec": "50×30"}, "产品、规格和单位不能改"),
        ({"unit": "张"}, "产品、规格和单位不能改"),
    ],
)
def test_what_is_made_of_a_line_stays_as_it_is(change: dict[str, Any], said: str) -> None:
    shop = Shop()
    order = part_made(shop)
    amendment.propose_amendment(order, by=shop.who["sales"], reason="客户要求")
    with pytest.raises(Refused, match=said):
        edit(shop, order, **change)


def test_the_product_of_a_line_under_way_cannot_change_nor_the_line_be_dropped() -> None:
    shop = Shop()
    order = part_made(shop)
    amendment.propose_amendment(order, by=shop.who["sales"], reason="客户要求")
    with pytest.raises(Refused, match="另加一行"):
        edit(shop, order, product=people.product(unit="卷"))
    revision = order.revisions.get(status=Status.DRAFT)
    second = approval.as_input(revision.lines.select_related("product").order_by("position")[1])
    with pytest.raises(Refused, match="不能删去"):
        entry.edit_revision(revision, by=shop.who["sales"], header={}, lines=[second])


def test_what_is_not_begun_may_change_and_down_to_what_is_made() -> None:
    shop = Shop()
    order = part_made(shop)
    revision = propose(shop, order, quantity=Decimal(60), price=Decimal("9.90"))
    rows = [approval.as_input(row) for row in revision.lines.select_related("product").order_by("position")]
    entry.edit_revision(revision, by=shop.who["sales"], header={}, lines=rows[:1])
    assert revision.lines.count() == 1
    submit(shop, revision)


def test_the_price_of_what_has_left_stays() -> None:
    shop = Shop()
    order = shop.passed(header={"split_allowed": True})
    shop.pay_rest(order)
    shop.dispatched(shop.shipment(order, Decimal(40)))
    amendment.propose_amendment(order, by=shop.who["sales"], reason="降价")
    with pytest.raises(Refused, match="已发 40 卷，已按原价计价"):
        edit(shop, order, price=Decimal("9.00"))
    with pytest.raises(Refused, match="不能少于 100"):
        edit(shop, order, quantity=Decimal(90))


def test_before_approval_an_edit_is_plain_and_kept_in_the_history() -> None:
    shop = Shop()
    order = shop.submitted()
    row = order.revision.lines.get()
    line = shop.line("80", line_id=row.line_id)
    entry.edit_revision(order.revision, by=shop.who["customer_service"], header={}, lines=[line])
    assert order.revisions.count() == 1
    assert [kept.quantity for kept in row.history.order_by("history_id")] == [100, 80]
    with pytest.raises(Refused):
        amendment.propose_amendment(order, by=shop.who["sales"], reason="改")


# -- lines held, and what goes on ---------------------------------------------------------------------------------


def test_only_the_lines_an_amendment_touches_are_held() -> None:
    shop = Shop()
    order = part_made(shop)
    first, second = order.lines.order_by("number")
    revision = propose(shop, order, quantity=Decimal(120))
    assert changes.held_lines(order) == set()  # not before it is proposed
    submit(shop, revision)
    assert changes.held_lines(order) == {first.pk}
    making.report_made(order, by=shop.who["production"], rows=[making.Made(second.pk, Decimal(10))])
    assert not Anomaly.objects.exists()
    making.report_made(order, by=shop.who["production"], rows=[making.Made(first.pk, Decimal(10))])
    first.refresh_from_db()
    assert first.made == 70
    assert list(Anomaly.objects.values_list("kind", "lines")) == [("amended", first.pk)]
    amendment.drop_amendment(revision, by=shop.who["sales"], reason="不改了")
    assert changes.held_lines(order) == set()


def test_work_on_a_line_that_an_amendment_drops_is_asked_about_too() -> None:
    shop = Shop()
    order = part_made(shop)
    second = order.lines.order_by("number")[1]
    revision = propose(shop, order)
    kept = approval.as_input(revision.lines.select_related("product").order_by("position")[0])
    entry.edit_revision(revision, by=shop.who["sales"], header={}, lines=[kept])
    submit(shop, revision)
    assert changes.held_lines(order) == {second.pk}
    making.report_made(order, by=shop.who["production"], rows=[making.Made(second.pk, Decimal(5))])
    assert Anomaly.objects.get().lines.get() == second
    # And what was made since holds the amendment: the line is not to be dropped any more.
    assert "done_kept" in {gate.code for gate in registry.unmet("approve", revision)}


def two_lines_ready(shop: Shop) -> tuple[Order, Shipment]:
    """Both lines made; the first is on a draft shipment, and all is paid."""
    order = shop.passed(shop.line(), shop.line("30"), header={"split_allowed": True})
    shop.pay_rest(order)
    shipment = shop.shipment(order)
    shipment.lines.exclude(line=order.lines.order_by("number")[0]).delete()
    return order, shipment


def amendment_holds(shipment: Shipment) -> bool:
    return "amendment_decided" in {gate.code for gate in registry.unmet("issue_notice", shipment)}


@pytest.mark.parametrize(
    ("header", "first", "second", "holds"),
    [
        ({"freight": "buyer"}, {}, {}, True),
        ({"delivery_way": "express"}, {}, {}, True),
        ({"payment_terms": "月结"}, {}, {}, True),
        ({"supervision": "盯紧"}, {}, {}, False),
        ({}, {"price": Decimal("9.80")}, {}, True),
        ({}, {"quantity": Decimal(120)}, {}, True),
        ({}, {}, {"quantity": Decimal(40)}, False),
        ({}, {}, {"price": Decimal("9.80")}, False),
    ],
)
def test_an_open_amendment_holds_the_shipments_that_it_touches(
    header: dict[str, Any], first: dict[str, Any], second: dict[str, Any], holds: bool
) -> None:
    shop = Shop()
    order, shipment = two_lines_ready(shop)
    revision = propose(shop, order, header=header, **first)
    rows = [approval.as_input(row) for row in revision.lines.select_related("product").order_by("position")]
    entry.edit_revision(revision, by=shop.who["sales"], header={}, lines=[rows[0], replace(rows[1], **second)])
    assert not amendment_holds(shipment)
    submit(shop, revision)
    assert amendment_holds(shipment) is holds


def test_another_address_holds_the_shipment_until_it_is_decided() -> None:
    shop = Shop()
    order, shipment = two_lines_ready(shop)
    submit(shop, propose(shop, order, header={"address": people.address(shop.customer, address="无锡")}))
    assert amendment_holds(shipment)


def test_an_amendment_in_force_restates_what_has_not_left() -> None:
    shop = Shop()
    order = shop.passed(header={"split_allowed": True})
    shop.pay_rest(order)
    shipment = shop.shipment(order, Decimal(40))
    Shipment.objects.filter(pk=shipment.pk).update(
        address=shop.address.address, receiver=shop.address.receiver, phone=shop.address.phone
    )
    shop.noticed(Shipment.objects.get(pk=shipment.pk))
    shipment.refresh_from_db()
    was = shipment.version
    there = people.address(shop.customer, address="无锡市长江路 9 号", receiver="周收货", phone="0510-1")
    amended(shop, order, header={"address": there}, price=Decimal("9.00"))
    shipment.refresh_from_db()
    assert (shipment.value, shipment.state) == (Decimal("360.00"), "draft")
    assert (shipment.address, shipment.receiver) == ("无锡市长江路 9 号", "周收货")
    assert shipment.version > was
    notice = Document.objects.get(kind="dispatch_notice")
    assert standing_of(notice) == "已作废"
    # Cleared and checked anew, it goes: nothing had to be typed again.
    shop.noticed(shipment)
    assert Document.objects.filter(kind="dispatch_notice").count() == 2
    with pytest.raises(Refused):
        noticing.check_shipment(shipment, by=shop.who["customer_service"])
    assert not list(differences())


def test_a_shipment_that_the_amendment_leaves_alone_keeps_its_notice() -> None:
    shop = Shop()
    order = shop.passed(header={"split_allowed": True})
    shop.pay_rest(order)
    shipment = shop.noticed(shop.shipment(order, Decimal(40)))
    amended(shop, order, header={"supervision": "盯紧"})
    shipment.refresh_from_db()
    assert shipment.state == "noticed"


# -- from production through an amendment to the end --------------------------------------------------------------


def test_an_order_in_production_carries_an_amendment_through_to_completion() -> None:
    shop = Shop()
    order = part_made(shop)
    clerk, production = shop.who["customer_service"], shop.who["production"]
    order = amended(shop, order, quantity=Decimal(120))
    assert (order.state, order.revision.number) == ("PRODUCTION", 2)
    # The revised 生产指令单 is signed for, and the copies of the old one are had back.
    assert {"order_signed_for"} <= {gate.code for gate in registry.unmet("finish", order)}
    assert Owed.objects.open().filter(order=order, what="old_orders_recalled", role="customer_service").exists()
    signing.hand_over_order(order, by=clerk)
    signing.sign_for_order(order, by=production)
    old, new = Document.objects.filter(kind="production_order").order_by("version")
    assert (standing_of(old), standing_of(new)) == ("已作废", "有效")
    assert ["数量", "第 1 行 数量", "100", "120"] in new.data["changes"]
    assert not any("价" in label or "额" in label for _, label, _, _ in new.data["changes"])
    with pytest.raises(Refused, match="份数"):
        signing.recall_old_orders(order, by=clerk, text=" ")
    signing.recall_old_orders(order, by=clerk, text="车间 2 份、技术部 1 份，王班长交回")
    with pytest.raises(Refused, match="没有待收回"):
        signing.recall_old_orders(order, by=clerk, text="再收一次")
    assert not Owed.objects.open().filter(order=order, what="old_orders_recalled").exists()
    word = SignOff.objects.get(kind=Signed.RECALLED)
    assert (word.by, word.revision_id) == (clerk, order.revision_id)

    first, second = order.lines.order_by("number")
    rows = [making.Made(first.pk, Decimal(60)), making.Made(second.pk, Decimal(30))]
    making.report_made(order, by=production, rows=rows)
    for batch in Batch.objects.filter(line__order=order, status="waiting"):
        shop.receive(batch)
    making.finish(order, by=production)
    inspection.pass_quality(order, by=shop.who["quality"])
    shop.pay_rest(order)
    shop.delivered(shop.shipment(shop.fresh(order)))
    order = shop.fresh(chain.complete(order, by=clerk))
    assert (order.state, order.billed) == ("COMPLETED", Decimal("1500.00"))
    assert not list(differences())


def test_more_ordered_after_quality_brings_the_order_back_to_production() -> None:
    shop = Shop()
    order = amended(shop, shop.passed(), quantity=Decimal(130))
    assert order.state == "PRODUCTION"
    assert "quantity_made" in {gate.code for gate in registry.unmet("finish", order)}
    same = amended(shop, shop.passed(), header={"freight": "buyer"})
    assert same.state == "SHIPPING"


def test_a_smaller_amount_leaves_the_deposit_that_came_in_as_a_payment() -> None:
    shop = Shop()
    order = shop.in_work()
    assert order.received == Decimal("300.00")
    order = amended(shop, order, quantity=Decimal(50))
    assert (order.revision.deposit_due, order.received) == (Decimal("150.00"), Decimal("300.00"))


def test_a_larger_amount_wants_the_rest_of_its_deposit_before_it_comes_into_force() -> None:
    shop = Shop()
    order = shop.in_work()
    revision = approve(shop, propose(shop, order, quantity=Decimal(200)))
    shop.send(revision)
    shop.returned(revision)
    with pytest.raises(Blocked) as error:
        chain.release(revision, by=shop.who["customer_service"])
    assert {gate.code for gate in error.value.unmet} == {"deposit_received"}
    shop.pay(order, Decimal("300.00"), "deposit")
    chain.release(revision, by=shop.who["customer_service"])


# -- copies and batches meet the same gates -----------------------------------------------------------------------


def test_a_copy_is_signed_for_by_itself() -> None:
    shop = Shop()
    order = shop.released()
    rows = [approval.as_input(row) for row in order.revision.lines.select_related("product")]
    copy = shop.submitted(*rows)
    assert {gate.code for gate in registry.unmet("approve", copy.revision)} == ALL


def test_a_batch_approves_only_the_amendment_whose_gates_are_open() -> None:
    shop = Shop()
    ready = submit(shop, propose(shop, shop.released(), header={"freight": "buyer"}))
    approval.sign_check(ready, by=shop.who["customer_service"])
    waiting = submit(shop, propose(shop, shop.released(), quantity=Decimal(120)))
    done = approval.approve_batch([ready, waiting], by=shop.who["supervisor"])
    assert [outcome.done for outcome in done] == [True, False]
    assert Revision.objects.get(pk=waiting.pk).status == Status.PROPOSED

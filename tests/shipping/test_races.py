"""Twenty at once, on real threads: goods leave once, stock is promised once.

Negative control, tried by hand: with `select_for_update` switched off, twenty dispatches ship twenty times and the
same goods are drafted twenty times; the last stock stays with one, for its balance is a conditional UPDATE, and scans
are forgotten once, for a DELETE takes each row once.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from audit.errors import AlreadyDone, Refused, Stale
from audit.models import Event
from documents.models import Document
from flow.owed import differences
from orders.models import EntryKind, LineEntry, Order, Shipment, Signed
from shipping import actions
from shipping.models import Receipt
from stock.models import Pallet
from stock.queries import wrong_balances
from tests.races import at_once, of_kind
from tests.shipping.test_dispatch import paper
from tests.shipping.yard import PLACE, Yard, way, words_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_twenty_dispatches_of_one_shipment_one_ships_it() -> None:
    yard = Yard()
    order = yard.released(state="SHIPPING")
    line, pallet = yard.stocked(order)
    shipment, road = yard.with_notice((line, pallet, "5")), way()
    outcomes = at_once(20, lambda _: actions.dispatch(shipment, by=yard.who["warehouse"], **road))
    assert len(of_kind(outcomes, Shipment)) == 1
    assert len(of_kind(outcomes, Refused)) == 19
    assert (LineEntry.objects.filter(kind=EntryKind.SHIPPED).count(), yard.fresh(order).billed) == (1, 50)
    assert Document.objects.filter(kind="delivery_note").count() == 1
    assert Pallet.objects.get(pk=pallet.pk).on_hand == 95
    assert wrong_balances() == [] and list(differences()) == []


def test_the_last_stock_is_promised_to_one_of_twenty_orders() -> None:
    yard = Yard()
    pallet = yard.lying("10")
    orders = [yard.submitted(yard.line("10", from_stock=Decimal(10))) for _ in range(20)]
    outcomes = at_once(
        20,
        lambda i: actions.reserve_stock(
            orders[i].revision, by=yard.who["warehouse"], picks=[(orders[i].lines.get(), pallet, Decimal(10))]
        ),
    )
    assert len(of_kind(outcomes, Order)) == 1
    assert {refusal.message for refusal in of_kind(outcomes, Refused)} == {
        f"托盘 {pallet.number} 可用数量只有 0 卷，请减少数量或另选托盘。"
    }
    assert Pallet.objects.get(pk=pallet.pk).reserved == 10
    assert wrong_balances() == []


def test_the_same_goods_are_drafted_once() -> None:
    yard = Yard()
    load = [(*yard.stocked(yard.released()), Decimal(100))]
    outcomes = at_once(20, lambda _: actions.draft_shipment(None, by=yard.who["customer_service"], loads=load, **PLACE))
    assert len(of_kind(outcomes, Shipment)) == 1
    assert len(of_kind(outcomes, Refused)) == 19


def test_the_same_form_twenty_times_records_one_arrival() -> None:
    yard = Yard()
    shipment = yard.sent_off((*yard.stocked(yard.released()), "40"))
    rows, now = [(shipment.lines.get(), Decimal(20), Decimal(0))], timezone.now()
    outcomes = at_once(
        20,
        lambda _: actions.record_arrival(shipment, by=yard.who["logistics"], arrived_at=now, rows=rows, key="one form"),
    )
    assert len(of_kind(outcomes, Shipment)) == 1
    assert {done.url for done in of_kind(outcomes, AlreadyDone)} == {shipment.get_absolute_url()}
    assert LineEntry.objects.get(kind=EntryKind.ARRIVED).quantity == 20


def in_trouble(yard: Yard, load: Any) -> Shipment:
    soon = timezone.now() + timedelta(hours=1)
    return actions.record_trouble(yard.sent_off(load), by=yard.who["logistics"], words="封路", check_at=soon)  # type: ignore[no-any-return]


def steps(yard: Yard) -> dict[str, Any]:
    """Each step on a shipment ready for it: (shipment, role, action, what is given, the Event's action)."""
    return {
        "check_shipment": lambda load: (yard.settled(yard.drafted(load)), "customer_service", {"text": "客户来电改送"}),
        "issue_notice": lambda load: (yard.checked(yard.drafted(load)), "customer_service", {}),
        "recall_notice": lambda load: (yard.with_notice(load), "customer_service", {"reason": "改"}),
        "cancel_shipment": lambda load: (yard.with_notice(load), "customer_service", {"reason": "改"}),
        "order_emergency": lambda load: (yard.drafted(load), "cs_supervisor", {"reason": "急"}),
        "repeat_terms": lambda load: (yard.sent_off(load), "warehouse", {"to": "司机"}),
        "check_advice": lambda load: (yard.sent_off(load), "customer_service", {"text": "已商定"}),
        "tell_trouble": lambda load: (in_trouble(yard, load), "customer_service", {"heard": "王经理"}),
        "record_goods_back": lambda load: (yard.arrived(yard.sent_off(load), "9"), "warehouse", {"rows": "9"}),
        "record_loss": lambda load: (yard.sent_off(load), "customer_service", {"rows": "40", "reason": "丢"}),
        "file_receipt": lambda load: (
            yard.arrived(yard.sent_off(load)),
            "customer_service",
            {"signer": "李", "signed_at": timezone.now(), "condition": "whole"},
        ),
    }


@pytest.mark.parametrize("code", list(steps(None)))  # type: ignore[arg-type]
def test_each_step_taken_by_ten_at_once_happens_once(code: str) -> None:
    yard = Yard()
    shipment, role, given = steps(yard)[code]((*yard.stocked(yard.released()), "40"))
    if "rows" in given:
        given["rows"] = [(shipment.lines.get(), Decimal(given["rows"]))]
    action = getattr(actions, code)

    def once(_: int) -> Any:
        more = {"paper": paper()} if code == "file_receipt" else {}
        return action(shipment, by=yard.who[role], **given, **more)

    outcomes = at_once(10, once)
    assert len(of_kind(outcomes, Shipment)) == 1
    assert len(of_kind(outcomes, Refused)) == 9
    assert Event.objects.filter(action=code, subject_kind="shipment").count() == 1
    assert Receipt.objects.count() <= 1 and len(words_of(shipment, Signed.SHIPMENT_CHECK)) <= 1
    assert wrong_balances() == [] and list(differences()) == []


def test_twenty_signatures_at_the_gate_are_one() -> None:
    yard = Yard()
    shipment = yard.sent_off((*yard.stocked(yard.released()), "40"), way="pickup")

    def sign(_: int) -> Any:
        given = {"signer": "马师傅", "document": "123X", "paper": paper()}
        return actions.sign_pickup(shipment, by=yard.who["warehouse"], **given)

    outcomes = at_once(20, sign)
    assert len(of_kind(outcomes, Shipment)) == 1
    assert {"现为「已签收」" in refusal.message for refusal in of_kind(outcomes, Refused)} == {True}
    assert LineEntry.objects.get(kind=EntryKind.ARRIVED).quantity == 40
    assert list(differences()) == []


def test_what_was_scanned_is_forgotten_once_by_twenty() -> None:
    yard = Yard()
    shipment = yard.drafted((*yard.stocked(yard.released()), "40"))
    actions.scan_pallet(shipment, by=yard.who["warehouse"], code=shipment.lines.get().pallet.number)
    outcomes = at_once(20, lambda _: actions.unpick(shipment, by=yard.who["warehouse"]))
    assert len(of_kind(outcomes, Shipment)) == 1
    assert {refusal.message for refusal in of_kind(outcomes, Refused)} == {"还没有扫过托盘。"}
    assert Event.objects.filter(action="unpick").count() == 1


def test_twenty_edits_from_one_page_change_it_once() -> None:
    yard = Yard()
    line, pallet = yard.stocked(yard.released())
    shipment = yard.drafted((line, pallet, "40"))

    def edit(index: int) -> Any:
        load = [(line, pallet, Decimal(41 + index))]
        return actions.edit_shipment(shipment, by=yard.who["customer_service"], seen=shipment.version, loads=load)

    outcomes = at_once(20, edit)
    (done,) = of_kind(outcomes, Shipment)
    assert len(of_kind(outcomes, Stale)) == 19
    assert done.value == shipment.lines.get().quantity * 10 == Shipment.objects.get().value
    assert Shipment.objects.get().version == shipment.version + 1
    assert list(differences()) == []

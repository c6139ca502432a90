"""What can be done to raw material in store, and to what is expected (R9)."""

from datetime import date
from decimal import Decimal
from typing import Any

from accounts.records import save
from audit.errors import Refused, Stale
from audit.frame import Act, action
from catalog.models import Material
from documents.numbering import business_day
from documents.outbox import post
from stock.materials import moves
from stock.models import ExpectedArrival, MaterialLot, MaterialMove

Kind = MaterialMove.Kind
State = ExpectedArrival.State


@action("receive_material", system=True, versioned=False)
def receive_material(
    act: Act,
    subject: None,
    *,
    material: Material,
    number: str,
    quantity: Decimal,
    received_on: date,
    supplier: str = "",
    shelf_until: date | None = None,
    arrival: ExpectedArrival | None = None,
    last: bool = False,
    opening: bool = False,
) -> MaterialLot:
    """A lot came in; `arrival` is what it was expected as. What is missing of it stays expected, unless this was the
    `last` of it, and why.

    Raises Refused for a number that is taken, a day to come, an arrival that is over or of another material, and for
    a rest that is given up without a reason.
    """
    if received_on > business_day(act.at):
        raise Refused("到料日期不能晚于今天。", field="received_on")
    expected = standing(arrival) if arrival else None
    if expected and expected.material_id != material.pk:
        raise Refused("预计到料是另一种材料的，请重选。", field="arrival")
    given_up = last and expected is not None and quantity < expected.rest
    if given_up and not act.reason:
        raise Refused("到料少于预计而余量不再到货的，请写明原因。", field="reason")
    lot = save(
        MaterialLot(
            material=material,
            number=number.strip(),
            supplier=supplier.strip(),
            received_on=received_on,
            shelf_until=shelf_until,
        )
    )
    ref = expected.reference if expected else ""
    moves.add(lot, Kind.OPENED if opening else Kind.RECEIVED, quantity, ref, act.by, act.at)
    if expected:
        came_in(expected, lot, quantity, over=last)
    keep(act, material, lot=lot.number, quantity=quantity)
    key, words = f"{lot.number}:{lot.pk}", f"{material.name} {lot.number}，{quantity.normalize():f} {material.unit}"
    say_changed(act, material, key, words, came=True)
    if given_up:
        say_changed(act, material, f"{key}:rest", f"到料不足，余量不再到货：{act.reason}", put_off=True)
    return lot


def keep(act: Act, material: Material, **data: Any) -> None:
    """Recorded under the material's lock, the last of all: whoever adds to it at the same moment waits, and is not
    refused."""
    Material.objects.select_for_update(no_key=True).get(pk=material.pk)
    act.record(material, **data)


def came_in(expected: ExpectedArrival, lot: MaterialLot, quantity: Decimal, *, over: bool) -> None:
    expected.received += quantity
    expected.lot = lot
    if over or not expected.rest:
        expected.state = State.ARRIVED
    expected.version += 1
    save(expected)


def say_changed(
    act: Act, material: Material, key: str, words: str, *, came: bool = False, put_off: bool = False
) -> None:
    """Orders that wait for the material, or rely on it, are looked at again once this is committed: it `came`, comes
    later or not at all (`put_off`), or less of it lies there."""
    payload = {
        "material": material.pk,
        "by": act.by and act.by.pk,
        "words": words,
        "came": came,
        "put_off": put_off,
        "event": key,
    }
    post("material_changed", f"{act.code}:{key}", payload, about=material.code)


def standing(arrival: ExpectedArrival) -> ExpectedArrival:
    """The arrival, locked. Raises Refused once it is over."""
    fresh = ExpectedArrival.objects.select_for_update(no_key=True).get(pk=arrival.pk)
    if fresh.state != State.OPEN:
        raise Refused(f"这笔预计到料{fresh.get_state_display()}，请刷新后再看。", field="arrival")
    return fresh


@action("expect_arrival", system=True)
def expect_arrival(
    act: Act, subject: None, *, material: Material, quantity: Decimal, due_on: date, reference: str = ""
) -> ExpectedArrival:
    """Purchasing has ordered it. Raises Refused for a day that is past."""
    if due_on < business_day(act.at):
        raise Refused("预计到料日不能早于今天。", field="due_on")
    arrival = ExpectedArrival(
        material=material,
        quantity=quantity,
        due_on=due_on,
        reference=reference.strip(),
        created_by=act.by,
        created_at=act.at,
    )
    save(arrival)
    keep(act, material, expected=quantity, due=due_on)
    return arrival


@action("put_off_arrival")
def put_off_arrival(act: Act, arrival: ExpectedArrival, *, due_on: date) -> ExpectedArrival:
    """It comes on another day, and why."""
    if not act.reason:
        raise Refused("请写明改期的原因。", field="reason")
    if due_on < business_day(act.at):
        raise Refused("预计到料日不能早于今天。", field="due_on")
    return restated(act, arrival, due_on=due_on)


@action("cancel_arrival")
def cancel_arrival(act: Act, arrival: ExpectedArrival) -> ExpectedArrival:
    """It does not come after all, and why."""
    if not act.reason:
        raise Refused("请写明取消的原因。", field="reason")
    return restated(act, arrival, state=State.CANCELLED)


def restated(act: Act, arrival: ExpectedArrival, **facts: object) -> ExpectedArrival:
    fresh = standing(arrival)
    for name, value in facts.items():
        setattr(fresh, name, value)
    fresh.version += 1
    save(fresh)
    keep(act, fresh.material, arrival=fresh.reference or fresh.pk, changed=facts)
    how = "到料取消" if fresh.state == State.CANCELLED else f"到料改期至 {fresh.due_on}"
    say_changed(act, fresh.material, f"{fresh.pk}:{fresh.version}", f"{how}：{act.reason}", put_off=True)
    return fresh


@action("count_material", versioned=False)
def count_material(act: Act, lot: MaterialLot, *, counted: Decimal, there: Decimal | None = None) -> MaterialLot:
    """What is really there, counted (盘点), and why it differs. `there` is what the books said when it was counted.

    Raises Stale where something moved since: what was issued meanwhile is no find; Refused below what is promised.
    """
    if not act.reason:
        raise Refused("请写明差异的原因。", field="reason")
    if counted < 0:
        raise Refused("数量不能为负。", field="counted")
    fresh = moves.lock([lot.pk])[lot.pk]
    if there is not None and there != fresh.on_hand:
        unit = fresh.material.unit
        said = [("账面库存", f"{there.normalize():f} {unit}", f"{fresh.on_hand.normalize():f} {unit}")]
        raise Stale("盘点期间库存有变动，请按现在的账面库存重新核对实盘数量后再提交。", said)
    difference = counted - fresh.on_hand
    if difference > 0:
        moves.add(fresh, Kind.COUNTED_UP, difference, act.reason, act.by, act.at)
    elif difference < 0:
        moves.take(fresh, Kind.COUNTED_DOWN, -difference, act.reason, act.by, act.at)
        say_less(act, fresh, f"批次 {fresh.number} 盘亏", -difference)
    keep(act, fresh.material, lot=fresh.number, counted=counted)
    return fresh


def say_less(act: Act, lot: MaterialLot, how: str, quantity: Decimal) -> None:
    last = MaterialMove.objects.filter(lot=lot).latest("pk")
    words = f"{how} {quantity.normalize():f} {lot.material.unit}：{act.reason}"
    say_changed(act, lot.material, f"{lot.pk}:{last.pk}", words)


@action("write_off_material", versioned=False)
def write_off_material(act: Act, lot: MaterialLot, *, quantity: Decimal) -> MaterialLot:
    """Spoilt material is scrapped, and why."""
    if not act.reason:
        raise Refused("请写明报废的原因。", field="reason")
    fresh = moves.take(moves.lock([lot.pk])[lot.pk], Kind.WRITTEN_OFF, quantity, act.reason, act.by, act.at)
    keep(act, fresh.material, lot=fresh.number, written_off=quantity)
    say_less(act, fresh, f"批次 {fresh.number} 报废", quantity)
    return fresh

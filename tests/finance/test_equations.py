"""The money equations, on any numbers: lines add up, deposit + balance = total, clearing never lets more leave."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from documents.money import cents
from finance import clearing
from finance.queries import split_deposit
from orders.models import State
from orders.shares import percent_of, step_worth, worth

PRICE = st.decimals("0.0001", "9999.9999", places=4)
QUANTITY = st.decimals("0.001", "99999.999", places=3)
PERCENT = st.decimals(0, 100, places=2)
MONEY = st.decimals(0, "999999.99", places=2)
MANY = settings(max_examples=500, deadline=None)


def terms(*prices: Decimal) -> dict[int, Any]:
    return {number: SimpleNamespace(price=price) for number, price in enumerate(prices)}


@MANY
@given(PRICE, st.lists(QUANTITY, min_size=1, max_size=8))
def test_parts_of_a_line_are_billed_to_the_cent_of_the_whole(price: Decimal, parts: list[Decimal]) -> None:
    before, billed = {0: Decimal(0)}, Decimal(0)
    for part in parts:
        billed += step_worth(terms(price), before, {0: part})
        before = {0: before[0] + part}
    assert billed == cents(price * sum(parts))


@MANY
@given(PRICE, st.lists(QUANTITY, min_size=1, max_size=5))
def test_what_comes_back_is_taken_off_as_it_was_billed(price: Decimal, parts: list[Decimal]) -> None:
    out = sum(parts, Decimal(0))
    billed = step_worth(terms(price), {0: Decimal(0)}, {0: out})
    for part in parts:
        billed += step_worth(terms(price), {0: out}, {0: -part})
        out -= part
    assert billed == 0


@MANY
@given(st.lists(st.tuples(PRICE, QUANTITY), min_size=1, max_size=10))
def test_lines_add_up_to_the_total(rows: list[tuple[Decimal, Decimal]]) -> None:
    quantities = dict(enumerate(quantity for _, quantity in rows))
    total = worth(terms(*(price for price, _ in rows)), quantities)
    assert total == sum(cents(price * quantity) for price, quantity in rows)
    assert total == cents(total)


@MANY
@given(MONEY, PERCENT, MONEY)
def test_deposit_and_balance_are_the_total(total: Decimal, percent: Decimal, received: Decimal) -> None:
    due = percent_of(percent, total)
    order: Any = SimpleNamespace(revision=SimpleNamespace(deposit_due=due, total=total), received=received)
    split = split_deposit(order)
    assert split.earnest + split.prepaid == split.due == due
    assert due + (total - due) == total
    assert 0 <= split.earnest <= percent_of(Decimal(20), total)
    assert split.missing == max(due - received, 0)


@MANY
@given(PERCENT, st.booleans(), MONEY, MONEY, MONEY)
def test_the_deposit_held_back_is_never_more_than_came_in(
    percent: Decimal, pro_rata: bool, total: Decimal, value: Decimal, received: Decimal
) -> None:
    due = percent_of(percent, total)
    revision = SimpleNamespace(
        deposit_due=due, total=total, deposit_pro_rata=pro_rata, share_before_shipping=Decimal(100)
    )
    order: Any = SimpleNamespace(revision=revision)
    held = clearing.held_back(order, value, received)
    assert 0 <= held <= min(due, received)


@MANY
@given(PRICE, PERCENT, PERCENT, st.booleans(), MONEY, st.lists(QUANTITY, min_size=1, max_size=6))
def test_clearing_never_lets_more_leave_than_its_share_is_paid(
    price: Decimal, share: Decimal, deposit: Decimal, pro_rata: bool, received: Decimal, parts: list[Decimal]
) -> None:
    """Ship every part that clears, in turn; at no time has more left than what is due of it was received."""
    total = cents(price * sum(parts))
    order: Any = SimpleNamespace(
        revision=SimpleNamespace(
            deposit_due=percent_of(deposit, total), total=total, deposit_pro_rata=pro_rata, share_before_shipping=share
        )
    )
    out = Decimal(0)
    for part in parts:
        value = worth(terms(price), {0: out + part})
        last = out + part >= sum(parts)
        held = Decimal(0) if last else clearing.held_back(order, value, received)
        if percent_of(share, value) <= received - held:
            out += part
        assert percent_of(share, cents(price * out)) <= received or out == 0


@given(st.sampled_from([State.PRODUCTION, State.QUALITY]), QUANTITY, QUANTITY)
def test_goods_still_to_be_made_keep_a_shipment_from_being_the_last(
    state: State, ordered: Decimal, good: Decimal
) -> None:
    order: Any = SimpleNamespace(state=state)
    line: Any = SimpleNamespace(pk=0, good=good, closed_short=Decimal(0))
    agreed: Any = SimpleNamespace(quantity=ordered)
    assert clearing.to_come(order, line, agreed) == max(ordered, good)
    order.state = State.SHIPPING
    assert clearing.to_come(order, line, agreed) == good

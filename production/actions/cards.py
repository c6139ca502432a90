"""The 工艺卡: written, put in force, and the words that an older version carried taken back (R8)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

from accounts.records import add, save
from audit.errors import Refused
from audit.frame import Act, action
from catalog.models import Product
from documents.outbox import post
from orders.frame import OrderAct, order_action
from orders.models import Order
from orders.notices import tell
from orders.signing import withdraw
from production.cards import outdated
from production.editions import drafted, put
from production.models import CardStep, ProcessCard, Step


@dataclass(frozen=True)
class StepInput:
    """One step as it shall stand in a draft: units per hour, and hours before the first unit."""

    step: str
    rate: Decimal
    setup: Decimal = Decimal(0)
    parameters: str = ""


@action("write_card")
def write_card(
    act: Act,
    card: ProcessCard | None,
    *,
    title: str,
    formula: str,
    steps: Sequence[StepInput],
    tooling: str = "",
    note: str = "",
    product: Product | None = None,
) -> ProcessCard:
    """A new draft for `product`, or the draft rewritten whole. Raises Refused for one that is in force, for a
    product that has a draft already, and without steps or with one of them twice; Invalid for what the fields
    refuse."""
    card = drafted(act, ProcessCard, card, product)
    if not steps:
        raise Refused("请至少填写一道工序。")
    named = [step.step for step in steps]
    if len(set(named)) != len(named):
        raise Refused("同一工序只写一行。")
    card.title, card.formula, card.tooling, card.note = title.strip(), formula.strip(), tooling.strip(), note.strip()
    save(card)
    card.steps.all().delete()
    add([CardStep(card=card, position=position, **asdict(step)) for position, step in enumerate(steps, 1)])
    act.record(card, product=card.product_id, steps=[Step(name).label for name in named])
    return card


@action("put_card_in_force")
def put_in_force(act: Act, card: ProcessCard) -> ProcessCard:
    """From now on the product is confirmed and made by this version; orders not released yet whose technical word
    was given by another one want a new word. Raises Refused for one that is no draft."""
    put(act, card)
    act.record(card, product=card.product_id, number=card.number)
    post("card_changed", f"card:{card.pk}", {"product": card.product_id, "by": act.by.pk}, about=card.product.code)
    return card


@order_action("outdate_technical", adds=True)
def outdate_technical(act: OrderAct, order: Order, *, product_id: int) -> Order:
    """Words given by a version of the product's card that is in force no more are withdrawn by a new row each."""
    order = act.order
    gone = list(outdated(order=order, judged_by__card__product=product_id).select_related("line"))
    for word in gone:
        withdraw(act, word)
    if gone:
        act.record(order, lines=[word.line.number for word in gone if word.line])
        tell(act, order, "card_changed", act.reason)
    return order

"""The 产品出厂标准: written, put in force, replaced; and what quality says of how strictly it is sampled (R23)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

from accounts.records import add, save
from audit.errors import Refused
from audit.frame import Act, action
from catalog.models import Product
from production.editions import drafted, put
from quality.measuring import keep, stand_of
from quality.models import Characteristic, ItemKind, ProductStandard, SamplingState
from quality.severity import STEERED
from quality.switched import note_switch

MOST_ITEMS = 30


@dataclass(frozen=True)
class Item:
    """One characteristic as it shall stand in a draft."""

    item: str
    kind: str
    aql: Decimal
    level: str = "II"
    lower: Decimal | None = None
    upper: Decimal | None = None
    unit: str = ""
    target: str = ""
    method: str = ""


@action("write_standard")
def write_standard(
    act: Act,
    standard: ProductStandard | None,
    *,
    title: str,
    items: Sequence[Item],
    product: Product | None = None,
) -> ProductStandard:
    """A new draft for `product`, or the draft rewritten whole. Raises Refused for one that is in force, for a
    product that has a draft already, and for a list that is empty or too long; Invalid for what the fields refuse."""
    standard = drafted(act, ProductStandard, standard, product)
    if not items:
        raise Refused("请至少填写一个检验项目。")
    if len(items) > MOST_ITEMS:
        raise Refused(f"一份标准最多 {MOST_ITEMS} 个检验项目。")
    names = [item.item.strip() for item in items]
    if len(set(names)) != len(names):
        raise Refused("有两个检验项目同名，请合并或改名。")
    standard.title = title.strip()
    save(standard)
    standard.items.all().delete()
    for item in items:
        check(item)
    add(
        [Characteristic(standard=standard, position=position, **asdict(item)) for position, item in enumerate(items, 1)]
    )
    act.record(standard, product=standard.product_id, items=len(items))
    return standard


def check(item: Item) -> None:
    if item.kind == ItemKind.MEASURED and item.lower is None and item.upper is None:
        raise Refused(f"计量项目「{item.item}」须有上限或下限。")
    if item.lower is not None and item.upper is not None and item.lower > item.upper:
        raise Refused(f"「{item.item}」的下限不能大于上限。")


@action("put_standard_in_force")
def put_in_force(act: Act, standard: ProductStandard) -> ProductStandard:
    """From now on batches of the product are inspected by this version; the one before is kept, replaced.

    Raises Refused for one that is no draft, or that nothing stands in.
    """
    put(act, standard)
    if not standard.items.exists():
        raise Refused("此版没有检验项目，请先填写。")
    act.record(standard, product=standard.product_id, number=standard.number)
    return standard


@action("steer_sampling", versioned=False)
def steer_sampling(act: Act, product: Product, *, what: str) -> SamplingState:
    """`steady`: production is steady, so a score of 30 reduces; `irregular`: no reduction (any more); `resume`:
    what stopped the sampling is put right. Raises Refused for a resumption where nothing is stopped."""
    if not act.reason:
        raise Refused("请写明原因。", field="reason")
    stand = stand_of(product.pk, lock=True)
    if what == "resume" and not stand.stopped:
        raise Refused("此产品的抽样检验没有暂停。")
    if what not in STEERED:
        raise Refused("请选择要办的事项。", field="what")
    moved = STEERED[what](stand)
    state = keep(product.pk, moved)
    note_switch(act, product, stand, moved)
    act.record(product, what=what, from_=stand.severity, to=moved.severity)
    return state

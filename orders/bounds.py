"""What was made, shipped and billed bounds what an amendment may change (rules.md, 改单).

Finished work is left alone: the page says so beside the field, the action and the gate refuse what goes against it.
What is reserved is held by `stock_reserved`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from documents.money import trimmed
from orders.models import Line, Order, Revision, RevisionLine

# -- as a gate ----------------------------------------------------------------------------------------------------

# What a revision is held against: the terms in force, before release those approved.
BOUND = Q(revision__status="in_force") | Q(revision__status="approved", revision__order__released_at=None)
BEGUN = Q(line__made__gt=0) | Q(line__reserved__gt=0) | Q(line__shipped__gt=0)


def against(**changed: Any) -> Exists:
    """Of a RevisionLine: the line stands otherwise in what is in force."""
    rows = RevisionLine.objects.filter(BOUND, line=OuterRef("line")).exclude(revision=OuterRef("revision"))
    return Exists(rows.filter(**changed)) if changed else Exists(rows)


OF_REVISION = RevisionLine.objects.filter(revision=OuterRef("pk"))
ROWS = RevisionLine.objects.filter(BOUND, line=OuterRef("line")).exclude(revision=OuterRef("revision"))
SAME_GOODS = Exists(ROWS.filter(product=OuterRef("product"), spec=OuterRef("spec"), unit=OuterRef("unit")))
OTHER_GOODS = OF_REVISION.filter(BEGUN, against()).exclude(SAME_GOODS)
TOO_FEW = OF_REVISION.filter(against(quantity__gt=OuterRef("quantity"))).filter(
    Q(quantity__lt=F("line__good") - F("line__excess")) | Q(quantity__lt=F("line__out") + F("line__closed_short"))
)
OTHER_PRICE = (
    OF_REVISION.filter(line__out__gt=0).filter(against()).exclude(Exists(ROWS.filter(price=OuterRef("price"))))
)
GONE = (
    Line.objects.filter(order=OuterRef("order"))
    .filter(Q(made__gt=0) | Q(reserved__gt=0) | Q(shipped__gt=0))
    .exclude(Exists(RevisionLine.objects.filter(revision=OuterRef(OuterRef("pk")), line=OuterRef("pk"))))
)
OUT_OF_BOUNDS = Exists(OTHER_GOODS) | Exists(TOO_FEW) | Exists(OTHER_PRICE) | Exists(GONE)


# -- in words -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bound:
    """What is fixed of one line. `least`: below it the quantity may not be lowered."""

    done: str
    goods_fixed: bool
    least: Decimal
    price_fixed: bool

    @property
    def notes(self) -> dict[str, str]:
        """By field of the form: what may not change, and why."""
        if not self.done:
            return {}
        found = {"quantity": f"{self.done}；数量不能少于 {trimmed(self.least)}"} if self.least else {}
        if self.goods_fixed:
            found |= {"product": f"{self.done}，产品不能改", "spec": "已完成的保持原样，规格不能改"}
        if self.price_fixed:
            found["price"] = "已发货的按原价，单价不能改"
        return found


def bound_of(line: Line, unit: str) -> Bound:
    parts = (("已生产", line.made), ("已预留", line.reserved), ("已发", line.out), ("已短结", line.closed_short))
    done = "，".join(f"{word} {trimmed(quantity)} {unit}" for word, quantity in parts if quantity > 0)
    least = max(line.good - line.excess, line.out + line.closed_short, Decimal(0))
    return Bound(done, line.made > 0 or line.reserved > 0 or line.shipped > 0, least, line.out > 0)


def breaches(was: Iterable[RevisionLine], now: Iterable[RevisionLine]) -> list[tuple[str, str]]:
    """(field, words) for each change of `was` that goes against what is done. Rows with `line` selected."""
    new = {row.line_id: row for row in now}
    found: list[tuple[str, str]] = []
    for before in was:
        row, bound = new.get(before.line_id), bound_of(before.line, before.unit)
        if row is None:
            if bound.goods_fixed:
                found.append(("", f"第 {before.position} 行{bound.done}，不能删去；请改数量，或由客户书面短结。"))
            continue
        at = f"第 {row.position} 行"
        if bound.goods_fixed and (row.product_id, row.spec, row.unit) != (before.product_id, before.spec, before.unit):
            found.append(("product", f"{at}{bound.done}，产品、规格和单位不能改；要改的数量请另加一行。"))
        if row.quantity < before.quantity and row.quantity < bound.least:
            found.append(("quantity", f"{at}{bound.done}，数量不能少于 {trimmed(bound.least)} {row.unit}。"))
        if bound.price_fixed and row.price != before.price:
            found.append(("price", f"{at}{bound.done}，已按原价计价，单价不能改；余量改价请另加一行。"))
    return found


def done_on(order: Order) -> list[tuple[RevisionLine, Bound]]:
    """The lines of the terms shown of which something is done already, for the page that proposes an amendment."""
    rows = RevisionLine.objects.filter(revision=order.revision_id).select_related("line", "product")
    found = [(row, bound_of(row.line, row.unit)) for row in rows.order_by("position")]
    return [(row, bound) for row, bound in found if bound.done]


def notes_of(revision: Revision) -> dict[int, dict[str, str]]:
    """By line and field of the form: what may not change, and why."""
    return {row.line_id: bound_of(row.line, row.unit).notes for row in bounding(revision)}


def bounding(revision: Revision) -> list[RevisionLine]:
    """The rows that a revision is held against, fresh from the ledger."""
    rows = RevisionLine.objects.filter(BOUND, revision__order=revision.order_id).exclude(revision=revision.pk)
    return list(rows.select_related("line", "product").order_by("position"))


def explain(revision: Revision) -> str:
    now = revision.lines.select_related("line").order_by("position")
    said = [words for _, words in breaches(bounding(revision), now)]
    return "".join(said) or "有已生产、预留或发货的行不在此版本中，请把该行加回。"

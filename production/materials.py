"""The material statement computed: what the lines to be made need against what is free and what comes (R9).

It proposes; technical reads it, changes what it does not know, and signs. A product without a need list has no
proposal.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_UP, Decimal

from django.db.models import F, Q, Sum

from catalog.models import Material, Need
from orders.models import Order, Revision, RevisionLine, State, Status
from production.models import MaterialReserved, MaterialUse
from stock import material_queries as store

ZERO = Decimal(0)
THOUSANDTH = Decimal("0.001")


@dataclass(frozen=True)
class Stated:
    """One material for one line: what it needs, what of it is there for it, and when the rest has come.

    `arrives_on` is None where nothing is short, or where what is expected does not cover it.
    """

    material: Material
    need: Decimal
    free: Decimal
    short: Decimal
    arrives_on: date | None

    @property
    def words(self) -> str:
        unit = self.material.unit
        said = f"{self.material.name} 需 {plain(self.need)} {unit}，可用 {plain(self.free)} {unit}"
        if not self.short:
            return said
        when = f"，{self.arrives_on} 到齐" if self.arrives_on else "，尚无足够的到料计划"
        return f"{said}，缺 {plain(self.short)} {unit}{when}"


def plain(quantity: Decimal) -> str:
    return f"{quantity.normalize():f}"


def needed(need: Need, quantity: Decimal) -> Decimal:
    """What so many units take, waste on top, rounded up to a thousandth."""
    whole = quantity * need.quantity * (100 + need.waste) / 100
    return whole.quantize(THOUSANDTH, ROUND_UP)


def stated(revision: Revision, rows: Sequence[RevisionLine], day: date) -> dict[int, list[Stated]]:
    """By line: each of its materials. Lines of the order take one after the other, after all orders before it;
    a fixed number of queries, whatever the lines."""
    needs = needs_of(row.product_id for row in rows)
    materials = {need.material_id for listed in needs.values() for need in listed}
    if not materials:
        return {}
    pools = pools_of(revision.order_id, materials, day)
    found: dict[int, list[Stated]] = {}
    for row in sorted(rows, key=lambda each: each.position):
        for need in needs.get(row.product_id, ()):
            found.setdefault(row.line_id, []).append(take(need, needed(need, row.to_make), pools[need.material_id]))
    return found


def needs_of(product_ids: Iterable[int]) -> dict[int, list[Need]]:
    found: dict[int, list[Need]] = defaultdict(list)
    rows = Need.objects.filter(product__in=set(product_ids)).select_related("material").order_by("material__code")
    for need in rows:
        found[need.product_id].append(need)
    return found


@dataclass
class Pool:
    """What is left of one material for whoever comes next."""

    free: Decimal
    coming: list[tuple[date, Decimal]]


def pools_of(order_id: int, materials: Iterable[int], day: date) -> dict[int, Pool]:
    """What lies free and what comes, less what other orders on their way will still take of it. What is promised to
    this order, or was handed out to it, is there for it."""
    materials = set(materials)
    free, coming = store.free_of(materials, day), store.coming(materials)
    pools = {pk: Pool(free.get(pk, ZERO), list(coming.get(pk, ()))) for pk in materials}
    known = Q(order=order_id) | Q(order__state=State.PRODUCTION)
    had, kept = by_line(MaterialUse, materials, known), by_line(MaterialReserved, materials, known)
    for ledger in (had, kept):
        for (order, _, pk), quantity in ledger.items():
            pools[pk].free += quantity if order == order_id else ZERO
    for pk, quantity in others(order_id, materials, had, kept).items():
        draw(pools[pk], quantity)
    return pools


Ledger = dict[tuple[int, int, int], Decimal]


def by_line(ledger: type[MaterialReserved] | type[MaterialUse], materials: Iterable[int], which: Q) -> Ledger:
    """What is promised, or was handed out, by order, line and material; one query."""
    rows = ledger._default_manager.filter(which, lot__material__in=set(materials)).order_by()
    sums = rows.values_list("order_id", "line_id", "lot__material_id").annotate(Sum("quantity"))
    return {(order, line, material): quantity for order, line, material, quantity in sums}


def others(order_id: int, materials: Iterable[int], had: Ledger, kept: Ledger) -> dict[int, Decimal]:
    """By material: what approved and released orders but this one have still to take from the store, beyond what is
    promised to them; one query."""
    open_terms = (
        RevisionLine.objects.filter(
            revision=F("line__order__revision"),
            revision__status__in=[Status.APPROVED, Status.IN_FORCE],
            line__order__state__in=[State.APPROVED, State.PRODUCTION],
            product__needs__material__in=set(materials),
        )
        .exclude(line__order=order_id)
        .values_list(
            "line__order",
            "line_id",
            "quantity",
            "from_stock",
            "line__good",
            "line__closed_short",
            "product__needs__material",
            "product__needs__quantity",
            "product__needs__waste",
        )
    )
    found: dict[int, Decimal] = defaultdict(Decimal)
    for order, line, quantity, from_stock, good, closed, material, each, waste in open_terms:
        unit = each * (100 + waste) / 100
        key = (order, line, material)
        to_come = (quantity - closed - max(good, from_stock)) * unit
        to_issue = (quantity - closed - from_stock) * unit - had.get(key, ZERO)
        left = min(to_come, to_issue).quantize(THOUSANDTH, ROUND_UP) - kept.get(key, ZERO)
        if left > 0:
            found[material] += left
    return found


@dataclass(frozen=True)
class Want:
    """What a line that is made needs of a material in all, what of it was handed out, and what is promised to it."""

    row: RevisionLine
    material: Material
    need: Decimal
    had: Decimal
    kept: Decimal
    left: Decimal  # what the quantity not made yet takes

    @property
    def open(self) -> Decimal:
        """What is not handed out yet."""
        return max(ZERO, self.need - self.had)

    @property
    def due(self) -> Decimal:
        """What may be promised: not handed out, and not made without it."""
        return min(self.open, self.left)

    @property
    def lacks(self) -> Decimal:
        """What is due and not promised."""
        return max(ZERO, self.due - self.kept)


def wants(order: Order, rows: Sequence[RevisionLine]) -> list[Want]:
    """Each of the lines' materials; three queries."""
    needs = needs_of(row.product_id for row in rows)
    materials = {need.material_id for listed in needs.values() for need in listed}
    of_order = Q(order=order)
    had, kept = by_line(MaterialUse, materials, of_order), by_line(MaterialReserved, materials, of_order)
    return [
        Want(
            row, need.material, needed(need, row.to_make), had.get(key, ZERO), kept.get(key, ZERO), left_for(need, row)
        )
        for row in rows
        for need in needs.get(row.product_id, ())
        for key in [(order.pk, row.line_id, need.material_id)]
    ]


def left_for(need: Need, row: RevisionLine) -> Decimal:
    to_come = row.quantity - row.line.closed_short - max(row.line.good, row.from_stock)
    return max(ZERO, needed(need, to_come))


def take(need: Need, wanted: Decimal, pool: Pool) -> Stated:
    """This line's share of the pool, which is less by it afterwards."""
    free = min(wanted, pool.free)
    short, arrives_on = wanted - free, draw(pool, wanted)
    return Stated(need.material, wanted, free, short, arrives_on if short else None)


def draw(pool: Pool, wanted: Decimal) -> date | None:
    """Take so much: first of what is free, then of what comes. The day on which the last of it is there, None where
    it never is."""
    from_free = min(wanted, pool.free)
    pool.free -= from_free
    wanted -= from_free
    day = None
    while wanted > 0 and pool.coming:
        day, quantity = pool.coming[0]
        used = min(wanted, quantity)
        wanted -= used
        if used == quantity:
            pool.coming.pop(0)
        else:
            pool.coming[0] = (day, quantity - used)
    return day if wanted <= 0 else None


def worst(found: Sequence[Stated]) -> Stated:
    """The material that decides: the one missing, the latest of them; else the one that is tightest."""
    missing = [one for one in found if one.short]
    if missing:
        return max(missing, key=lambda one: (one.arrives_on is None, one.arrives_on or date.min))
    return min(found, key=lambda one: one.free - one.need)

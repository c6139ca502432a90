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
from production.models import DailyReport, MaterialReserved, MaterialUse
from production.remaining import left, left_of
from stock.materials import queries as store

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
    spoilt = spoilt_by_line(on_their_way(revision.order_id))
    pools = pools_of(revision, materials, day, spoilt)
    found: dict[int, list[Stated]] = {}
    for row in sorted(rows, key=lambda each: each.position):
        units = taking(row.line.made, spoilt.get(row.line_id), left_of(row))
        for need in needs.get(row.product_id, ()):
            found.setdefault(row.line_id, []).append(take(need, needed(need, units), pools[need.material_id]))
    return found


def taking(made: Decimal, spoilt: Decimal | None, left_to_make: Decimal) -> Decimal:
    """The units that take material in all: every one that was made or spoilt on the way, and those still to be made."""
    return made + (spoilt or ZERO) + left_to_make


def spoilt_by_line(which: Q) -> dict[int, Decimal]:
    """What the steps before the last one spoilt, which is not on the line's ledger; one query."""
    rows = DailyReport.objects.filter(which, counted=False).order_by()
    return dict(rows.values_list("line").annotate(Sum("scrap")))


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


def on_their_way(order_id: int) -> Q:
    """Of what hangs on an order: this one's, and those of orders in work."""
    return Q(order=order_id) | Q(order__state=State.PRODUCTION)


def pools_of(revision: Revision, materials: Iterable[int], day: date, spoilt: dict[int, Decimal]) -> dict[int, Pool]:
    """What lies free and what comes, less what other orders on their way will still take of it. What is promised to
    this order, or was handed out to it, is there for it."""
    materials = set(materials)
    free, coming = store.free_of(materials, day), store.coming(materials, day)
    pools = {pk: Pool(free.get(pk, ZERO), list(coming.get(pk, ()))) for pk in materials}
    order_id = revision.order_id
    known = on_their_way(order_id)
    had, kept = by_line(MaterialUse, materials, known), by_line(MaterialReserved, materials, known)
    for ledger in (had, kept):
        for (order, _, pk), quantity in ledger.items():
            pools[pk].free += quantity if order == order_id else ZERO
    for pk, quantity in others(revision, materials, had, kept, spoilt).items():
        draw(pools[pk], quantity)
    return pools


Ledger = dict[tuple[int, int, int], Decimal]


def by_line(ledger: type[MaterialReserved] | type[MaterialUse], materials: Iterable[int], which: Q) -> Ledger:
    """What is promised, or was handed out, by order, line and material; one query."""
    rows = ledger._default_manager.filter(which, lot__material__in=set(materials)).order_by()
    sums = rows.values_list("order_id", "line_id", "lot__material_id").annotate(Sum("quantity"))
    return {(order, line, material): quantity for order, line, material, quantity in sums}


def others(
    revision: Revision, materials: Iterable[int], had: Ledger, kept: Ledger, spoilt: dict[int, Decimal]
) -> dict[int, Decimal]:
    """By material: what approved and released orders but this one have still to take from the store, beyond what is
    promised to them; one query. Those approved after this one take after it."""
    first = Q(revision__approved_at__lt=revision.approved_at) if revision.approved_at else Q()
    open_terms = (
        RevisionLine.objects.filter(
            first,
            revision=F("line__order__revision"),
            revision__status__in=[Status.APPROVED, Status.IN_FORCE],
            line__order__state__in=[State.APPROVED, State.PRODUCTION],
            product__needs__material__in=set(materials),
        )
        .exclude(line__order=revision.order_id)
        .values_list(
            "line__order",
            "line_id",
            "quantity",
            "from_stock",
            "line__made",
            "line__good",
            "line__closed_short",
            "product__needs__material",
            "product__needs__quantity",
            "product__needs__waste",
        )
    )
    found: dict[int, Decimal] = defaultdict(Decimal)
    for order, line, quantity, from_stock, made, good, closed, material, each, waste in open_terms:
        unit = each * (100 + waste) / 100
        key = (order, line, material)
        to_make = left(quantity, from_stock, good, closed)
        to_issue = taking(made, spoilt.get(line), to_make) * unit - had.get(key, ZERO)
        open_ = min(to_make * unit, to_issue).quantize(THOUSANDTH, ROUND_UP) - kept.get(key, ZERO)
        if open_ > 0:
            found[material] += open_
    return found


@dataclass(frozen=True)
class Want:
    """What a line that is made needs of a material in all, what is to be made again included; what of it was handed
    out, and what is promised to it."""

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
    """Each of the lines' materials; four queries."""
    needs = needs_of(row.product_id for row in rows)
    materials = {need.material_id for listed in needs.values() for need in listed}
    of_order = Q(order=order)
    had, kept = by_line(MaterialUse, materials, of_order), by_line(MaterialReserved, materials, of_order)
    spoilt = spoilt_by_line(of_order)
    return [
        Want(row, need.material, needed(need, units), had.get(key, ZERO), kept.get(key, ZERO), needed(need, to_make))
        for row in rows
        for to_make in [left_of(row)]
        for units in [taking(row.line.made, spoilt.get(row.line_id), to_make)]
        for need in needs.get(row.product_id, ())
        for key in [(order.pk, row.line_id, need.material_id)]
    ]


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

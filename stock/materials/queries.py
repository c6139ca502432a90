"""What is read of raw material: what is there, what comes, and what differs from its moves."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import Case, DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from accounts.search import query_of
from catalog.models import Material
from stock.materials.moves import ADDING, FREEING, PROMISING, TAKING
from stock.models import ExpectedArrival, MaterialLot, MaterialMove

QUANTITY: DecimalField = DecimalField(max_digits=14, decimal_places=3)
NOTHING = Value(Decimal(0), output_field=QUANTITY)
OPEN = ExpectedArrival.State.OPEN
REST = F("quantity") - F("received")


def usable(day: date) -> Q:
    """Lots within their shelf life."""
    return Q(shelf_until=None) | Q(shelf_until__gte=day)


def free_of(material_ids: Iterable[int], day: date) -> dict[int, Decimal]:
    """What of each material lies free and usable; one query."""
    rows = (
        MaterialLot.objects.filter(usable(day), material__in=set(material_ids), on_hand__gt=F("reserved"))
        .order_by()
        .values("material")
        .annotate(left=Sum(F("on_hand") - F("reserved")))
        .values_list("material", "left")
    )
    return dict(rows)


def coming(material_ids: Iterable[int], day: date) -> dict[int, list[tuple[date, Decimal]]]:
    """(day, quantity) of what is expected of each material from `day` on, by day; one query. What is overdue has no
    day until somebody says one."""
    found: dict[int, list[tuple[date, Decimal]]] = defaultdict(list)
    rows = ExpectedArrival.objects.filter(state=OPEN, due_on__gte=day, material__in=set(material_ids))
    for material, due_on, quantity in rows.order_by("due_on", "pk").values_list("material", "due_on", REST):
        found[material].append((due_on, quantity))
    return found


def overdue(day: date) -> QuerySet[ExpectedArrival]:
    """What should have come before `day` and has not, longest overdue first."""
    late = ExpectedArrival.objects.filter(state=OPEN, due_on__lt=day)
    return late.select_related("material").order_by("due_on", "pk")


def materials(words: str = "", *, day: date, low: bool = False, ended: bool = False) -> QuerySet[Material]:
    """The list page: each with what lies free, and what is expected next."""
    here = MaterialLot.objects.filter(usable(day), material=OuterRef("pk")).order_by().values("material")
    free = here.annotate(left=Sum(F("on_hand") - F("reserved"))).values("left")
    next_one = ExpectedArrival.objects.filter(material=OuterRef("pk"), state=OPEN).order_by("due_on", "pk")
    found = Material.objects.annotate(
        free=Coalesce(Subquery(free), NOTHING, output_field=QUANTITY),
        next_on=Subquery(next_one.values("due_on")[:1]),
        next_quantity=Subquery(next_one.annotate(to_come=REST).values("to_come")[:1]),
    )
    if not ended:
        found = found.filter(is_active=True)
    if low:
        found = found.filter(free__lt=F("safety_stock"))
    if words.strip():
        found = found.filter(search__matches=words) if query_of(words) else found.none()
    return found.order_by("code")


def lots_of(material: Material, *, empty: bool = False) -> QuerySet[MaterialLot]:
    found = MaterialLot.objects.filter(material=material).order_by("received_on", "id")
    return found if empty else found.filter(on_hand__gt=0)


def moves_of(material: Material) -> QuerySet[MaterialMove]:
    return MaterialMove.objects.filter(lot__material=material).select_related("lot", "by").order_by("-id")


def wrong_balances() -> list[tuple[int, str, Decimal, Decimal, Decimal, Decimal]]:
    """(id, number, on hand, reserved, on hand by moves, reserved by moves) of lots that differ from their moves."""
    lots = MaterialLot.objects.annotate(moved=by_moves(ADDING, TAKING), kept=by_moves(PROMISING, FREEING)).exclude(
        on_hand=F("moved"), reserved=F("kept")
    )
    return list(lots.order_by("pk").values_list("pk", "number", "on_hand", "reserved", "moved", "kept"))


def by_moves(plus: Iterable[str], minus: Iterable[str]) -> Coalesce:
    """Of a lot: the sum of its moves of these kinds."""
    signed = Case(
        When(kind__in=plus, then=F("quantity")),
        When(kind__in=minus, then=-F("quantity")),
        default=NOTHING,
        output_field=QUANTITY,
    )
    moved = MaterialMove.objects.filter(lot=OuterRef("pk")).order_by().values("lot").annotate(n=Sum(signed)).values("n")
    return Coalesce(Subquery(moved), NOTHING, output_field=QUANTITY)

"""What is read of stock."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import DecimalField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from accounts.search import query_of
from catalog.models import Product
from stock.models import Lot, Move, Pallet

QUANTITY: DecimalField = DecimalField(max_digits=14, decimal_places=3)
FREE = F("on_hand") - F("reserved")


def lying(name: str) -> Coalesce:
    """The sum of `name` over a lot's pallets, counted only for the rows that are shown."""
    sums = Pallet.objects.filter(lot=OuterRef("pk")).order_by().values("lot").annotate(sum=Sum(name)).values("sum")
    return Coalesce(Subquery(sums), Value(Decimal(0)), output_field=QUANTITY)


RELEASED = Q(lot__status=Lot.Status.RELEASED)


def usable(day: date) -> Q:
    """Pallets of released lots within their shelf life."""
    return RELEASED & (Q(lot__shelf_until=None) | Q(lot__shelf_until__gte=day))


def promisable(product_ids: Iterable[int], day: date) -> QuerySet[Pallet]:
    """The pallets of these products that something could be promised of."""
    return Pallet.objects.filter(usable(day), lot__product__in=set(product_ids), on_hand__gt=F("reserved"))


def free_of(product_ids: Iterable[int], day: date) -> dict[int, Decimal]:
    """What of each product could be promised now; one query (R6)."""
    rows = promisable(product_ids, day).order_by().values("lot__product").annotate(left=Sum(FREE))
    return dict(rows.values_list("lot__product", "left"))


def lying_of(product: Product, day: date) -> dict[str, Decimal]:
    """What lies here of a product: free, past its shelf life, held by quality, promised already; one query (R6)."""
    sums = {
        "free": Sum(FREE, filter=usable(day)),
        "past": Sum(FREE, filter=RELEASED & Q(lot__shelf_until__lt=day)),
        "held": Sum(FREE, filter=Q(lot__status=Lot.Status.QUARANTINED)),
        "promised": Sum("reserved"),
    }
    found = Pallet.objects.filter(lot__product=product, on_hand__gt=0).aggregate(**sums)
    return {name: quantity or Decimal(0) for name, quantity in found.items()}


def lots(words: str = "", status: str = "", *, empty: bool = False) -> QuerySet[Lot]:
    """The list page: lots with what lies there, newest first."""
    found = Lot.objects.select_related("product").annotate(on_hand=lying("on_hand"), reserved=lying("reserved"))
    if status in Lot.Status.values:
        found = found.filter(status=status)
    if not empty:
        found = found.filter(Exists(Pallet.objects.filter(lot=OuterRef("pk"), on_hand__gt=0)))
    if words:
        of_product = Q(product__in=Product.objects.filter(search__matches=words)) if query_of(words) else Q()
        found = found.filter(Q(number__istartswith=words) | of_product)
    return found.order_by("-id")


def moves_of(lot: Lot) -> QuerySet[Move]:
    return Move.objects.filter(pallet__lot=lot).select_related("pallet", "by").order_by("-id")


ADDING = ("opened", "received", "put_back")
TAKING = ("shipped", "written_off", "taken_back")

WRONG = """
    SELECT p.id, p.number, p.on_hand, p.reserved,
           coalesce(sum(m.quantity) FILTER (WHERE m.kind IN %(adding)s), 0)
             - coalesce(sum(m.quantity) FILTER (WHERE m.kind IN %(taking)s), 0) AS moved_on_hand,
           coalesce(sum(m.quantity) FILTER (WHERE m.kind = 'reserved'), 0)
             - coalesce(sum(m.quantity) FILTER (WHERE m.kind IN ('freed', 'shipped')), 0) AS moved_reserved
    FROM stock_pallet p LEFT JOIN stock_move m ON m.pallet_id = p.id
    GROUP BY p.id
    HAVING p.on_hand <> coalesce(sum(m.quantity) FILTER (WHERE m.kind IN %(adding)s), 0)
                        - coalesce(sum(m.quantity) FILTER (WHERE m.kind IN %(taking)s), 0)
        OR p.reserved <> coalesce(sum(m.quantity) FILTER (WHERE m.kind = 'reserved'), 0)
                         - coalesce(sum(m.quantity) FILTER (WHERE m.kind IN ('freed', 'shipped')), 0)
    ORDER BY p.id
"""


def wrong_balances() -> list[tuple[int, str, Decimal, Decimal, Decimal, Decimal]]:
    """(id, number, on hand, reserved, on hand by moves, reserved by moves) of pallets that differ from their moves."""
    with connection.cursor() as cursor:
        cursor.execute(WRONG, {"adding": ADDING, "taking": TAKING})
        return cursor.fetchall()

"""A line's identity, and the ledger of what was reserved, made, shipped … on it. Facts, append-only."""

from collections.abc import Iterable
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property

from audit.models import AppendOnly
from orders.models.order import Order
from stock.models import Lot, Pallet


class EntryKind(models.TextChoices):
    RESERVED = "reserved", "预留"
    MADE = "made", "生产"
    SCRAPPED = "scrapped", "报废"
    ACCEPTED = "accepted", "检验合格"
    STOCKED = "stocked", "入库"
    FREED = "freed", "转库存"
    SHIPPED = "shipped", "发出"
    LOST = "lost", "丢失"
    ARRIVED = "arrived", "到货"
    REFUSED = "refused", "拒收"
    RETURNED = "returned", "退回"
    CLOSED_SHORT = "closed_short", "短结"
    EXCESS = "excess", "超量接收"


def total(label: str) -> models.DecimalField:
    return models.DecimalField(label, max_digits=14, decimal_places=3, default=Decimal(0))


class Line(models.Model):
    """The identity on which all that is made, reserved and shipped hangs; its terms are in each revision.

    Running totals of the ledger, in the line's unit. `good` is what can be delivered, `out` what is with the
    customer or on the way.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveSmallIntegerField("行号")

    reserved = total("预留")
    made = total("生产")
    scrapped = total("报废")
    accepted = total("检验合格")
    stocked = total("入库")
    freed = total("转库存")
    shipped = total("发出")
    lost = total("丢失")
    arrived = total("到货")
    refused = total("拒收")
    returned = total("退回")
    closed_short = total("短结")
    excess = total("超量接收")
    good = models.GeneratedField(
        expression=F("reserved") + F("made") - F("scrapped") - F("freed") - F("lost"),
        output_field=models.DecimalField("合格数", max_digits=14, decimal_places=3),
        db_persist=True,
    )
    out = models.GeneratedField(
        expression=F("shipped") - F("returned") - F("lost"),
        output_field=models.DecimalField("净发出", max_digits=14, decimal_places=3),
        db_persist=True,
    )

    class Meta:
        verbose_name = "订单行"
        verbose_name_plural = "订单行"
        ordering = ["order", "number"]
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="line_number"),
            models.CheckConstraint(
                condition=Q(*[(f"{kind}__gte", 0) for kind in EntryKind.values]),
                name="line_totals_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(scrapped__lte=F("reserved") + F("made") - F("freed") - F("lost")), name="line_good"
            ),
            models.CheckConstraint(condition=Q(accepted__lte=F("made")), name="line_accepted_was_made"),
            models.CheckConstraint(condition=Q(stocked__lte=F("accepted")), name="line_stocked_was_accepted"),
            models.CheckConstraint(
                condition=Q(shipped__lte=F("reserved") + F("stocked") - F("freed") + F("returned")),
                name="line_shipped_was_in_stock",
            ),
            models.CheckConstraint(
                condition=Q(arrived__lte=F("shipped") - F("returned") - F("lost")), name="line_arrived_was_shipped"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}-{self.number}"

    @cached_property
    def place(self) -> str:
        """What people call it; of many lines it is asked at once, with `give_places`."""
        give_places([self])
        return self.place

    @property
    def former(self) -> str:
        """What it was called while it was entered; for one that was left out before any terms had it."""
        return f"原第 {self.number} 行"


def give_places(lines: Iterable[Line]) -> None:
    """Each its `place`; one query."""
    known = list(lines)
    found = Line.objects.filter(pk__in={line.pk for line in known}, terms__isnull=False).order_by()
    said = places(found.values_list("pk", "order__revision", "terms__revision", "terms__position"))
    for line in known:
        line.place = said.get(line.pk, line.former)


def places(terms: Iterable[tuple[int, int | None, int, int]]) -> dict[int, str]:
    """By line its place, of (line, revision in force, revision, position): that in force, else that of the amendment
    which would bring it, or of the terms which had it last."""
    ranked = sorted(terms, key=lambda row: (row[2] == row[1], row[2]))
    return {line: place_of(position, revision, in_force) for line, in_force, revision, position in ranked}


def place_of(position: int, revision: int, in_force: int | None) -> str:
    """第 2 行; with the word for a number of other terms than those in force."""
    other = "原" if in_force and revision < in_force else "改单" if in_force and revision > in_force else ""
    return f"{other}第 {position} 行"


class LineEntry(AppendOnly):
    """One fact on a line. `quantity` is in the line's unit; negative only takes an earlier fact back."""

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField("类别", max_length=12, choices=EntryKind)
    quantity = models.DecimalField("数量", max_digits=14, decimal_places=3)
    lot = models.ForeignKey(Lot, verbose_name="批次", on_delete=models.PROTECT, null=True, related_name="+")
    pallet = models.ForeignKey(Pallet, verbose_name="托盘", on_delete=models.PROTECT, null=True, related_name="+")
    shipment = models.ForeignKey("orders.Shipment", on_delete=models.PROTECT, null=True, related_name="entries")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="经手", on_delete=models.PROTECT, null=True)
    at = models.DateTimeField("时间")
    note = models.CharField("说明", max_length=500, blank=True)

    class Meta:
        verbose_name = "数量台账"
        verbose_name_plural = "数量台账"
        constraints = [models.CheckConstraint(condition=~Q(quantity=0), name="entry_not_zero")]

    def __str__(self) -> str:
        return f"{self.line_id} {self.kind} {self.quantity}"

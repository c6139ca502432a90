"""What the pages of technical, production and quality read; each list in a fixed number of statements."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from flow.models import Owed
from orders.models import (
    Order,
    Revision,
    RevisionLine,
    Signed,
    SignOff,
    State,
    Status,
)
from orders.queries import UNFINISHED
from orders.signing import WITHDRAWN
from production import daily
from production.gates.making import measured
from production.gates.shared import IN_FORCE, plain
from production.models import (
    UNJUDGED,
    Anomaly,
    Batch,
    DailyReport,
    MaterialUse,
    StatedNeed,
)
from production.scheduling import board

if TYPE_CHECKING:
    from accounts.models import User

MOST_WORDS = 500
WORKED_ON = (Status.PROPOSED, Status.APPROVED, Status.DRAFT)
UNDER_WAY = (State.PENDING, State.APPROVED, State.PRODUCTION, State.QUALITY)


# --- the production list ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shelf:
    """One tab of a list: what is owed there, and the page where it is done."""

    label: str
    page: str
    owed: tuple[str, ...] = ()


SHELVES = {
    "technical": Shelf("待技术确认", "production:technical", ("technical_signed",)),
    "material": Shelf("待原材料说明", "production:material", ("material_stated", "statement_anew")),
    "dates": Shelf("待签交期", "production:dates", ("date_committed", "date_current", "date_anew")),
    "order": Shelf("待签指令单", "production:order", ("order_signed_for",)),
    "making": Shelf("生产中", "production:report"),
    "anomalies": Shelf("异常", "production:anomalies"),
    "stop": Shelf("待停产说明", "production:stop", ("work_stopped",)),
    "all": Shelf("全部", "production:report"),
}


def orders_on(shelf: str, user: "User") -> QuerySet[Order]:
    """The orders of one tab, oldest first by their id."""
    seen = Order.objects.visible_to(user).select_related("customer", "revision")
    if shelf == "making":
        return seen.filter(state=State.PRODUCTION)
    if shelf == "anomalies":
        return seen.filter(Exists(Anomaly.objects.filter(order=OuterRef("pk"), closed_at__isnull=True)))
    if shelf == "all":
        return seen.filter(state__in=UNDER_WAY)
    owed = Owed.objects.open().filter(what__in=SHELVES[shelf].owed)
    return seen.filter(pk__in=owed.values("order_id"))


def counts(user: "User") -> dict[str, int]:
    """How many orders stand on each tab."""
    seen = Order.objects.visible_to(user)
    owed = dict(
        Owed.objects.open()
        .filter(what__in=[what for shelf in SHELVES.values() for what in shelf.owed], order__in=seen)
        .order_by()
        .values_list("what")
        .annotate(Count("order", distinct=True))
    )
    found = {code: sum(owed.get(what, 0) for what in shelf.owed) for code, shelf in SHELVES.items() if shelf.owed}
    found["making"] = seen.filter(state=State.PRODUCTION).count()
    found["anomalies"] = orders_on("anomalies", user).count()
    return found


@dataclass(frozen=True)
class Row:
    """An order of the list with its goods in a word and how far its slowest line is."""

    order: Order
    goods: str
    percent: int
    lines: int
    late: str = ""


def rows_of(orders: list[Order], today: date) -> list[Row]:
    """One query for the lines of all of them, one for the plans that end too late."""
    lines: dict[int, list[RevisionLine]] = {order.pk: [] for order in orders}
    terms = RevisionLine.objects.filter(revision__in=[order.revision_id for order in orders])
    for row in terms.select_related("product", "line").order_by("position"):
        lines[row.line.order_id].append(row)
    too_late = board.planned_late(orders, today)
    return [row_of(order, lines[order.pk], late_words(order, too_late, today)) for order in orders]


def row_of(order: Order, lines: list[RevisionLine], late: str) -> Row:
    slowest = min((percent_made(line) for line in lines), default=0)
    return Row(order, lines[0].product.name if lines else "", slowest, len(lines), late)


def late_words(order: Order, too_late: set[int], today: date) -> str:
    """Past the promised day and not made, or planned past its day."""
    if order.state in UNFINISHED and order.promised_on and order.promised_on < today:
        return "逾期"
    return "排产误期" if order.pk in too_late else ""


def percent_made(line: RevisionLine) -> int:
    wanted = line.quantity - line.line.closed_short
    return 100 if wanted <= 0 else max(0, min(100, int(line.line.good * 100 / wanted)))


def lines_unsaid(user: "User") -> QuerySet[RevisionLine]:
    """Lines to be made, of orders that owe technical's word, that it has not spoken on."""
    seen = Order.objects.visible_to(user)
    owed = Owed.objects.open().filter(what="technical_signed", subject_kind="revision", order__in=seen)
    said = SignOff.objects.live().filter(
        kind=Signed.TECHNICAL, line=OuterRef("line"), digest=OuterRef("technical_digest")
    )
    found = RevisionLine.objects.filter(revision__in=owed.values("subject_id"), quantity__gt=F("from_stock")).exclude(
        Exists(said.exclude(verdict=WITHDRAWN))
    )
    return found.select_related("product", "line", "revision__order__customer", "revision__order__salesperson")


# --- one order ----------------------------------------------------------------------------------------------------


def worked_on(order: Order) -> Revision | None:
    """The revision that waits for words: the newest open one, else the one in force."""
    known = order.__dict__.get("_revisions")
    if known is None:
        known = order.revisions.filter(status__in=[*WORKED_ON, Status.IN_FORCE]).order_by("-number")
    return next(iter(in_hand_of(order, known)), None)


def in_hand(order: Order) -> list[Revision]:
    """The revisions that words are given on: the open ones, the newest first, and the one in force beside them."""
    found = order.revisions.filter(status__in=[*WORKED_ON, Status.IN_FORCE]).order_by("-number")
    return in_hand_of(order, found)


def in_hand_of(order: Order, known: Iterable[Revision]) -> list[Revision]:
    found = [revision for revision in known if revision.status in (*WORKED_ON, Status.IN_FORCE)]
    for revision in found:
        revision.order = order
    return sorted(found, key=lambda revision: revision.status == Status.IN_FORCE)


def terms_of(revision: Revision) -> list[RevisionLine]:
    return list(revision.lines.select_related("product", "line").order_by("position"))


def words_on(revision: Revision, kind: Signed, digest: str) -> dict[int, Any]:
    """On each line the word of `kind` that saw what is there now, else the newest; `stands` says whether it did."""
    gone = SignOff.objects.filter(supersedes=OuterRef("based_on"))
    live: QuerySet[Any] = (
        SignOff.objects.live()
        .filter(kind=kind, line__terms__revision=revision)
        .exclude(verdict=WITHDRAWN)
        .annotate(saw=F(f"line__terms__{digest}"), base_gone=Exists(gone))
        .select_related("by", "paper")
        .order_by("-at", "-pk")
    )
    found: dict[int, Any] = {}
    for word in live:
        saw = word.digest == word.saw
        if saw or word.line_id not in found:
            word.stands = saw and not word.base_gone
            found[word.line_id] = word
    return found


def measured_lines(order: Order) -> list[Any]:
    """The lines in force with how much is missing (`short`) and too much (`over`), in hundredths."""
    rows = RevisionLine.objects.filter(revision__order=order, revision__status=IN_FORCE)
    return list(measured(rows).select_related("product", "line").order_by("position"))


def reports_of(order: Order) -> list[DailyReport]:
    """The newest hundred, each with its row of the 生产指令单 as `place`."""
    beside = ("batch", "by", "taken_back_by", "work__line__order")
    found = DailyReport.objects.filter(order=order).select_related(*beside)
    rows = list(found.order_by("-id")[:100])
    terms = daily.terms_of({row.line_id for row in rows})
    for row in rows:
        row.place = daily.place(order, terms.get(row.line_id))  # type: ignore[attr-defined]
    return rows


def anomalies_of(order: Order) -> QuerySet[Anomaly]:
    found = Anomaly.objects.filter(order=order)
    people = ("raised_by", "forwarded_by", "planned_by", "agreed_by", "closed_by")
    return found.select_related(*people).prefetch_related("lines", "photos").order_by("-id")


def stopped_words(order: Order) -> list[SignOff]:
    """Production's words on stopped work, newest first."""
    found = SignOff.objects.filter(kind=Signed.WORK_STOPPED, order=order)
    return list(found.select_related("by").order_by("-id"))


def stopped_figures(order: Order) -> dict[str, str]:
    """What the books say, to begin a 停产说明 with: by line, batch and lot of material."""
    lines = measured_lines(order)
    waiting = Batch.objects.filter(line__order=order, quantity__gt=0, status__in=UNJUDGED).order_by("pk")
    used = MaterialUse.objects.filter(order=order).order_by().values("lot__material__name", "lot__material__unit")
    found = {
        "good": [f"第 {row.position} 行 {plain(row.line.good)} {row.unit}" for row in lines if row.line.good],
        "in_work": [f"批次 {batch.number} 待检 {plain(batch.quantity)}" for batch in waiting],
        "scrap": [f"第 {row.position} 行 {plain(row.line.scrapped)} {row.unit}" for row in lines if row.line.scrapped],
        "material": [
            f"{row['lot__material__name']} {plain(row['left'])} {row['lot__material__unit']}"
            for row in used.annotate(left=Sum("quantity")).filter(left__gt=0).order_by("lot__material__name")
        ],
    }
    return {name: "；".join(said)[:MOST_WORDS] or "无" for name, said in found.items()}


def relying_on(material_id: int, *, waiting: bool = False) -> QuerySet[Order]:
    """Orders not made yet with a material statement on goods that need the material; `waiting` are those that it was
    lacking for."""
    words = SignOff.objects.live().filter(kind=Signed.MATERIAL, order=OuterRef("pk")).exclude(verdict=WITHDRAWN)
    lacked = StatedNeed.objects.filter(statement=OuterRef("pk"), material=material_id)
    needing = RevisionLine.objects.filter(line=OuterRef("line"), product__needs__material=material_id)
    relied = words.filter(Exists(lacked.filter(Q(short__gt=0) | Q(arrives_on__isnull=False)) if waiting else needing))
    found = Order.objects.filter(
        Exists(relied), state__in=[State.DRAFT, State.PENDING, State.APPROVED, State.PRODUCTION]
    )
    return found.order_by("pk")

"""Whether an order's file is complete: which papers there are, which are missing and where they are made (R32, R40).

Each department registers a check of its own papers; a check reads many orders at once.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.urls import reverse

from customers.models import Quote
from documents.models import Document
from orders.models import Channel, ConfirmationReturn, EntryKind, LineEntry, Order, RevisionLine, Signed, SignOff, State


@dataclass(frozen=True)
class Item:
    """A paper that the order's file should hold; `url` leads to it, or to where it is made."""

    label: str
    is_there: bool
    url: str = ""


Check = Callable[[Sequence[Order]], dict[int, list[Item]]]
_checks: list[Check] = []


def register(*checks: Check) -> None:
    _checks.extend(check for check in checks if check not in _checks)


def files_of(orders: Sequence[Order]) -> dict[int, list[Item]]:
    """By order, in the order the departments come; a fixed number of queries."""
    found: dict[int, list[Item]] = {order.pk: [] for order in orders}
    for check in _checks:
        for pk, items in check(orders).items():
            found[pk] += items
    return found


def missing(items: Iterable[Item]) -> list[Item]:
    return [item for item in items if not item.is_there]


def newest(kind: str, subject_kind: str, ids: Iterable[int]) -> dict[int, str]:
    """The page of the newest paper of that kind, by subject."""
    rows = Document.objects.filter(kind=kind, subject_kind=subject_kind, subject_id__in=list(ids), withdrawal=None)
    return {row.subject_id: row.get_absolute_url() for row in rows.defer("data", "letterhead").order_by("version")}


def of_the_order(orders: Sequence[Order]) -> dict[int, list[Item]]:
    """What was heard, the order in writing, the contract, the confirmation and its return."""
    memos = newest("memo", "memo", [order.memo_id for order in orders if order.memo_id])
    sent = newest("confirmation", "order", [order.pk for order in orders])
    accepted = ConfirmationReturn.objects.filter(
        revision__in=[order.revision_id for order in orders], verdict="accepted"
    ).values_list("revision__order", flat=True)
    returned = set(accepted)
    both = SignOff.objects.live().filter(order__in=orders, kind__in=(Signed.CANCEL_MD, Signed.CANCEL_FIN))
    said = both.order_by().values("order").annotate(kinds=Count("kind", distinct=True)).filter(kinds=2)
    agreed = set(said.values_list("order", flat=True))
    found: dict[int, list[Item]] = defaultdict(list)
    for order in orders:
        page = order.get_absolute_url()
        contract = order.revision.contract if order.revision else None
        if order.memo_id:
            found[order.pk].append(Item("客户信息备忘录", order.memo_id in memos, memos.get(order.memo_id, "")))
        if order.channel == Channel.SALES_WORD:
            found[order.pk].append(Item("书面订单", order.written_order_filed_at is not None, page))
        if contract:
            scan = contract.scan.get_absolute_url() if contract.scan else contract.get_absolute_url()
            found[order.pk].append(Item(f"销售合同 {contract.number}", contract.scan_id is not None, scan))
        if order.state == State.CANCELLED:
            # Its confirmation is withdrawn; it came off the chain by two signatures.
            cancellation = reverse("orders:cancellation", args=[order.number])
            found[order.pk].append(Item("取消的书面要求与批准", order.pk in agreed, cancellation))
            continue
        confirmation = reverse("orders:confirmation", args=[order.number])
        found[order.pk].append(Item("订单确认书", order.pk in sent, sent.get(order.pk, confirmation)))
        found[order.pk].append(Item("确认书签章回传", order.pk in returned, confirmation))
    return found


WRITTEN_BY_CUSTOMER = {EntryKind.CLOSED_SHORT: "客户书面同意短结", EntryKind.EXCESS: "客户书面同意超量接收"}


def of_the_bargain(orders: Sequence[Order]) -> dict[int, list[Item]]:
    """The quote it was made of, and what the customer or a supervisor put in writing on the way."""
    by_number, by_pk = {order.number: order for order in orders}, {order.pk: order for order in orders}
    quotes = {quote.pk: quote for quote in Quote.objects.filter(order_number__in=by_number).order_by("pk")}
    papers = newest("quote", "quote", quotes)
    found: dict[int, list[Item]] = defaultdict(list)
    for pk, quote in quotes.items():
        where = papers.get(pk, quote.get_absolute_url())
        found[by_number[quote.order_number].pk].append(Item(f"报价单 {quote.number}", pk in papers, where))
    sealed = set(
        SignOff.objects.live()
        .filter(kind=Signed.SAMPLE, verdict="ok", line__order__in=orders)
        .values_list("line", flat=True)
    )
    wanting = RevisionLine.objects.filter(revision__in=[order.revision_id for order in orders], needs_sample=True)
    for row in wanting.select_related("revision").order_by("position"):
        order = by_pk[row.revision.order_id]
        where = order.get_absolute_url()
        found[order.pk].append(Item(f"封样 第 {row.position} 行", row.line_id in sealed, where))
    # Neither is recorded without its paper, nor the reason without its words.
    entries = LineEntry.objects.filter(line__order__in=orders, kind__in=WRITTEN_BY_CUSTOMER)
    said = entries.order_by().values_list("line__order", "kind").distinct()
    waived = SignOff.objects.live().filter(order__in=orders, kind=Signed.RETURN_WAIVED, verdict="ok")
    pages = {order.pk: order.get_absolute_url() for order in orders}
    for pk, kind in sorted(said):
        found[pk].append(Item(WRITTEN_BY_CUSTOMER[EntryKind(kind)], True, pages[pk]))
    for pk in sorted({*waived.values_list("order", flat=True)} - {None}):
        found[pk].append(Item("未收到回传而先发货的说明", True, pages[pk]))
    return found

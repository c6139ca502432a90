"""What one revision changes of another, as typed lines: for the order's page, the judging page, papers and Events.

A 改单 is judged by its difference; each line names the signatures that it asks again, by the same lists of fields
that `orders.digests` stamps, so that what is announced and what lapses cannot drift apart.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from documents.money import trimmed
from orders import digests
from orders.models import Order, Revision, RevisionLine, Status
from orders.terms import HEADER_FIELDS, LINE_FIELDS, POLICY_FIELDS

QUANTITY, PRICE, DATE, ADDRESS, PRODUCT, PACKAGING = "数量", "价格", "日期", "地址", "产品规格", "包装"
ADDED, DROPPED, TERMS, OTHER = "增行", "删行", "条款", "要求"

LINE_KINDS = {
    "product": PRODUCT,
    "spec": PRODUCT,
    "formula": PRODUCT,
    "quantity": QUANTITY,
    "from_stock": QUANTITY,
    "unit": QUANTITY,
    "tolerance_minus": QUANTITY,
    "tolerance_plus": QUANTITY,
    "price": PRICE,
    "packaging": PACKAGING,
    "label_text": PACKAGING,
}
HEADER_KINDS = {
    "contact": ADDRESS,
    "address": ADDRESS,
    "delivery_way": ADDRESS,
    "freight": ADDRESS,
    "requested_on": DATE,
    "promised_on": DATE,
    "total": PRICE,
    "special": OTHER,
    "supervision": OTHER,
}
# Shown only to those who see prices.
PRICED_HEADER = {"total", "invoice_kind", "payment_terms", *POLICY_FIELDS}
COLUMNS = {"product": "product_id", "contact": "contact_id", "address": "address_id", "contract": "contract_id"}

CHECK, TECHNICAL, MATERIAL, DATES = "客服核对", "技术确认", "原材料说明", "交期书面确认"
CLEARING, RESERVING, CREDIT = "价格核准", "现货预留", "信用（超额度时）"


@dataclass(frozen=True)
class Change:
    """One thing that is to be otherwise. `asks`: whose signatures are asked again; `priced`: not for every eye."""

    kind: str
    label: str
    before: str
    after: str
    asks: tuple[str, ...] = ()
    priced: bool = False
    field: str = ""


def base_of(revision: Revision, revisions: Iterable[Revision]) -> Revision | None:
    """What `revision` changes: the terms in force beside it, else those approved before it; None for the first.

    Decided by the dates on record, so that an old amendment goes on showing what it changed in its day.
    """
    entered = revision.entered_at
    earlier = [
        each
        for each in revisions
        if each.number < revision.number
        and each.approved_at is not None
        and (each.superseded_at is None or each.superseded_at >= entered)
    ]
    released = [each for each in earlier if each.released_at is not None]
    return max(released or earlier, key=lambda each: each.number, default=None)


def of_amendment(revision: Revision, base: Revision | None = None) -> list[Change]:
    """What an amendment changes; nothing for a first revision. Reads what it is not given."""
    base = base or base_of(revision, Revision.objects.filter(order=revision.order_id))
    if base is None:
        return []
    return between(base, revision, rows_of(base), rows_of(revision))


def rows_of(revision: Revision) -> list[RevisionLine]:
    return list(revision.lines.select_related("product", "line").order_by("position"))


def between(
    before: Revision, after: Revision, was: Sequence[RevisionLine], now: Sequence[RevisionLine]
) -> list[Change]:
    """The lines first, in their order, then the header."""
    return [*line_changes(was, now, after), *header_changes(before, after, now)]


def seen_by(changes: Iterable[Change], *, prices: bool) -> list[Change]:
    return [change for change in changes if prices or not change.priced]


def as_data(changes: Iterable[Change]) -> list[list[str]]:
    """For a frozen paper or an Event: kind, label, before, after."""
    return [[change.kind, change.label, change.before, change.after] for change in changes]


# -- lines --------------------------------------------------------------------------------------------------------


def line_changes(was: Sequence[RevisionLine], now: Sequence[RevisionLine], after: Revision) -> list[Change]:
    old, new = ({row.line_id: row for row in rows} for rows in (was, now))
    found: list[Change] = []
    for line_id in dict.fromkeys([*old, *new]):
        before, row = old.get(line_id), new.get(line_id)
        if before is None and row is not None:
            found.append(Change(ADDED, at(row), "", in_short(row), asked_of_new(row)))
        elif row is None and before is not None:
            found.append(Change(DROPPED, at(before), in_short(before), "（删去）", (CHECK,)))
        elif before is not None and row is not None:
            found += field_changes(before, row)
    return found


def at(row: RevisionLine) -> str:
    return f"第 {row.position} 行"


def in_short(row: RevisionLine) -> str:
    return f"{row.product.code} {row.product.name} {row.spec} {trimmed(row.quantity)} {row.unit}"


def field_changes(before: RevisionLine, row: RevisionLine) -> list[Change]:
    found = []
    for name in LINE_FIELDS:
        if column(before, name) != column(row, name):
            label = f"{at(before)} {label_of(row, name)}"
            kind = LINE_KINDS.get(name, OTHER)
            pair = shown(before, name), shown(row, name)
            found.append(Change(kind, label, *pair, asked(row, name), name == "price", name))
    return found


def asked(row: RevisionLine, name: str) -> tuple[str, ...]:
    """Whose signatures a change of this field of a line asks again."""
    field = COLUMNS.get(name, name)
    making = field in ("quantity", "from_stock") or field in digests.MATERIAL
    found = [CHECK]
    if row.to_make > 0:
        found += [TECHNICAL] if field in digests.TECHNICAL else []
        found += [MATERIAL] if making else []
        found += [DATES] if making or field in (*digests.TECHNICAL, *digests.TOLERANCE) else []
    if row.departs and field in digests.PRICE:
        found.append(CLEARING)
    if field == "from_stock":
        found.append(RESERVING)
    return tuple(found)


def asked_of_new(row: RevisionLine) -> tuple[str, ...]:
    found = [CHECK]
    found += [TECHNICAL, MATERIAL, DATES] if row.to_make > 0 else []
    found += [CLEARING] if row.departs else []
    found += [RESERVING] if row.from_stock else []
    return tuple(found)


# -- the header ---------------------------------------------------------------------------------------------------


def header_changes(before: Revision, after: Revision, rows: Sequence[RevisionLine]) -> list[Change]:
    names = [*HEADER_FIELDS, *POLICY_FIELDS, "total"]
    # Set by the approval; until then nothing is promised anew.
    names += ["promised_on"] if after.promised_on and before.promised_on else []
    return [
        Change(
            HEADER_KINDS.get(name, TERMS),
            label_of(after, name),
            shown(before, name),
            shown(after, name),
            asked_by_header(name, rows),
            name in PRICED_HEADER,
            name,
        )
        for name in names
        if column(before, name) != column(after, name)
    ]


def asked_by_header(name: str, rows: Sequence[RevisionLine]) -> tuple[str, ...]:
    field = COLUMNS.get(name, name)
    found = [CHECK] if field in digests.HEADER else []
    if any(row.to_make > 0 for row in rows):
        found += [TECHNICAL, DATES] if field == "special" else [DATES] if field == "requested_on" else []
    if field in digests.TERMS and any(row.departs for row in rows):
        found.append(CLEARING)
    if field in digests.TERMS or field == "total":
        found.append(CREDIT)
    return tuple(found)


# -- words --------------------------------------------------------------------------------------------------------


def column(record: Any, name: str) -> Any:
    return getattr(record, COLUMNS.get(name, name))


def label_of(record: Any, name: str) -> str:
    return str(record._meta.get_field(name).verbose_name)


def shown(record: Any, name: str) -> str:
    display = getattr(record, f"get_{name}_display", None)
    value = display() if display else getattr(record, name)
    if value in (None, ""):
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if name == "address":
        return f"{value.address} {value.receiver} {value.phone}"
    if name == "total":
        return f"{value:,.2f}"
    return trimmed(value) if hasattr(value, "normalize") else str(value)


# -- lines held while an amendment is open --------------------------------------------------------------------------

# What an amendment may change of a line so that going on with it has to be asked about (rules.md, 改单).
HOLDING = ("product_id", "spec", "quantity", "date_digest", "packaging")


def held_lines(order: Order) -> set[int]:
    """Lines in force that a proposed or approved amendment changes or drops; the others go on. Two queries."""
    if order.released_at is None:
        return set()
    rows = RevisionLine.objects.filter(revision__order=order)
    later: dict[int, dict[int, tuple[Any, ...]]] = {}
    for revision, line, *terms in rows.filter(revision__status__in=[Status.PROPOSED, Status.APPROVED]).values_list(
        "revision_id", "line_id", *HOLDING
    ):
        later.setdefault(revision, {})[line] = tuple(terms)
    if not later:
        return set()
    in_force = rows.filter(revision__status=Status.IN_FORCE).values_list("line_id", *HOLDING)
    return {line for line, *terms in in_force if any(kept.get(line) != tuple(terms) for kept in later.values())}

"""Writing the terms of a revision: header, lines, prices with their references, totals and digests — one way for
entering, editing, copying, importing and amending, so that all of them meet the same rules."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from audit import history
from audit.errors import Refused
from catalog.models import Product
from customers import queries as customer_queries
from customers.models import Customer
from customers.terms import terms_for
from documents.money import cents
from orders import digests
from orders.amounts import LineRefused, check_line, check_total, check_worth
from orders.models import Kind, Line, Order, Revision, RevisionLine
from orders.shares import percent_of

MOST_LINES = 500

HEADER_FIELDS = (
    "contact",
    "address",
    "requested_on",
    "delivery_way",
    "freight",
    "split_allowed",
    "invoice_kind",
    "payment_terms",
    "special",
    "supervision",
)
# Copied from the contract in force, else the grade; an amendment keeps them unless it renews them.
POLICY_FIELDS = (
    "contract",
    "deposit_percent",
    "share_before_shipping",
    "starts_early",
    "days_for_rest",
    "payment_stages",
    "deposit_pro_rata",
    "special_release",
    "unpaid_deposit_pushes",
    "currency",
)
LINE_FIELDS = (
    "product",
    "spec",
    "formula",
    "quantity",
    "from_stock",
    "unit",
    "price",
    "tolerance_minus",
    "tolerance_plus",
    "packaging",
    "label_text",
    "special",
    "remark",
    "needs_sample",
)


@dataclass(frozen=True)
class LineInput:
    """One line as someone typed it. `line_id` is the identity of a line that is already there.

    `price` with tax per unit; None takes the reference in force. `spec` and `unit` default to the product's.
    """

    product: Product
    quantity: Decimal
    price: Decimal | None = None
    from_stock: Decimal = Decimal(0)
    unit: str = ""
    spec: str = ""
    formula: str = ""
    tolerance_minus: Decimal = Decimal(0)
    tolerance_plus: Decimal = Decimal(0)
    packaging: str = ""
    label_text: str = ""
    special: str = ""
    remark: str = ""
    needs_sample: bool = False
    line_id: int | None = None


def set_header(revision: Revision, header: dict[str, Any]) -> None:
    """Copy the header terms given. Raises Refused where contact or address is another customer's."""
    customer_id = revision.order.customer_id
    for name in HEADER_FIELDS:
        if name in header:
            setattr(revision, name, header[name])
    for field, record in (("contact", revision.contact), ("address", revision.address)):
        if record is not None and record.customer_id != customer_id:
            raise Refused("只能选择本客户的联系人和地址。", field=field)


def copy_policy(revision: Revision, customer: Customer, day: date) -> None:
    """The payment and confirmation terms of the contract in force on `day`, else of the grade."""
    terms = terms_for(customer, day)
    revision.contract_id = terms.contract_id
    revision.deposit_percent = terms.deposit_percent
    revision.starts_early = terms.starts_early
    revision.share_before_shipping = terms.share_before_shipping
    revision.days_for_rest = terms.days_for_rest
    revision.payment_stages = terms.stages
    revision.deposit_pro_rata = terms.pro_rata
    revision.special_release = terms.special_release_allowed
    revision.unpaid_deposit_pushes = terms.unpaid_deposit_pushes


def build_lines(revision: Revision, customer: Customer, given: list[LineInput], day: date) -> list[RevisionLine]:
    """Unsaved terms rows with their references; `line` is still to be set on new ones."""
    if len(given) > MOST_LINES:
        raise Refused(f"一张订单最多 {MOST_LINES} 行，请分成几张订单。")
    wanted = [(each.product.pk, each.quantity) for each in given]
    references = customer_queries.reference_prices(customer, wanted, day)
    rows = []
    for position, (each, reference) in enumerate(zip(given, references, strict=True), 1):
        check_line(each, position)
        price = each.price if each.price is not None else (reference.price if reference else None)
        if price is None:
            raise LineRefused(position, f"产品 {each.product.code} 没有参考价，请填写单价。", field="price")
        check_worth(each.quantity, price, position)
        row = RevisionLine(
            revision=revision,
            position=position,
            product=each.product,
            price=price,
            tax_rate=each.product.tax_rate,
            line_id=each.line_id,  # type: ignore[misc]
            **{name: getattr(each, name) for name in LINE_FIELDS if name not in ("product", "price", "spec", "unit")},
        )
        row.spec = each.spec or each.product.spec
        row.unit = each.unit or each.product.unit
        row.amount = cents(row.quantity * row.price)
        set_reference(row, revision.order.kind, reference)
        rows.append(row)
    check_total(rows)
    return rows


def set_reference(row: RevisionLine, kind: str, reference: customer_queries.Reference | None) -> None:
    """Note the reference and whether price or specification departs from it (R5)."""
    row.reference_price = reference.price if reference else None
    row.reference_source = reference.source if reference else ""
    free = kind != Kind.NORMAL and row.price == 0
    row.departs = not free and (row.price != row.reference_price or row.spec != row.product.spec)


def total_up(revision: Revision, rows: Iterable[RevisionLine]) -> None:
    """Totals, the deposit, and every digest."""
    rows = list(rows)
    revision.total = sum((row.amount for row in rows), Decimal(0))
    revision.deposit_due = percent_of(revision.deposit_percent, revision.total)
    revision.departs = any(row.departs for row in rows)
    digests.stamp(revision, rows)


def identify(order: Order, rows: list[RevisionLine]) -> None:
    """Give rows that are new an identity."""
    fresh = [row for row in rows if row.line_id is None]
    numbers = order.lines.order_by("-number").values_list("number", flat=True)[:1]
    last = numbers[0] if order.pk and numbers else 0
    identities = Line.objects.bulk_create([Line(order=order, number=last + i) for i, _ in enumerate(fresh, 1)])
    for row, line in zip(fresh, identities, strict=True):
        row.line = line


def save_lines(rows: list[RevisionLine]) -> None:
    RevisionLine.objects.bulk_create(rows)
    history.write(list(rows), created=True)

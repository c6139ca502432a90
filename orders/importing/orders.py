"""From rows to orders: each order by the same action as from the page, in a transaction of its own."""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import InterfaceError, OperationalError, transaction

from audit.errors import AlreadyDone, Refused
from catalog.models import Product
from catalog.queries import products_by_code
from customers.models import Customer
from documents.tables import Row
from orders.actions import approval, entry
from orders.models import Channel, Order
from orders.terms import LineInput

log = logging.getLogger("orders.importing")

LINE_NAMES = (
    "quantity",
    "from_stock",
    "price",
    "unit",
    "spec",
    "tolerance_minus",
    "tolerance_plus",
    "packaging",
    "label_text",
    "remark",
    "needs_sample",
)
COPIED = (
    "requested_on",
    "delivery_way",
    "freight",
    "invoice_kind",
    "payment_terms",
    "split_allowed",
    "special",
)


@dataclass
class Report:
    """What became of the file. Row numbers are those of the sheet."""

    created: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, rows: Iterable[Row], reason: str) -> None:
        for row in rows:
            self.refused.append({"row": row.number, "reference": str(row.get("reference", "")), "reason": reason})

    def as_json(self) -> dict[str, Any]:
        return {
            "created": self.created,
            "repeated": self.repeated,
            "refused": sorted(self.refused, key=lambda each: each["row"]),
        }


@dataclass
class Known:
    """Customers and products of the file, read once."""

    customers: dict[str, Customer]
    products: dict[str, Product]
    orders: dict[tuple[int, str], str]


def import_rows(
    rows: list[Row], *, by: Any, submit: bool = False, after_each: Callable[[Report], None] = lambda report: None
) -> Report:
    """Make a draft of every order in the file that is right as a whole; with `submit` hand it in as well.

    An order that was imported before is only named again; a wrong row refuses its order and no other. `after_each`
    order, in no transaction, is told how far it is.
    """
    report = Report()
    known = look_up(rows, by)
    for group in grouped(rows):
        if wrong := [row for row in group if row.errors]:
            for row in wrong:
                report.refuse([row], "；".join(row.errors))
            numbers = "、".join(str(row.number) for row in wrong)
            report.refuse([row for row in group if not row.errors], f"同一订单的第 {numbers} 行有误，整单未导入")
        else:
            import_one(group, known, report, by=by, submit=submit)
        after_each(report)
    return report


def grouped(rows: list[Row]) -> list[list[Row]]:
    """Rows of one customer and reference make one order; a row without them stands alone."""
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        key = (row.get("customer"), row.get("reference"))
        groups[key if all(key) else row.number].append(row)
    return list(groups.values())


def look_up(rows: list[Row], by: Any) -> Known:
    customers = Customer.objects.all() if by is None else Customer.objects.visible_to(by)
    codes = {row.get("customer") for row in rows}
    found = {
        customer.code: customer
        for customer in customers.filter(code__in=codes).prefetch_related("contacts", "addresses")
    }
    products = products_by_code(row.get("product") for row in rows)
    imported = Order.objects.filter(
        channel=Channel.IMPORT,
        customer__in=found.values(),
        customer_reference__in={row.get("reference") for row in rows},
    ).values_list("customer_id", "customer_reference", "number")
    return Known(
        found,
        {code: product for code, product in products.items() if product.is_active},
        {(customer, reference): number for customer, reference, number in imported},
    )


def import_one(group: list[Row], known: Known, report: Report, *, by: Any, submit: bool) -> None:
    first = group[0]
    reference = first.get("reference")
    customer = known.customers.get(first.get("customer"))
    if customer is None:
        report.refuse(group, f"客户编号 {first.get('customer')} 不存在，或不是您的客户")
        return
    if number := known.orders.get((customer.pk, reference)):
        report.repeated.append(number)
        return
    missing = sorted({row.get("product") for row in group if row.get("product").upper() not in known.products})
    if missing:
        report.refuse(group, f"产品编号 {'、'.join(missing)} 不存在或已停售")
        return
    try:
        # Both or neither: cut off between them, a draft would be left that the next run takes for done.
        with transaction.atomic():
            order = entry.create_order(
                None,
                by=by,
                key=f"import:{customer.code}:{reference}"[:64],
                customer=customer,
                header=header(first, customer),
                lines=[line(row, known) for row in group],
                channel=Channel.IMPORT,
                customer_reference=reference,
            )
            if submit:
                approval.submit(order.revision, by=by)
    except AlreadyDone as done:
        report.repeated.append(done.url.rstrip("/").rsplit("/", 1)[-1])
    except (Refused, ValueError) as error:
        report.refuse(group, getattr(error, "message", str(error)))
    except (OperationalError, InterfaceError):
        raise  # the database is away: all of it later
    except Exception:
        log.exception("import of %s %s", customer.code, reference)
        report.refuse(group, "程序出错，此单没有导入，其余不受影响。请联系管理员")
    else:
        report.created.append(order.number)


def header(row: Row, customer: Customer) -> dict[str, Any]:
    """Header terms of the first row. Raises ValueError for a contact or receiver the customer does not have."""
    given = {name: row.get(name) for name in COPIED if name in row.values}
    contacts = [contact for contact in customer.contacts.all() if contact.is_active]
    addresses = [address for address in customer.addresses.all() if address.is_active]
    given["contact"] = named(contacts, row.get("contact"), "name", "联系人")
    given["address"] = named(addresses, row.get("address"), "receiver", "收货人")
    return given


def named(records: list[Any], name: str | None, attribute: str, label: str) -> Any:
    """The record of that name, or without one the first: signers and default addresses come first."""
    if name is None:
        return records[0] if records else None
    found = [record for record in records if getattr(record, attribute) == name]
    if not found:
        raise ValueError(f"{label}「{name}」不是该客户已登记的{label}")
    return found[0]


def line(row: Row, known: Known) -> LineInput:
    given = {name: row.get(name) for name in LINE_NAMES if name in row.values}
    return LineInput(product=known.products[row.get("product").upper()], special=row.get("line_special", ""), **given)

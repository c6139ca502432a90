"""The papers of finance: 余款催收通知书, 对账单."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from accounts.permissions import roles_of
from documents import access, kinds
from documents.audience import Audience
from documents.money import trimmed
from finance.models import Payment, Statement
from orders.models import Order
from orders.papers import customer_data

if TYPE_CHECKING:
    from accounts.models import User
    from finance.queries import Asked
    from finance.statements import Month

LETTER = "balance_letter"
PREFIX = "CK"
STATEMENT = "statement"
STATEMENT_PREFIX = "DZ"


def letter_data(order: Order, asked: "Asked", pay_by: date, by: "User") -> dict[str, Any]:
    """The snapshot: quantity made × price, received, what is asked for."""
    revision = order.revision
    assert revision is not None  # noqa: S101 (released)
    return {
        "order": order.number,
        "contract": revision.contract.number if revision.contract else "",
        "customer": customer_data(revision),
        "lines": [
            {
                "no": line.terms.position,
                "code": line.terms.product.code,
                "name": line.terms.product.name,
                "spec": line.terms.spec,
                "unit": line.terms.unit,
                "made": line.quantity,
                "price": line.terms.price,
                "amount": line.amount,
            }
            for line in asked.lines
        ],
        "share": trimmed(asked.share),
        "totals": {
            "made": asked.covers,
            "due": asked.due,
            "held": asked.held or None,
            "received": asked.received,
            "balance": asked.balance,
        },
        "pay_by": pay_by,
        "contact": {"name": order.clerk.name if order.clerk else by.name, "phone": ""},
    }


def statement_data(month: "Month") -> dict[str, Any]:
    """The snapshot of a customer's month, with what is owed after each move."""
    owed, lines = month.opening, []
    for move in month.moves:
        owed += move.charge - move.credit
        lines.append(
            {
                "day": move.day,
                "what": move.what,
                "ref": move.ref,
                "charge": move.charge or None,
                "credit": move.credit or None,
                "balance": owed,
            }
        )
    return {
        "customer": {"name": month.customer.name, "code": month.customer.code},
        "first": month.first,
        "last": month.last,
        "lines": lines,
        "totals": {
            "opening": month.opening,
            "charged": month.charged,
            "credited": month.credited,
            "closing": month.closing,
        },
    }


def bank_files_seen(user: "User") -> Q:
    """A bank's statement names whoever paid: it is finance's alone."""
    return Q() if "finance" in roles_of(user) else Q(pk__in=[])


PAPERS = (
    kinds.Kind(
        code=STATEMENT,
        prefix=STATEMENT_PREFIX,
        title="对账单",
        template="documents/statement.html",
        audience=Audience.PRICES,
        seal="财务专用章",
    ),
    kinds.Kind(
        code=LETTER,
        prefix=PREFIX,
        title="余款催收通知书",
        template="documents/balance_letter.html",
        audience=Audience.PRICES,
        seal="财务专用章",
    ),
)
SCOPES = {
    "bankfile": bank_files_seen,
    "payment": access.among(Payment.objects.visible_to),
    "statement": access.among(Statement.objects.visible_to),
}

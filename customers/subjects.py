"""What of a customer something can be owed on: the memo of a call, a quote, a contract."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from accounts.compiled import Compiled
from accounts.permissions import roles_of
from customers.models import Contract, Customer, Memo, Quote, QuoteState
from customers.models.customer import SEES_OWN
from documents.figures import cn_date, money
from flow.subjects import Face, Subject

if TYPE_CHECKING:
    from accounts.models import User

Say = Callable[[dict[str, Any], bool], Iterable[str]]


def of_customers(user: "User") -> Q:
    """Of the customers that they see."""
    return Q(customer__in=Customer.objects.visible_to(user)) if roles_of(user) <= SEES_OWN else Q()


def of_memos(user: "User") -> Q:
    return Q(subject_id__in=Memo.objects.visible_to(user).values("pk")) if roles_of(user) <= SEES_OWN else Q()


def faces(model: type, *columns: str, say: Say, key: str = "number", number: str = "number") -> Any:
    """Reads `columns` of many in one query and says them; `number` is what people call one by."""
    names = tuple(dict.fromkeys(("id", key, number, *columns)))
    read = Compiled(lambda: model.objects.order_by().values_list(*names), names)  # type: ignore[attr-defined]

    def named(ids: Sequence[int], prices: bool) -> dict[int, Face]:
        return {row["id"]: Face(row[number], row[key], tuple(say(row, prices))) for row in read.read(ids)}

    return named


def say_memo(row: dict[str, Any], prices: bool) -> Iterable[str]:
    yield f"{row['caller']} 来电/来访" if row["customer_id"] else f"{row['customer_name']} {row['caller']}"


def say_quote(row: dict[str, Any], prices: bool) -> Iterable[str]:
    yield f"有效期至 {cn_date(row['valid_until'])}"
    if prices:
        yield money(row["total"])


def say_contract(row: dict[str, Any], prices: bool) -> Iterable[str]:
    yield f"{cn_date(row['valid_from'])} 至 {cn_date(row['valid_to'])}"
    if prices and row["amount"] is not None:
        yield money(row["amount"])


SUBJECTS = (
    Subject(
        Memo,
        "",
        page="customers:memo",
        seen=of_memos,
        faces=faces(Memo, "caller", "customer_id", "customer_name", say=say_memo),
        open=lambda: Memo.objects.filter(told_at=None, order_number=""),
    ),
    Subject(
        Quote,
        "state",
        page="customers:quote",
        seen=of_customers,
        faces=faces(Quote, "valid_until", "total", say=say_quote),
        open=lambda: Quote.objects.filter(state__in=[QuoteState.DRAFT, QuoteState.SENT]),
    ),
    Subject(
        Contract,
        "",
        page="customers:contract",
        key="pk",
        seen=of_customers,
        faces=faces(Contract, "valid_from", "valid_to", "amount", say=say_contract, key="id"),
        open=lambda: Contract.objects.filter(is_active=False, ended_at=None),
    ),
)

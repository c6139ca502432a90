"""应收与账龄: who owes how much and how long, order by order, and as a table to take away."""

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.permissions import may, roles_of
from accounts.roles import PRICE_ROLES
from accounts.web import open_to
from customers.models import Customer
from documents.bundles import as_csv
from documents.figures import NOTHING, money
from finance import receivables
from finance.models import PaymentPromise, Reminder
from finance.receivables import BUCKETS, Account
from finance.views.grading import JUDGES
from finance.views.person import person
from orders.shares import ZERO

MOST = 200
LATE_FROM = 2  # of the buckets: what is older stands out
HEADS = ("客户编号", "客户", *BUCKETS, "应收合计", "其中待收定金", "未分配收款")


@require_safe
@open_to(PRICE_ROLES)
def index(request: HttpRequest) -> HttpResponse:
    found = receivables.accounts(person(request), timezone.localdate())
    context = {
        "rows": [row_of(each) for each in found[:MOST]],
        "more": max(0, len(found) - MOST),
        "sums": sums(found),
        "judges": not roles_of(request.user).isdisjoint(JUDGES),
    }
    return render(request, "finance/receivables.html", context)


def row_of(account: Account) -> SafeString:
    """As a row of the table: two hundred of them, of nine cells, took a template longer than all the reckoning."""
    one, page = account.customer, reverse("finance:receivable", args=[account.customer.code])
    cells = [
        cell(label, age, is_late=at > LATE_FROM)
        for at, (label, age) in enumerate(zip(BUCKETS, account.ages, strict=True))
    ]
    cells.append(f'<td data-label="应收合计" class="num">{money(account.total)}</td>')
    cells += [cell("其中待收定金", account.deposits), cell("未分配收款", account.unallocated)]
    named = f'<a href="{escape(page)}">{escape(one.name)}</a>'
    coded = f'<span class="sub">{escape(one.code)} · {escape(one.grade)} 级</span>'
    return mark_safe(f"<tr><td><span>{named}{coded}</span></td>{''.join(cells)}</tr>")  # noqa: S308 (escaped above)


def cell(label: str, amount: Decimal, *, is_late: bool = False) -> str:
    tone = " text-danger" if amount and is_late else ""
    return f'<td data-label="{label}" class="num{tone}">{money(amount) if amount else NOTHING}</td>'


def sums(found: list[Account]) -> dict[str, object]:
    ages = [sum((each.ages[at] for each in found), ZERO) for at in range(len(BUCKETS))]
    total, deposits = sum(ages, ZERO), sum((each.deposits for each in found), ZERO)
    return {"ages": ages, "total": total, "overdue": sum(ages[1:], ZERO), "deposits": deposits}


@require_safe
@open_to(PRICE_ROLES)
def export(request: HttpRequest) -> HttpResponse:
    rows = [
        [
            each.customer.code,
            each.customer.name,
            *(f"{age:.2f}" for age in each.ages),
            f"{each.total:.2f}",
            f"{each.deposits:.2f}",
            f"{each.unallocated:.2f}",
        ]
        for each in receivables.accounts(person(request), timezone.localdate())
    ]
    response = HttpResponse(as_csv(rows, HEADS), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="receivables-{timezone.localdate():%Y%m%d}.csv"'
    return response


@require_safe
@open_to(PRICE_ROLES)
def customer(request: HttpRequest, code: str) -> HttpResponse:
    """One customer's open parts, each with how late it is, and what was done to get them in."""
    user, today = person(request), timezone.localdate()
    one = get_object_or_404(Customer.objects.visible_to(user), code=code)
    rows = sorted(receivables.owing(user, one), key=lambda each: (each.part.due_on, each.order.pk))
    context = {
        "customer": one,
        "rows": [(each, max(0, (today - each.part.due_on).days)) for each in rows[:MOST]],
        "more": max(0, len(rows) - MOST),
        "account": next(iter(receivables.accounts(user, today, one)), Account(one)),
        "buckets": BUCKETS,
        "deposits": receivables.awaited(user, one)[:MOST],
        "payments": receivables.spare(user, one)[:MOST],
        "reminders": Reminder.objects.filter(customer=one).select_related("order", "by")[:MOST],
        "promises": promises_of(user, one),
        "may_remind": may(user, "remind_customer"),
        "may_promise": may(user, "record_promise"),
    }
    return render(request, "finance/receivable.html", context)


def promises_of(user: User, customer: Customer) -> list[PaymentPromise]:
    """Newest first, each with its verdict."""
    found = PaymentPromise.objects.visible_to(user).filter(order__customer=customer)
    return list(found.standing().select_related("order", "by").order_by("-promised_on", "-pk")[:20])

"""对账单: a month of all customers, and one customer's month with its paper and the answer."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.calendar import month_named
from accounts.paging import page_of
from accounts.permissions import may
from accounts.roles import PRICE_ROLES
from accounts.web import needs, open_to, perform
from customers.models import Customer
from documents.queries import documents_of
from finance import statements
from finance.actions import statements as actions
from finance.forms.statements import AnswerForm, IssueForm, last_month
from finance.models import Statement
from finance.views.person import person


@require_safe
@open_to(PRICE_ROLES)
def index(request: HttpRequest) -> HttpResponse:
    """Who moved or owed in the month, and whose statement is out, agreed or disputed."""
    first = month_named(request.GET.get("month", "")) or last_month()
    user = person(request)
    page = page_of(statements.dealing(user, first), request.GET, ("code",))
    found = statements.months(page.rows, first)
    issued = Statement.objects.visible_to(user).filter(month=first)
    given = {row.customer_id: row for row in issued.filter(customer__in=page.rows)}
    context = {
        "first": first,
        "earlier": last_month(first),
        "later": statements.next_month(first),
        "page": page,
        "rows": [(month, given.get(month.customer.pk)) for month in found],
        "is_over": is_over(first),
        "issued": issued.count(),
    }
    return render(request, "finance/statements.html", context)


def is_over(first: date) -> bool:
    return timezone.localdate() >= statements.next_month(first)


@require_safe
@open_to(PRICE_ROLES)
def detail(request: HttpRequest, code: str, month: str) -> HttpResponse:
    return page(request, *one(request, code, month))


def one(request: HttpRequest, code: str, month: str) -> tuple[Customer, date]:
    customer = get_object_or_404(Customer.objects.visible_to(person(request)), code=code)
    first = month_named(month)
    if first is None:
        raise Http404
    return customer, first


def page(
    request: HttpRequest,
    customer: Customer,
    first: date,
    issue: IssueForm | None = None,
    answer: AnswerForm | None = None,
) -> HttpResponse:
    given = Statement.objects.filter(customer=customer, month=first).select_related("by", "answer_paper").first()
    now = statements.month_of(person(request), customer, first)
    if issue is None and is_over(first) and not now.is_empty and may(request.user, "issue_statement"):
        issue = IssueForm()
    if answer is None and given and may(request.user, "answer_statement"):
        answer = AnswerForm()
    context = {
        "customer": customer,
        "month": now,
        "given": given,
        "differs": given is not None and given.closing != now.closing,
        "papers": documents_of("statement", given.pk) if given else [],
        "issue": issue,
        "answer": answer,
        "is_over": is_over(first),
    }
    status = max((form.status for form in (issue, answer) if form), default=200)
    return render(request, "finance/statement.html", context, status=status)


def back_to(customer: Customer, first: date) -> str:
    return reverse("finance:statement", args=[customer.code, f"{first:%Y-%m}"])


@require_POST
@needs("issue_statement")
def issue(request: HttpRequest, code: str, month: str) -> HttpResponse:
    customer, first = one(request, code, month)
    form, back = IssueForm(request.POST), back_to(customer, first)
    done = perform(request, form, actions.issue_statement, customer, to=back, said="对账单已出具。", month=first)
    return done or page(request, customer, first, issue=form)


@require_POST
@needs("answer_statement")
def answer(request: HttpRequest, code: str, month: str) -> HttpResponse:
    customer, first = one(request, code, month)
    form, back = AnswerForm(request.POST, request.FILES), back_to(customer, first)
    done = perform(request, form, actions.answer_statement, customer, to=back, said="客户答复已登记。", month=first)
    return done or page(request, customer, first, answer=form)

"""The bank's statement in the browser: handing it in, claiming its lines, putting them aside."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse as url
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms_base import ActionForm
from accounts.paging import page_of
from accounts.web import needs, perform
from customers.models import Customer
from finance import matching
from finance.actions import bank as actions
from finance.forms.bank import BookForm, FindLineForm, JoinForm, StatementForm, WhoseForm
from finance.forms.money import ReasonForm
from finance.models import BankFile, BankLine, Payment
from finance.views.person import person

MOST_LIKELY = 5
OPEN = Q(state=BankLine.State.OPEN) | Q(payment__reversed_by__isnull=False)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("import_statement")
def index(request: HttpRequest) -> HttpResponse:
    form = StatementForm(request.POST or None, request.FILES or None)
    done = perform(request, form, actions.import_statement, to=url("finance:bank"), said="银行流水已导入。")
    if done:
        return done
    find = FindLineForm(request.GET)
    page = page_of(lines(**find.asked()), request.GET, ("day", "id"), descending=True)
    context = {
        "form": form,
        "find": find,
        "page": page,
        "rows": [(line, guess) for line, guess in with_guesses(page.rows)],
        "files": BankFile.objects.select_related("by", "paper")[:5],
    }
    return render(request, "finance/bank.html", context, status=form.status)


def lines(words: str, state: str) -> QuerySet[BankLine]:
    found = BankLine.objects.select_related("payment__customer", "payment__reversed_by")
    if state == "open":
        found = found.filter(OPEN)
    elif state != "all":
        found = found.filter(state=state).exclude(payment__reversed_by__isnull=False)
    if words := words.strip():
        said = Q(payer__icontains=words) | Q(note__icontains=words)
        found = found.filter(said | Q(account__startswith=words) | Q(key__istartswith=words))
    return found


def with_guesses(rows: list[BankLine]) -> list[tuple[BankLine, matching.Guess | None]]:
    guesses = matching.guesses([row for row in rows if row.state == BankLine.State.OPEN])
    return [(row, guesses.get(row.pk)) for row in rows]


def one(pk: int) -> BankLine:
    found = BankLine.objects.select_related(
        "payment__customer", "payment__reversed_by", "settled_by", "file__by", "file__paper"
    )
    return get_object_or_404(found, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("book_bank_line")
def line(request: HttpRequest, pk: int) -> HttpResponse:
    """`?customer=` names whose money it is; without it the likeliest is proposed."""
    found = one(pk)
    asked = "customer" in request.GET
    whose = WhoseForm(request.GET if asked else None, user=request.user)
    is_open = found.state == BankLine.State.OPEN or actions.was_reversed(found)
    guess = matching.guesses([found]).get(found.pk) if is_open and not asked else None
    customer = whose.cleaned_data["customer"] if asked and whose.is_valid() else guess and seen(request, guess)
    form = None
    likely = list(matching.written_down(found)[:MOST_LIKELY]) if is_open else []
    if is_open and customer:
        form = BookForm(
            request.POST or None,
            line=found,
            customer=customer,
            proposals=matching.proposals(found, customer),
            likely=any(payment.customer_id == customer.pk for payment in likely),
        )
        done = perform(request, form, actions.book_bank_line, found, to=url("finance:bank"), said="已入账。")
        if done:
            return done
    return page(request, found, whose=whose, form=form, guess=guess, customer=customer, is_open=is_open, likely=likely)


def seen(request: HttpRequest, guess: matching.Guess) -> Customer | None:
    return Customer.objects.visible_to(person(request)).filter(pk=guess.customer.pk).first()


def page(
    request: HttpRequest,
    found: BankLine,
    *,
    form: ActionForm | None = None,
    likely: Sequence[Payment] = (),
    **more: Any,
) -> HttpResponse:
    is_aside = found.state == BankLine.State.ASIDE
    context = {
        "line": found,
        "form": form,
        "is_aside": is_aside,
        "likely": [(payment, {"payment": payment.pk}) for payment in likely],
        "reason": ReasonForm(auto_id="reason_%s"),
        **more,
    }
    status = max((each.status for each in (form, more.get("reason"), more.get("join")) if each), default=200)
    return render(request, "finance/bank_line.html", context, status=status)


@require_POST
@needs("join_bank_line")
def join(request: HttpRequest, pk: int) -> HttpResponse:
    found = one(pk)
    form = JoinForm(request.POST, line=found)
    done = perform(request, form, actions.join_bank_line, found, to=found.get_absolute_url(), said="已对应到该收款。")
    if done:
        return done
    is_open = found.state == BankLine.State.OPEN
    return page(request, found, join=form, whose=WhoseForm(user=request.user), customer=None, is_open=is_open)


@require_POST
@needs("put_bank_line_aside")
def aside(request: HttpRequest, pk: int) -> HttpResponse:
    return with_reason(request, pk, actions.put_bank_line_aside, "已标为非货款。")


@require_POST
@needs("reopen_bank_line")
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    return with_reason(request, pk, actions.reopen_bank_line, "已退回待认领。")


def with_reason(request: HttpRequest, pk: int, do: Any, said: str) -> HttpResponse:
    found = one(pk)
    form = ReasonForm(request.POST, subject=found, auto_id="reason_%s")
    done = perform(request, form, do, found, to=found.get_absolute_url(), said=said)
    if done:
        return done
    is_open = found.state == BankLine.State.OPEN
    return page(request, found, reason=form, whose=WhoseForm(user=request.user), customer=None, is_open=is_open)

"""Reminders and promises to pay: asked for by hand, listed, and the schedule."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.paging import page_of
from accounts.permissions import may
from accounts.roles import PRICE_ROLES
from accounts.web import needs, open_to, perform, press
from customers.models import Customer
from finance.actions.collecting import change_collecting_rules, record_promise, remind_customer
from finance.forms.collecting import PromiseForm, RulesForm
from finance.models import CollectingRules, PaymentPromise, PromiseVerdict
from finance.queries import owed_on
from finance.views.person import person
from orders.models import Order

SHELVES = dict(PromiseVerdict.Verdict.choices)


@require_POST
@needs("remind_customer")
def remind(request: HttpRequest, code: str) -> HttpResponse:
    customer = get_object_or_404(Customer.objects.visible_to(request.user), code=code)
    here = reverse("finance:receivable", args=[code])
    return press(request, remind_customer, customer, to=here, said="已催收，记录如下。")


@require_safe
@open_to(PRICE_ROLES)
def promises(request: HttpRequest) -> HttpResponse:
    shelf = request.GET.get("shelf", "waiting")
    shelf = shelf if shelf in SHELVES else "waiting"
    found = PaymentPromise.objects.visible_to(person(request)).judged(shelf)
    page = page_of(found.select_related("order__customer", "by"), request.GET, ("promised_on", "id"))
    context = {
        "page": page,
        "tabs": [{"label": label, "url": f"?shelf={code}", "active": code == shelf} for code, label in SHELVES.items()],
        "may_change": may(request.user, "change_collecting_rules"),
        "rules": CollectingRules.current(),
    }
    return render(request, "finance/promises.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("record_promise")
def promise(request: HttpRequest, number: str) -> HttpResponse:
    seen = Order.objects.visible_to(person(request)).select_related("customer", "revision")
    order = get_object_or_404(seen, number=number)
    form = PromiseForm(request.POST if request.method == "POST" else None, subject=order)
    form.initial.setdefault("amount", owed_on(order))
    back = reverse("finance:receivable", args=[order.customer.code])
    done = perform(request, form, record_promise, order, to=back, said="承诺已登记，到日之前这部分不再催。")
    context = {"form": form, "order": order, "owed": owed_on(order), "back": back}
    return done or render(request, "finance/promise.html", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_collecting_rules")
def rules(request: HttpRequest) -> HttpResponse:
    now = CollectingRules.current()
    form = RulesForm(request.POST if request.method == "POST" else None, instance=now)
    done = perform(request, form, change_collecting_rules, now, to=reverse("finance:promises"), said="日程已更新。")
    return done or render(request, "finance/collecting_rules.html", {"form": form}, status=form.status)

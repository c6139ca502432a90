"""Entering, editing and copying an order; drafts may be incomplete, what was typed is never lost (R1–R6)."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import may
from accounts.web import needs, perform, refused
from audit.errors import AlreadyDone, Refused
from catalog.queries import products_by_code
from customers import queries as customer_queries
from customers.forms.quotes import OrderQuoteForm
from customers.models import Customer, Memo, PaymentStage, Quote
from customers.terms import terms_for
from documents.money import trimmed
from orders import bounds, queries
from orders.actions.approval import submit
from orders.actions.entry import create_order, edit_revision
from orders.actions.quoting import order_quote
from orders.actions.taking import take_order
from orders.amounts import MOST_QUANTITY
from orders.deeds import being_drawn_up
from orders.forms import in_stock
from orders.forms.differing import number as in_digits
from orders.forms.entry import CustomerField, OrderForm, code_of, copied_header, header_of, row_of
from orders.models import Order, Revision, Status
from orders.views.shared import an_order
from stock.queries import free_of


@require_http_methods(["GET", "HEAD", "POST"])
@needs("create_order")
def new(request: HttpRequest) -> HttpResponse:
    """A new order; `?customer=` and `?memo=` fill in what is known."""
    if request.method == "POST":
        form = OrderForm(request.POST, user=request.user)
        return kept(request, form) or entry_page(request, form)
    memo = memo_asked_for(request)
    customer = (memo.customer if memo else None) or customer_asked_for(request)
    form = OrderForm(user=request.user, customer=customer, initial=first_values(customer, memo))
    return entry_page(request, form)


def kept(request: HttpRequest, form: OrderForm) -> HttpResponse | None:
    """Save the draft, with its memo where one was written; then submit it where that was asked for."""
    valid = form.is_valid()
    action = take_order if valid and form.has_heard else create_order
    response = perform(request, form, action, None, said="草稿已保存。")
    if response is not None and request.POST.get("intent") == "submit":
        submit_saved(request, response)
    return response


def submit_saved(request: HttpRequest, response: HttpResponse) -> None:
    """The draft stands whatever becomes of the submission; what is missing is said on its page."""
    address = response.get("Location", "").rstrip("/").rpartition("/")[2]
    order = Order.objects.visible_to(request.user).filter(number=address).first()  # type: ignore[arg-type]
    revision = order and order.revisions.filter(status=Status.DRAFT).first()
    if revision is None:
        return
    try:
        submit(revision, by=request.user)
    except AlreadyDone:
        return
    except Refused as refusal:
        messages.warning(request, f"内容已存为草稿，尚未提交：{refusal.message}")
    else:
        messages.success(request, "已提交审批。")


def memo_asked_for(request: HttpRequest) -> Memo | None:
    number = request.GET.get("memo", "")
    seen = Memo.objects.visible_to(request.user).select_related("customer")
    return seen.filter(number=number, order_number="").first() if number and "\0" not in number else None


def customer_asked_for(request: HttpRequest) -> Customer | None:
    """The customer of `?customer=`: a code, what the picker writes, or any part that fits one alone."""
    field = CustomerField()
    field.queryset = Customer.objects.visible_to(request.user).filter(is_active=True)
    try:
        return field.to_python(request.GET.get("customer", "")[:120])  # type: ignore[return-value]
    except ValidationError:
        return None


def first_values(customer: Customer | None, memo: Memo | None = None) -> dict[str, Any]:
    """What the customer's own records already say."""
    if customer is None:
        return {}
    contact = customer.contacts.filter(is_active=True).order_by("-may_sign", "id").first()
    address = customer.addresses.filter(is_active=True).order_by("-is_default", "id").first()
    found = {
        "customer": customer.pk,
        "contact": contact,
        "address": address,
        "invoice_kind": {"plain": "general"}.get(customer.invoice_kind, customer.invoice_kind),
        "payment_terms": terms_words(customer),
    }
    return found | ({"memo": memo, "channel": memo.channel} if memo else {})


def terms_words(customer: Customer) -> str:
    """The way of payment that the terms in force come to, to be corrected where more is agreed."""
    terms = terms_for(customer, timezone.localdate())
    if terms.stages:
        return "，".join(stage_words(*stage) for stage in terms.stages)
    parts = [f"定金 {trimmed(terms.deposit_percent)}%"] if terms.deposit_percent else []
    if terms.share_before_shipping >= 100:
        parts.append("余款发货前付清")
    elif terms.share_before_shipping:
        parts.append(f"发货前付至 {trimmed(terms.share_before_shipping)}%")
    if terms.share_before_shipping < 100:
        parts.append(f"其余 {terms.days_for_rest} 天内付清" if terms.days_for_rest else "其余按合同付款")
    return "，".join(parts)


def stage_words(kind: str, percent: str, days: int) -> str:
    """As a contract's stage reads: 货到后 30 天 50%."""
    return str(PaymentStage(kind=kind, percent=Decimal(percent), days=days))


def entry_page(request: HttpRequest, form: OrderForm, **more: Any) -> HttpResponse:
    in_stock.show(form, timezone.localdate())
    context = {
        "form": form,
        "customer": form.chosen,
        "checklist": checklist(form),
        **about_customer(request, form.chosen),
        **more,
    }
    context["total"] = form.revision.total if form.revision else Decimal(0)
    context["form_url"] = request.path if form.revision else reverse("orders:new")
    context["fixed_customer"] = form.chosen if form.revision else None
    context["draft"] = "order-edit" if form.revision else "order-new"
    context["met"] = sum(item["met"] for item in context["checklist"])
    context["may_submit"] = may(request.user, "submit")
    return render(request, "orders/entry.html", context, status=form.status)


def about_customer(request: HttpRequest, customer: Customer | None) -> dict[str, Any]:
    """Terms and last orders, shown beside the form."""
    if customer is None:
        return {"terms": None, "recent": []}
    today = timezone.localdate()
    return {
        "terms": terms_for(customer, today),
        "contract": customer_queries.contract_on(customer, today),
        "recent": queries.recent_of(customer, request.user),  # type: ignore[arg-type]
    }


# (label, names of the fields) along the list of the 订单确认书, as the gate lines_complete asks for them.
COMPLETE = (
    ("客户", "customer"),
    ("联系人", "contact"),
    ("收货地址（自提免填）", "address"),
    ("要求交期", "requested_on"),
    ("交货方式", "delivery_way"),
    ("开票类型", "invoice_kind"),
    ("付款方式", "payment_terms"),
    ("产品与数量", "lines-*-product lines-*-quantity"),
    ("单价", "lines-*-price"),
)


def checklist(form: OrderForm) -> list[dict[str, Any]]:
    items = []
    for label, fields in COMPLETE:
        name = fields.split()[0]
        if name not in form.fields and "*" not in name:
            continue
        met = has_lines(form) if "*" in name else bool(form[name].value())
        items.append({"label": label, "met": met, "fields": fields, "field_id": "" if "*" in name else f"id_{name}"})
    return items


def has_lines(form: OrderForm) -> bool:
    return any(row["product"].value() and row["quantity"].value() for row in form.lines.forms)


@require_POST
@needs("order_quote")
def from_quote(request: HttpRequest, number: str) -> HttpResponse:
    """One click from an accepted quote to a draft with its prices."""
    quote = get_object_or_404(Quote.objects.visible_to(request.user).select_related("customer"), number=number)
    form = OrderQuoteForm(request.POST, quote=quote)
    done = perform(request, form, order_quote, None, said="已按报价生成草稿，请补齐交货信息后提交。", quote=quote)
    return done or refused(request, form, quote)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("edit_revision")
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change what is not approved yet; signatures that judged a changed field lapse."""
    order = an_order(request, number)
    revision = being_drawn_up(order)
    if revision is None:
        messages.warning(request, "现在没有可以修改的版本；已批准的订单请提出改单。")
        return redirect(order)
    rows = [row_of(row) for row in revision.lines.select_related("product").order_by("position")]
    notes = bounds.notes_of(revision) if revision.number > 1 else {}
    sent = request.POST if request.method == "POST" else None
    form = OrderForm(sent, user=request.user, revision=revision, rows=rows, initial=header_of(revision))
    for line, row in zip(form.lines.forms, rows, strict=False):
        line.bounds = notes.get(row["line_id"], {})
    response = perform(request, form, edit_revision, revision, said="修改已保存。")
    if response is not None and request.POST.get("intent") == "submit":
        submit_saved(request, response)
    return response or entry_page(request, form, order=order, revision=revision)


@require_safe
@needs("create_order")
def copy(request: HttpRequest, number: str) -> HttpResponse:
    """A new order like this one, at the prices in force today."""
    order = an_order(request, number)
    revision = order.revision
    assert revision is not None  # noqa: S101 (an order has one)
    revision.order = order
    if not Customer.objects.visible_to(request.user).filter(pk=order.customer_id, is_active=True).exists():
        messages.warning(request, "该客户不由您负责或已停止往来，不能为其下单。")
        return redirect(order)
    rows = copied_rows(order, revision)
    initial = copied_header(order) | {"customer": order.customer_id, "channel": "phone"}
    form = OrderForm(user=request.user, customer=order.customer, rows=rows, initial=initial)
    return entry_page(request, form, source=order)


def copied_rows(order: Order, revision: Revision) -> list[dict[str, Any]]:
    rows = list(revision.lines.select_related("product").order_by("position"))
    wanted = [(row.product_id, row.quantity) for row in rows]
    references = customer_queries.reference_prices(order.customer, wanted, timezone.localdate())
    found = []
    for row, reference in zip(rows, references, strict=True):
        given = row_of(row, copied=True)
        given["price"] = in_digits(reference.price) if reference else in_digits(row.price)
        found.append(given)
    return found


@require_safe
@needs("create_order")
def customer_block(request: HttpRequest) -> HttpResponse:
    """What choosing a customer fills in: contacts, addresses, memos, terms, last orders."""
    customer = customer_asked_for(request)
    form = OrderForm(user=request.user, customer=customer, initial=first_values(customer))
    context = {"form": form, "customer": customer, "oob": True, **about_customer(request, customer)}
    return render(request, "orders/parts/customer.html", context)


@require_safe
@needs("create_order")
def line_price(request: HttpRequest) -> JsonResponse:
    """The product's own specification, what of it could be reserved now (R6), and the reference in force for this
    customer and quantity (R5)."""
    code = code_of(request.GET.get("product", "")[:130].replace("\0", ""))
    product = products_by_code([code]).get(code)
    if product is None:
        raise Http404
    customer = customer_asked_for(request)
    quantity = quantity_of(request.GET.get("quantity", ""))
    today = timezone.localdate()
    free = free_of([product.pk], today).get(product.pk, Decimal(0))
    found: dict[str, Any] = {"spec": product.spec, "unit": product.unit, "free": in_digits(free)}
    found |= {"price": "", "source": ""}
    if customer:
        (reference,) = customer_queries.reference_prices(customer, [(product.pk, quantity)], today)
        terms = terms_for(customer, today)
        found |= {"plus": in_digits(terms.tolerance_plus), "minus": in_digits(terms.tolerance_minus)}
        if reference:
            found |= {"price": in_digits(reference.price), "source": reference.source}
    return JsonResponse(found)


def quantity_of(text: str) -> Decimal:
    try:
        quantity = Decimal(text.strip()[:20])
    except InvalidOperation:
        return Decimal(1)
    return min(quantity, MOST_QUANTITY) if quantity.is_finite() and quantity > 0 else Decimal(1)

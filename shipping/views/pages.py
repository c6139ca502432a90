"""The lists, a shipment's whole story, an order's deliveries; drafting and reserving."""

from typing import Any, cast
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.paging import page_of
from accounts.permissions import may, roles_of, sees_prices
from accounts.roles import ROLES
from accounts.web import needs, open_to, perform
from flow.gates import registry
from orders.models import Order, RevisionLine, Shipment
from orders.models.order import RELEASED
from orders.reservations import on_pallets
from shipping import actions, panels, queries
from shipping.actions.reserving import RESERVABLE
from shipping.forms import DraftForm, FreeForm, ReserveForm, Waive, wanted
from shipping.gates import unreturned
from stock.models import Pallet

CONCERNED = frozenset(ROLES) - {"technical", "legal", "admin"}
# Where each role's own work stands.
FIRST_SHELF = {"customer_service": "ready", "warehouse": "noticed", "logistics": "dispatched"}
MOST_ORDERS = 20


def person(request: HttpRequest) -> User:
    """Who is there: the middleware lets nobody else in."""
    return cast(User, request.user)


def one(request: HttpRequest, number: str) -> Shipment:
    """The shipment, if this person sees an order on it; else as if there were none (B7)."""
    visible = Shipment.objects.visible_to(person(request)).select_related("customer", "emergency_by", "created_by")
    return get_object_or_404(visible, number=number)


def one_order(request: HttpRequest, number: str) -> Order:
    visible = Order.objects.visible_to(person(request)).select_related("customer", "revision__address", "clerk")
    return get_object_or_404(visible, number=number)


@require_safe
@open_to(CONCERNED)
def index(request: HttpRequest) -> HttpResponse:
    """Shipments by where they stand, and orders with goods ready to ship."""
    mine = next((FIRST_SHELF[role] for role in FIRST_SHELF if role in roles_of(request.user)), "draft")
    shelf = request.GET.get("shelf", mine)
    if shelf != "ready" and shelf not in queries.SHELVES:
        shelf = mine
    context: dict[str, Any] = {
        "shelf": shelf,
        "tabs": tabs(request, shelf),
        "sees_prices": sees_prices(request.user),
        "may_draft": may(request.user, "draft_shipment"),
    }
    if shelf == "ready":
        context["page"] = page_of(queries.orders_ready(person(request)), request.GET, ("released_at", "id"))
    else:
        context["page"] = shelf_page(request, shelf)
        context["awaited"] = shelf in queries.AWAITED
    return render(request, "shipping/index.html", context)


def shelf_page(request: HttpRequest, shelf: str) -> Any:
    """Its shipments, each with the orders on it and how late it is."""
    found, now = queries.shipments(person(request), shelf), timezone.now()
    awaited = shelf in queries.AWAITED
    keys = ("expected_at" if awaited else "created_at", "id")
    page = page_of(found, request.GET, keys, descending=not awaited)
    for row in page.rows:
        row.order_numbers = queries.order_numbers(row)  # type: ignore[attr-defined]
        row.days_late = queries.days_late(row, now) if awaited else None  # type: ignore[attr-defined]
    return page


def tabs(request: HttpRequest, shelf: str) -> list[dict[str, Any]]:
    counts = queries.counts(person(request))
    labels = {"ready": "可发货"} | {code: label for code, (label, _) in queries.SHELVES.items()}
    return [
        {
            "label": label,
            "url": "?" + urlencode({"shelf": code}),
            "active": code == shelf,
            "count": counts.get(code) or None,
        }
        for code, label in labels.items()
    ]


@require_safe
@open_to(CONCERNED)
def detail(request: HttpRequest, number: str) -> HttpResponse:
    shipment = one(request, number)
    context = panels.story(shipment, person(request))
    return render(request, "shipping/detail.html", context)


@require_safe
@open_to(CONCERNED)
def of_order(request: HttpRequest, number: str) -> HttpResponse:
    """An order's deliveries: line by line what is ready, out and arrived, and its shipments."""
    order = one_order(request, number)
    gates = registry.explain(["complete"], order) if order.state in RELEASED else []
    context = panels.deliveries(order, person(request)) | {
        "order": order,
        "gates": [gate for gate in gates if gate.code in ("all_shipped", "delivered", "receipt_filed")],
        "may_draft": may(request.user, "draft_shipment") and order.state in RELEASED,
        "may_reserve": may(request.user, "reserve_stock"),
    }
    return render(request, "shipping/of_order.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("draft_shipment")
def new(request: HttpRequest) -> HttpResponse:
    """Draft a shipment: what of the order, and of the customer's other orders, lies ready."""
    order = one_order(request, request.GET.get("order", ""))
    others = Order.objects.visible_to(person(request)).filter(customer=order.customer_id, state__in=RELEASED)
    orders = [order, *others.exclude(pk=order.pk).order_by("pk")[: MOST_ORDERS - 1]]
    ready = queries.ready(orders) if order.state in RELEASED else []
    form = DraftForm(request.POST or None, ready=ready, order=order, initial=place_of(order, ready))
    return perform(request, form, actions.draft_shipment, said="已拟发货。") or render(
        request, "shipping/draft.html", {"form": form, "order": order, "ready": ready}, status=form.status
    )


def place_of(order: Order, ready: list[queries.Ready]) -> dict[str, Any]:
    """Where the order goes, today, with all that lies ready of it."""
    revision = order.revision
    if revision is None:
        raise Http404
    address = revision.address
    loads = [(each.pallet, each.free) for each in ready if each.line.order_id == order.pk]
    return {
        "planned_on": timezone.localdate(),
        "pieces": sum(queries.pieces_of(loads)),
        "way": revision.delivery_way,
        "receiver": address.receiver if address else "",
        "phone": address.phone if address else "",
        "address": address.address if address else "",
        "remark": revision.special[:500],
    }


@require_http_methods(["GET", "HEAD", "POST"])
@needs("edit_shipment")
def edit(request: HttpRequest, number: str) -> HttpResponse:
    shipment = one(request, number)
    orders = Order.objects.filter(lines__shipment_lines__shipment=shipment).distinct().order_by("pk")
    ready = queries.ready(orders, besides=shipment)
    place = {name: getattr(shipment, name) for name in DraftForm.base_fields if hasattr(shipment, name)}
    form = DraftForm(request.POST or None, ready=ready, subject=shipment, initial=place | {"version": shipment.version})
    return perform(request, form, actions.edit_shipment, shipment, said="已修改，请重新核对。") or render(
        request, "shipping/draft.html", {"form": form, "shipment": shipment, "ready": ready}, status=form.status
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("reserve_stock")
def reserve(request: HttpRequest, number: str) -> HttpResponse:
    """The warehouse's reservation: free released pallets of each line's product, oldest lot first."""
    order = one_order(request, number)
    revision = revision_to_reserve(order)
    rows = list(revision.lines.select_related("line", "product").order_by("position"))
    lines = [row for row in rows if row.from_stock > 0 or row.line.reserved > 0]
    pallets = queries.free_pallets((row.product_id for row in lines), timezone.localdate())
    short = [row for row in lines if wanted(row) > 0]
    freeing = "free" in request.POST
    form = ReserveForm(
        None if freeing else request.POST or None,
        order=order,
        lines=[(row, pallets.get(row.product_id, [])) for row in short],
    )
    free = FreeForm(request.POST if freeing else None, order=order, lying=reserved(rows))
    here = reverse("shipping:reserve", args=[order.number])
    done = perform(request, form, actions.reserve_stock, revision, to=here, said="已预留。") or perform(
        request, free, actions.release_reservation, revision, to=here, said="已释放。"
    )
    context = {
        "order": order,
        "lines": lines,
        "short": short,
        "form": form,
        "free": free,
        "free_marker": {"free": "1"},
    }
    return done or render(request, "shipping/reserve.html", context, status=max(form.status, free.status))


def revision_to_reserve(order: Order) -> Any:
    """The newest revision that stock may be reserved for."""
    found = order.revisions.filter(status__in=RESERVABLE).order_by("-number").first()
    if found is None:
        raise Http404
    found.order = order
    return found


def reserved(rows: list[RevisionLine]) -> list[tuple[RevisionLine, Pallet, Any]]:
    terms = {row.line_id: row for row in rows}
    lying = [there for there in on_pallets(terms) if there.from_stock > 0]
    pallets = Pallet.objects.select_related("lot").in_bulk([there.pallet_id for there in lying])
    return [(terms[there.line_id], pallets[there.pallet_id], there) for there in lying]


@require_http_methods(["GET", "HEAD", "POST"])
@needs("waive_return")
def waive(request: HttpRequest, number: str) -> HttpResponse:
    """Why goods leave before the signed return: said for one order on the shipment at a time."""
    shipment = one(request, number)
    orders = list(unreturned(lines__shipment_lines__shipment=shipment).distinct().order_by("pk"))
    if not orders and request.method == "GET":
        return redirect(shipment)
    form = Waive(request.POST or None, orders=orders)
    order = next((each for each in orders if each.number == request.POST.get("number")), None)
    done = perform(request, form, actions.waive_return, order, to=shipment.get_absolute_url(), said="已说明。")
    return done or render(
        request,
        "shipping/act.html",
        {"form": form, "shipment": shipment, "title": "说明未收到回传而先发货", "submit": "签字说明"},
        status=form.status,
    )

"""Products and price lists."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.paging import page_of
from accounts.permissions import may, roles_of, sees_prices
from accounts.pickers import suggested
from accounts.roles import COST_ROLES, PRICE_ROLES, ROLES
from accounts.web import needs, open_to, perform
from catalog import actions, panels, queries
from catalog.forms import PRICES_A_PAGE, FindForm, FindPriceForm, PriceListForm, ProductForm
from catalog.models import PriceEntry, PriceList, Product


def sees_costs(request: HttpRequest) -> bool:
    return not roles_of(request.user).isdisjoint(COST_ROLES)


@require_safe
@open_to(ROLES)
def index(request: HttpRequest) -> HttpResponse:
    find = FindForm(request.GET)
    page = page_of(queries.products(**find.asked()), request.GET, ("code",))
    context = {
        "find": find,
        "page": page,
        "may_change": may(request.user, "change_product"),
        "sees_prices": sees_prices(request.user),
        "sees_costs": sees_costs(request),
    }
    return render(request, "catalog/list.html", context)


@require_safe
@open_to(ROLES)
def options(request: HttpRequest) -> HttpResponse:
    """Suggestions for a product being typed."""
    words = str(next(iter(request.GET.values()), ""))
    rows = suggested(queries.products(words), words)
    return render(request, "widgets/options.html", {"rows": rows})


@require_safe
@open_to(ROLES)
def product(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(Product, pk=pk)
    seen = sees_prices(request.user)
    entries = PriceEntry.objects.filter(product=shown).select_related("price_list") if seen else None
    context = {
        "product": shown,
        "prices": entries and entries.order_by("-price_list__valid_from", "grade", "min_quantity")[:60],
        "sees_prices": seen,
        "sees_costs": sees_costs(request),
        "needs": shown.needs.select_related("material"),  # type: ignore[attr-defined]
        "may_change": may(request.user, "change_product"),
        "may_change_needs": may(request.user, "change_needs"),
        "panels": panels.board.drawn(shown, request),
        "today": timezone.localdate(),
    }
    return render(request, "catalog/product.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_product")
def change_product(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    shown = None if pk is None else get_object_or_404(Product, pk=pk)
    form = ProductForm(request.POST or None, instance=shown)
    done = perform(request, form, actions.change_product, shown)
    title = "新增产品" if shown is None else f"修改 {shown.code}"
    return done or render(request, "catalog/product_form.html", {"form": form, "title": title}, status=form.status)


@require_safe
@open_to(PRICE_ROLES)
def price_lists(request: HttpRequest) -> HttpResponse:
    context = {
        "lists": queries.price_lists(),
        "may_change": may(request.user, "change_price_list"),
        "today": timezone.localdate(),
    }
    return render(request, "catalog/price_lists.html", context)


@require_safe
@open_to(PRICE_ROLES)
def price_list(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(PriceList, pk=pk)
    context = {
        "list": shown,
        **prices_asked_for(request, shown),
        "may_change": may(request.user, "change_price_list"),
    }
    return render(request, "catalog/price_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_price_list")
def change_price_list(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    shown = None if pk is None else get_object_or_404(PriceList, pk=pk)
    context: dict[str, Any] = {"title": "新增价格执行方案"}
    if shown is not None:
        context = {"title": f"修改 {shown.name}", "list": shown, **prices_asked_for(request, shown)}
    form = PriceListForm(request.POST or None, instance=shown, shown=list(context.get("prices", ())))
    to = request.get_full_path() if shown else None
    done = perform(request, form, actions.change_price_list, shown, to=to)
    return done or render(request, "catalog/price_list_form.html", {"form": form, **context}, status=form.status)


def prices_asked_for(request: HttpRequest, shown: PriceList) -> dict[str, Any]:
    """A page of a list's prices, of those that were looked for."""
    find = FindPriceForm(request.GET)
    words = find.asked()
    page = Paginator(queries.entries_of(shown, words), PRICES_A_PAGE).get_page(request.GET.get("page"))
    return {"find": find, "words": words, "prices": page, "query": urlencode({"q": words}) if words else ""}

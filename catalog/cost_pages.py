"""What products cost, for those who may see it: supervisors, the marketing director, finance."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms_base import ActionForm, RecordForm
from accounts.paging import page_of
from accounts.permissions import may
from accounts.roles import COST_ROLES
from accounts.web import needs, open_to, perform
from catalog import costs, queries
from catalog.costing import Estimate, estimate_of, estimates
from catalog.forms import FindForm
from catalog.models import CostRules, Product


def cost_field(label: str, unit: str) -> forms.DecimalField:
    return forms.DecimalField(label=label, max_digits=14, decimal_places=4, min_value=0, help_text=f"元 / {unit}")


class CostForm(ActionForm):
    """Process, labour, and the price of every material that the product needs."""

    def __init__(self, data: Any, estimate: Estimate) -> None:
        self.parts = {f"material-{part.need.material_id}": part for part in estimate.materials}
        super().__init__(data)
        unit = estimate.product.unit
        fields = {"process": cost_field("加工费", unit), "labour": cost_field("人工费", unit)}
        for name, part in self.parts.items():
            fields[name] = cost_field(str(part.need.material), part.need.material.unit)
            self.initial[name] = part.price
        self.fields.update(fields)
        known = "加工费与人工费" not in estimate.lacking
        if known:
            self.initial.update(process=estimate.process, labour=estimate.labour)
        for name in fields:
            self.fields[name].widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def given(self) -> dict[str, Any]:
        given = super().given()
        materials = {part.need.material: given.pop(name) for name, part in self.parts.items()}
        return {**given, "materials": materials}


class RulesForm(RecordForm):
    class Meta:
        model = CostRules
        fields = ["overhead", "margin", "least_margin"]


@require_safe
@open_to(COST_ROLES)
def index(request: HttpRequest) -> HttpResponse:
    find = FindForm(request.GET)
    page = page_of(queries.products(**find.asked()), request.GET, ("code",))
    found = estimates(page.rows)
    context = {
        "find": find,
        "page": page,
        "rows": [found[product.pk] for product in page.rows],
        "rules": CostRules.current(),
        "may_change": may(request.user, "change_cost_rules"),
    }
    return render(request, "catalog/costs.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(COST_ROLES)
def cost(request: HttpRequest, pk: int) -> HttpResponse:
    """The estimate of a product, and for finance the form of what it rests on."""
    product = get_object_or_404(Product, pk=pk)
    estimate = estimate_of(product)
    may_change = may(request.user, "set_costs")
    form = CostForm(request.POST if request.method == "POST" else None, estimate) if may_change else None
    done = None
    if form:
        here = reverse("catalog:cost", args=[pk])
        done = perform(request, form, costs.set_costs, product, to=here, said="成本已保存。")
    context = {"product": product, "estimate": estimate, "form": form}
    return done or render(request, "catalog/cost.html", context, status=form.status if form else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_cost_rules")
def rules(request: HttpRequest) -> HttpResponse:
    now = CostRules.current()
    form = RulesForm(request.POST or None, instance=now)
    done = perform(request, form, costs.change_cost_rules, now, to=reverse("catalog:costs"))
    return done or render(request, "catalog/cost_rules.html", {"form": form}, status=form.status)

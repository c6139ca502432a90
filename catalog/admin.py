"""Products and price lists in the admin site, saved by their actions."""

from typing import Any

from django.contrib import admin
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from accounts.admin_base import ActionAdmin, AdminForm
from accounts.rows import Rows
from catalog import actions
from catalog.actions import Price
from catalog.forms import MOST_SHOWN
from catalog.models import PriceEntry, PriceList, Product


class ProductAdminForm(AdminForm):
    class Meta:
        model = Product
        exclude = ["search", "version"]


@admin.register(Product)
class ProductAdmin(ActionAdmin):
    form = ProductAdminForm
    list_display = ["code", "name", "kind", "spec", "unit", "tax_rate", "is_active"]
    list_filter = ["kind", "is_active"]
    search_fields = ["code", "name", "initials"]
    show_full_result_count = False

    def carry_out(self, record: Any, form: AdminForm, formsets: list[Any], **common: Any) -> Product:
        return actions.change_product(record, **form.given(), **common)


class FirstPrices(Rows, BaseInlineFormSet):
    """Prices of a list that is not there yet: none of them stands, whatever numbers come along."""

    def initial_form_count(self) -> int:
        return 0


class EntryInline(admin.TabularInline):
    """The first prices of a new list; later they are changed page by page, at the list's own address."""

    model = PriceEntry
    formset = FirstPrices
    extra = 1
    max_num = MOST_SHOWN
    fields = ["product", "grade", "min_quantity", "price"]
    autocomplete_fields = ["product"]


class PriceListAdminForm(AdminForm):
    class Meta:
        model = PriceList
        exclude = ["version"]


@admin.register(PriceList)
class PriceListAdmin(ActionAdmin):
    form = PriceListAdminForm
    inlines = [EntryInline]
    list_display = ["name", "grade", "valid_from", "valid_to", "is_active"]
    list_filter = ["is_active", "grade"]

    def get_inlines(self, request: HttpRequest, obj: PriceList | None) -> Any:
        return self.inlines if obj is None else []

    def get_fields(self, request: HttpRequest, obj: PriceList | None = None) -> Any:
        return [*super().get_fields(request, obj), *(["prices"] if obj else [])]

    def get_readonly_fields(self, request: HttpRequest, obj: PriceList | None = None) -> Any:
        return ["prices"] if obj else []

    @admin.display(description="价格")
    def prices(self, price_list: PriceList) -> str:
        url = reverse("catalog:change_price_list", args=[price_list.pk])
        return format_html('<a href="{}">查看、修改价格</a>', url)

    def carry_out(self, record: Any, form: AdminForm, formsets: list[Any], **common: Any) -> PriceList:
        if record is not None:
            return actions.change_price_list(record, **form.given(), **common)
        rows = [row for formset in formsets for row in formset.cleaned_data if row and not row.get("DELETE")]
        prices = [Price(row["product"], row["price"], row["grade"] or None, row["min_quantity"]) for row in rows]
        return actions.change_price_list(record, prices=prices, **form.given(), **common)

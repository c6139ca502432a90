"""Products and price lists in the admin site, saved by their actions."""

from typing import Any

from django.contrib import admin

from accounts.admin_base import ActionAdmin, AdminForm
from catalog import actions
from catalog.actions import Price
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


class EntryInline(admin.TabularInline):
    model = PriceEntry
    extra = 1
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

    def carry_out(self, record: Any, form: AdminForm, formsets: list[Any], **common: Any) -> PriceList:
        rows = [row for formset in formsets for row in formset.cleaned_data if row and not row.get("DELETE")]
        prices = [Price(row["product"], row["price"], row["grade"] or None, row["min_quantity"]) for row in rows]
        return actions.change_price_list(record, prices=prices, **form.given(), **common)

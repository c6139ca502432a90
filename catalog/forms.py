"""What people fill in about products and prices."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet

from accounts.forms_base import RecordForm, short
from catalog.actions import Price
from catalog.models import GRADES, PriceList, Product


class FindForm(forms.Form):
    q = forms.CharField(label="查找", required=False, max_length=60)
    kind = forms.ChoiceField(label="类别", required=False, choices=[("", "全部"), *Product.Kind.choices])
    ended = forms.BooleanField(label="含已停用", required=False)

    def asked(self) -> dict[str, Any]:
        found = self.cleaned_data if self.is_valid() else {}
        return {"words": found.get("q", ""), "kind": found.get("kind", ""), "ended": found.get("ended", False)}


class ProductForm(RecordForm):
    class Meta:
        model = Product
        fields = [
            "code",
            "name",
            "kind",
            "spec",
            "width_mm",
            "length_m",
            "grammage",
            "core_mm",
            "label_size",
            "unit",
            "standard",
            "tax_rate",
            "initials",
            "is_active",
        ]


class ProductRows(BaseFormSet):
    """Rows that each name a product; the products are read once for all of them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.products = Product.objects.defer("search").filter(is_active=True).order_by("code")
        self.choices = [("", "—"), *((row.pk, f"{row.code} {row.name}") for row in self.products)]

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        product: Any = form.fields["product"]
        # A row that stands may name a product that is no longer sold.
        product.queryset = Product.objects.defer("search")
        product.choices = self.choices + self.ended(form.initial.get("product"))

    def ended(self, pk: int | None) -> list[tuple[int, str]]:
        if pk is None or any(known == pk for known, _ in self.choices):
            return []
        return [(row.pk, f"{row.code} {row.name}（已停用）") for row in Product.objects.filter(pk=pk)]

    def filled(self) -> list[dict[str, Any]]:
        rows = (row.cleaned_data for row in self.forms if row.cleaned_data)
        return [row for row in rows if row.get("product") and not row.get("DELETE")]


class EntryForm(forms.Form):
    product = forms.ModelChoiceField(label="产品", queryset=Product.objects.none(), required=False)
    grade = forms.ChoiceField(label="等级", required=False, choices=[("", "通用"), *GRADES])
    min_quantity = forms.DecimalField(
        label="起订数量",
        max_digits=14,
        decimal_places=3,
        min_value=0,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    price = forms.DecimalField(
        label="含税单价",
        max_digits=14,
        decimal_places=4,
        min_value=0,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("product") and given.get("price") is None and "price" not in self.errors:
            self.add_error("price", "请填写单价。")
        if not given.get("product") and given.get("price") is not None:
            self.add_error("product", "请选择产品。")
        return given


EntryFormSet = forms.formset_factory(EntryForm, formset=ProductRows, extra=1, can_delete=True, max_num=2000)


class PriceListForm(RecordForm):
    class Meta:
        model = PriceList
        fields = ["name", "currency", "grade", "valid_from", "valid_to", "is_active"]

    def __init__(self, data: Any = None, *args: Any, instance: PriceList | None = None, **kwargs: Any) -> None:
        super().__init__(data, *args, instance=instance, **kwargs)
        rows = instance.entries.order_by("product__code", "grade", "min_quantity") if instance else None
        standing = [] if rows is None else rows.values("product", "grade", "min_quantity", "price")
        self.entries: Any = EntryFormSet(data, initial=[plain_row(row) for row in standing], prefix="entries")

    def is_valid(self) -> bool:
        rows_fit = not self.is_bound or self.entries.is_valid()
        return super().is_valid() and rows_fit

    def given(self) -> dict[str, Any]:
        return {**super().given(), "prices": [price_of(row) for row in self.entries.filled()]}


def plain_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as it is shown for editing, without idle zeros behind the point."""
    return {name: short(value) if isinstance(value, Decimal) else value for name, value in row.items()}


def price_of(row: dict[str, Any]) -> Price:
    return Price(row["product"], row["price"], row.get("grade") or None, row.get("min_quantity") or Price.min_quantity)

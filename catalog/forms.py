"""What people fill in about products and prices."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms

from accounts.forms_base import PlainForm, RecordForm, short
from accounts.pickers import PickField, TypedPick
from accounts.rows import Rows, up_to
from catalog.actions import Price
from catalog.models import GRADES, PriceEntry, PriceList, Product

# A page of prices, and room to add as many.
PRICES_A_PAGE = 40
MOST_SHOWN = 2 * PRICES_A_PAGE


class FindForm(PlainForm):
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


class ProductRows(Rows):
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


class FindPriceForm(PlainForm):
    q = forms.CharField(label="查找产品", required=False, max_length=60)

    def asked(self) -> str:
        return self.cleaned_data["q"] if self.is_valid() else ""


class EntryForm(PlainForm):
    product = PickField(
        label="产品", queryset=Product.objects.defer("search"), url_name="catalog:options", required=False
    )
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].widget = TypedPick("catalog:options", "编号或品名")

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("product") and given.get("price") is None and "price" not in self.errors:
            self.add_error("price", "请填写单价。")
        if not given.get("product") and given.get("price") is not None:
            self.add_error("product", "请选择产品。")
        return given


class EntryRows(Rows):
    def prices(self) -> list[Price]:
        filled = (row.cleaned_data for row in self.forms if row.cleaned_data)
        return [price_of(row) for row in filled if row.get("product") and not row.get("DELETE")]


EntryFormSet = up_to(MOST_SHOWN, EntryForm, extra=1, base=EntryRows)


class PriceListForm(RecordForm):
    """A list's facts and as many of its prices as are `shown`; the others stay as they are."""

    class Meta:
        model = PriceList
        fields = ["name", "currency", "grade", "valid_from", "valid_to", "is_active"]

    def __init__(
        self, data: Any = None, *, instance: PriceList | None = None, shown: Sequence[PriceEntry] = (), **kwargs: Any
    ) -> None:
        super().__init__(data, instance=instance, **kwargs)
        self.shown = shown
        rows = [{name: getattr(row, name) for name in ("product", "grade", "min_quantity", "price")} for row in shown]
        self.entries: Any = EntryFormSet(data, initial=[plain_row(row) for row in rows], prefix="entries")

    def is_valid(self) -> bool:
        rows_fit = not self.is_bound or self.entries.is_valid()
        return super().is_valid() and rows_fit

    def given(self) -> dict[str, Any]:
        places = {(row.product_id, row.grade, row.min_quantity) for row in self.shown}
        return {**super().given(), "prices": self.entries.prices(), "among": places}


def plain_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as it is shown for editing, without idle zeros behind the point."""
    return {name: short(value) if isinstance(value, Decimal) else value for name, value in row.items()}


def price_of(row: dict[str, Any]) -> Price:
    return Price(row["product"], row["price"], row.get("grade") or None, row.get("min_quantity") or Price.min_quantity)

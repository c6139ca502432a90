"""What people fill in about stock."""

from decimal import Decimal
from typing import Any

from django import forms

from accounts.forms_base import ActionForm, PlainForm, ReasonField
from accounts.pickers import PickField
from accounts.rows import up_to
from catalog.models import Product
from stock.actions import Opening
from stock.models import Lot


class FindForm(PlainForm):
    q = forms.CharField(label="查找", required=False, max_length=60)
    status = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *Lot.Status.choices])
    empty = forms.BooleanField(label="含已用完", required=False)

    def asked(self) -> dict[str, Any]:
        found = self.cleaned_data if self.is_valid() else {}
        return {"words": found.get("q", ""), "status": found.get("status", ""), "empty": found.get("empty", False)}


class LotReasonForm(ActionForm):
    reason = ReasonField()


class PalletForm(PlainForm):
    number = forms.CharField(label="托盘号", max_length=40, required=False)
    quantity = forms.DecimalField(
        label="数量",
        max_digits=14,
        decimal_places=3,
        min_value=Decimal("0.001"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    pieces = forms.IntegerField(
        label="件数",
        min_value=0,
        max_value=1_000_000,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if (given.get("number") or given.get("pieces")) and not given.get("quantity") and not self.errors:
            self.add_error("quantity", "请填写数量。")
        return given


PalletFormSet = up_to(200, PalletForm, extra=3)


class OpenStockForm(ActionForm):
    product = PickField(
        label="产品",
        queryset=Product.objects.filter(is_active=True),
        url_name="catalog:options",
        help_text="输入编号、品名或拼音首字母",
    )
    lot_number = forms.CharField(label="批号", max_length=40)
    made_on = forms.DateField(label="生产日期")
    shelf_until = forms.DateField(label="保质期至", required=False)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.pallets = PalletFormSet(data, prefix="pallets")

    def is_valid(self) -> bool:
        rows_fit = not self.is_bound or self.pallets.is_valid()
        return super().is_valid() and rows_fit

    def given(self) -> dict[str, Any]:
        rows = (row.cleaned_data for row in self.pallets.forms if row.cleaned_data)
        filled = [row for row in rows if row.get("quantity") and not row.get("DELETE")]
        openings = [Opening(row["quantity"], row.get("pieces") or 0, row.get("number") or "") for row in filled]
        return {**super().given(), "pallets": openings}

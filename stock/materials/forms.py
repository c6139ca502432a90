"""What people fill in about raw material."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from accounts.forms_base import ActionForm, PlainForm, ReasonField, RecordForm
from accounts.rows import up_to
from catalog.materials import Use
from catalog.models import Material, Need, Product
from documents.fields import TableField
from stock.models import ExpectedArrival


def amount(label: str, *, places: int = 3, required: bool = True, least: str = "0.001") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        max_digits=14,
        decimal_places=places,
        min_value=Decimal(least),
        required=required,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


class FindForm(PlainForm):
    q = forms.CharField(label="查找", required=False, max_length=60)
    low = forms.BooleanField(label="低于安全库存", required=False)
    ended = forms.BooleanField(label="含已停用", required=False)

    def asked(self) -> dict[str, Any]:
        """What was asked for; nothing where it makes no sense (B16)."""
        found = self.cleaned_data if self.is_valid() else {}
        return {"words": found.get("q", ""), "low": found.get("low", False), "ended": found.get("ended", False)}


class MaterialForm(RecordForm):
    class Meta:
        model = Material
        fields = ["code", "name", "spec", "unit", "safety_stock", "is_active"]


class ReceiveForm(ActionForm):
    arrival = forms.ModelChoiceField(
        label="对应的预计到料", queryset=ExpectedArrival.objects.none(), required=False, empty_label="没有登记过"
    )
    number = forms.CharField(label="批号", max_length=40)
    quantity = amount("数量")
    received_on = forms.DateField(label="到料日期")
    supplier = forms.CharField(label="供应商", max_length=80, required=False)
    shelf_until = forms.DateField(label="保质期至", required=False)
    last = forms.BooleanField(
        label="余量不再到货", required=False, help_text="到料少于预计时，余量仍按预计等候；不再来的，请勾选并写明原因。"
    )
    reason = ReasonField(required=False)

    def __init__(self, *args: Any, material: Material, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.material = material
        expected: Any = self.fields["arrival"]
        expected.queryset = ExpectedArrival.objects.filter(material=material, state=ExpectedArrival.State.OPEN)
        expected.label_from_instance = lambda one: (
            f"{one.due_on} {one.rest.normalize():f} {material.unit} {one.reference}".strip()
        )
        self.initial["received_on"] = timezone.localdate()

    def given(self) -> dict[str, Any]:
        return super().given() | {"material": self.material}


class ExpectForm(ActionForm):
    quantity = amount("数量")
    due_on = forms.DateField(label="预计到料")
    reference = forms.CharField(label="采购单号", max_length=60, required=False)

    def __init__(self, *args: Any, material: Material, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.material = material

    def given(self) -> dict[str, Any]:
        return super().given() | {"material": self.material}


class PutOffForm(ActionForm):
    due_on = forms.DateField(label="改到")
    reason = ReasonField()


class CancelForm(ActionForm):
    reason = ReasonField()


class CountForm(ActionForm):
    """Carries what the books said when the page was opened: a balance has no version of its own (B3)."""

    counted = amount("实盘数量", least="0")
    reason = ReasonField(label="差异原因")
    there = forms.DecimalField(widget=forms.HiddenInput)

    def send_again(self, *, new: bool = False) -> None:
        super().send_again(new=new)
        data: Any = self.data
        data["there"] = str(self.initial["there"])


class WriteOffForm(ActionForm):
    quantity = amount("报废数量")
    reason = ReasonField(label="报废原因")


class NeedForm(PlainForm):
    material = forms.ModelChoiceField(label="原材料", queryset=Material.objects.none(), required=False)
    quantity = amount("每单位用量", places=6, required=False, least="0.000001")
    waste = forms.DecimalField(
        label="损耗 %",
        max_digits=5,
        decimal_places=2,
        min_value=0,
        max_value=Decimal("99.99"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["material"]
        chosen.queryset = Material.objects.filter(is_active=True).order_by("code")

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("material") and given.get("quantity") is None and "quantity" not in self.errors:
            self.add_error("quantity", "请填写用量。")
        if not given.get("material") and given.get("quantity") is not None:
            self.add_error("material", "请选择原材料。")
        return given


NeedFormSet = up_to(60, NeedForm, extra=2)


class NeedsForm(ActionForm):
    """All that one unit of the product takes."""

    def __init__(self, data: Any = None, *, product: Product, **kwargs: Any) -> None:
        super().__init__(data, subject=product, **kwargs)
        needs = Need.objects.filter(product=product).order_by("material__code")
        rows = [
            {
                "material": need.material_id,
                "quantity": f"{need.quantity.normalize():f}",
                "waste": f"{need.waste.normalize():f}",
            }
            for need in needs
        ]
        self.needs: Any = NeedFormSet(data, initial=rows, prefix="needs")

    def is_valid(self) -> bool:
        rows_fit = not self.is_bound or self.needs.is_valid()
        return super().is_valid() and rows_fit

    def given(self) -> dict[str, Any]:
        rows = (row.cleaned_data for row in self.needs.forms if row.cleaned_data)
        filled = [row for row in rows if row.get("material") and not row.get("DELETE")]
        uses = [Use(row["material"], row["quantity"], row.get("waste") or Decimal(0)) for row in filled]
        return super().given() | {"uses": uses}


class ImportArrivalsForm(ActionForm):
    file = TableField(
        label="采购到料表",
        help_text=".xlsx 或 .csv；列名：材料编号、数量、预计到料、采购单号。再次导入不会重复，日期有变则改期。",
    )

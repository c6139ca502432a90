"""A contract with its stages and prices, its reviews, its clauses."""

from decimal import Decimal
from typing import Any

from django import forms

from accounts.forms_base import ActionForm, PlainForm, ReasonField, RecordForm
from accounts.rows import Rows, up_to
from catalog.forms import ProductRows, plain_row
from catalog.models import Product
from customers.actions import Agreed, Stage
from customers.models import Contract, ContractPrice, ContractTemplate, PaymentStage
from documents.attachments import ACCEPT


def amount(**more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        required=False, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}), **more
    )


class PriceLine(PlainForm):
    product = forms.ModelChoiceField(label="产品", queryset=Product.objects.none(), required=False)
    from_quantity = amount(label="起订数量", max_digits=14, decimal_places=3, min_value=0)
    price = amount(label="含税单价", max_digits=14, decimal_places=4, min_value=0)

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if bool(given.get("product")) != (given.get("price") is not None) and not self.errors:
            self.add_error("price" if given.get("product") else "product", "产品与单价须同时填写。")
        return given


class PriceLines(ProductRows):
    def agreed(self) -> list[Agreed]:
        return [Agreed(row["product"], row["price"], row["from_quantity"] or Decimal(0)) for row in self.filled()]


PriceFormSet = up_to(200, PriceLine, extra=1, base=PriceLines)


class StageLine(PlainForm):
    kind = forms.ChoiceField(label="阶段", required=False, choices=[("", "—"), *PaymentStage.Kind.choices])
    percent = amount(label="比例 (%)", max_digits=5, decimal_places=2, min_value=0, max_value=100)
    days = forms.IntegerField(
        label="天数",
        required=False,
        min_value=0,
        max_value=365,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if bool(given.get("kind")) != (given.get("percent") is not None) and not self.errors:
            self.add_error("percent" if given.get("kind") else "kind", "阶段与比例须同时填写。")
        return given


class StageLines(Rows):
    def stages(self) -> list[Stage]:
        rows = [row.cleaned_data for row in self.forms if row.cleaned_data]
        kept = [row for row in rows if row.get("kind") and not row.get("DELETE")]
        return [Stage(row["kind"], row["percent"] or Decimal(0), row.get("days") or 0) for row in kept]


StageFormSet = up_to(12, StageLine, extra=1, base=StageLines)


class ContractForm(RecordForm):
    class Meta:
        model = Contract
        fields = [
            "number",
            "valid_from",
            "valid_to",
            "amount",
            "starts_early",
            "tolerance_plus",
            "tolerance_minus",
            "deposit_pro_rata",
            "clauses",
            "terms",
        ]
        widgets = {
            "terms": forms.Textarea(attrs={"rows": 3}),
            "clauses": forms.Textarea(attrs={"rows": 14}),
        }

    def __init__(self, data: Any = None, *args: Any, instance: Contract | None = None, **kwargs: Any) -> None:
        super().__init__(data, *args, instance=instance, **kwargs)
        self.fields["starts_early"].widget.choices = Contract._meta.get_field("starts_early").choices
        self.fields["clauses"].help_text = "【付款阶段】【生效日】等填空由合同内容自动填入"
        prices: list[Any] = []
        stages: list[Any] = []
        if instance is not None:
            prices = list(ContractPrice.objects.filter(contract=instance).order_by("product__code", "from_quantity"))
            stages = list(PaymentStage.objects.filter(contract=instance).order_by("position"))
        self.prices: Any = PriceFormSet(
            data, initial=rows_of(prices, "product_id", "from_quantity", "price"), prefix="prices"
        )
        self.stages: Any = StageFormSet(data, initial=rows_of(stages, "kind", "percent", "days"), prefix="stages")

    def is_valid(self) -> bool:
        rows_fit = not self.is_bound or all([self.prices.is_valid(), self.stages.is_valid()])
        return super().is_valid() and rows_fit

    def given(self) -> dict[str, Any]:
        return {**super().given(), "prices": self.prices.agreed(), "stages": self.stages.stages()}


def rows_of(records: list[Any], *names: str) -> list[dict[str, Any]]:
    """The rows of a formset from what stands; `product_id` fills the field `product`."""
    return [plain_row({name.removesuffix("_id"): getattr(row, name) for name in names}) for row in records]


class ReviewForm(ActionForm):
    agreed = forms.TypedChoiceField(
        label="意见", choices=[("yes", "同意"), ("no", "不同意，须修改")], coerce=lambda value: value == "yes"
    )
    text = forms.CharField(label="评审说明", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class InForceForm(ActionForm):
    scan = forms.FileField(
        label="双方签章的合同",
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text="PDF 或图片，不超过 20 MB",
    )


class EndForm(ActionForm):
    reason = ReasonField(label="停用原因")


class TemplateForm(RecordForm):
    class Meta:
        model = ContractTemplate
        fields = ["name", "clauses", "is_active"]
        widgets = {"clauses": forms.Textarea(attrs={"rows": 22})}

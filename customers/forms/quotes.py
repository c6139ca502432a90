"""A quote with its lines, and what becomes of it."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from accounts.forms_base import ActionForm, PlainForm, ReasonField, RecordForm
from accounts.pickers import PickField
from accounts.rows import up_to
from catalog.forms import ProductRows
from catalog.models import Product
from customers.actions import Offered
from customers.actions.quotes import MOST_LINES
from customers.forms.contracts import amount, rows_of
from customers.models import ContractTemplate, Customer, Quote, QuoteLine, QuoteState
from documents.attachments import ACCEPT
from documents.models import Sending

VALID_DAYS = 30


class OfferLine(PlainForm):
    product = forms.ModelChoiceField(label="产品", queryset=Product.objects.none(), required=False)
    quantity = amount(label="数量", max_digits=14, decimal_places=3, min_value=0)
    price = amount(label="含税单价", max_digits=14, decimal_places=4, min_value=0)
    lead_days = forms.IntegerField(
        label="交期 (天)",
        required=False,
        min_value=0,
        max_value=999,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    remark = forms.CharField(label="备注", required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if self.errors:
            return given
        if given.get("product") and not given.get("quantity"):
            self.add_error("quantity", "请填写数量。")
        if not given.get("product") and (given.get("quantity") or given.get("price")):
            self.add_error("product", "请选择产品。")
        return given


class OfferLines(ProductRows):
    def offered(self) -> list[Offered]:
        return [
            Offered(row["product"], row["quantity"], row["price"], "", row.get("lead_days"), row.get("remark") or "")
            for row in self.filled()
        ]


OfferFormSet = up_to(MOST_LINES, OfferLine, extra=1, base=OfferLines)


class QuoteForm(RecordForm):
    """A new quote asks for its customer; a quote that was sent asks why it is negotiated."""

    customer = PickField(label="客户", queryset=Customer.objects.none(), url_name="customers:options")
    reason = ReasonField(label="改版原因", help_text="如：客户还价、数量变化")

    class Meta:
        model = Quote
        fields = ["valid_until", "payment_terms", "delivery", "inquiry", "remark"]
        widgets = {"inquiry": forms.Textarea(attrs={"rows": 2}), "remark": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, data: Any = None, *, user: Any, instance: Quote | None = None, **kwargs: Any) -> None:
        super().__init__(data, instance=instance, **kwargs)
        rows: list[dict[str, Any]] = []
        if instance is None:
            del self.fields["reason"]
            chosen: Any = self.fields["customer"]
            chosen.queryset = Customer.objects.visible_to(user).filter(is_active=True)
            self.initial.setdefault("valid_until", timezone.localdate() + timedelta(days=VALID_DAYS))
        else:
            del self.fields["customer"]
            if instance.state == QuoteState.DRAFT:
                del self.fields["reason"]
            lines = list(QuoteLine.objects.filter(quote=instance).order_by("position"))
            rows = rows_of(lines, "product_id", "quantity", "price", "lead_days", "remark")
        self.lines: Any = OfferFormSet(data, initial=rows, prefix="lines")

    def is_valid(self) -> bool:
        rows_fit = not self.is_bound or self.lines.is_valid()
        return super().is_valid() and rows_fit

    def given(self) -> dict[str, Any]:
        return {**super().given(), "lines": self.lines.offered()}


class OrderQuoteForm(ActionForm):
    """Which of the prices by quantity are ordered; asked only where a product has several."""

    chosen = forms.TypedMultipleChoiceField(label="下单的数量档", coerce=int, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, quote: Quote, **options: Any) -> None:
        super().__init__(*args, **options)
        if not quote.has_tiers:
            del self.fields["chosen"]
            return
        field: Any = self.fields["chosen"]
        field.choices = [
            (line.pk, f"{line.product} · {line.quantity.normalize():f} {line.unit} · {line.price.normalize():f} 元")
            for line in QuoteLine.objects.filter(quote=quote).select_related("product").order_by("position")
        ]


class ContractOfQuoteForm(ActionForm):
    """With which clauses; the first template's where none is chosen."""

    template = forms.ModelChoiceField(
        label="合同模板",
        required=False,
        queryset=ContractTemplate.objects.filter(is_active=True).order_by("pk"),
    )

    @property
    def templates(self) -> list[ContractTemplate]:
        field: Any = self.fields["template"]
        return list(field.queryset)

    def given(self) -> dict[str, Any]:
        return {"template": self.cleaned_data["template"] or next(iter(self.templates), None)}


class AgreeForm(ActionForm):
    reason = ReasonField(label="同意的理由")


class SendForm(ActionForm):
    way = forms.ChoiceField(label="发送方式", choices=Sending.Way.choices)
    to = forms.CharField(label="收件人", required=False, max_length=120, help_text="电子邮件不填则发给联系人")


class AnswerForm(ActionForm):
    answer = forms.CharField(label="客户的答复", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    paper = forms.FileField(label="附件", required=False, widget=forms.FileInput(attrs={"accept": ACCEPT}))

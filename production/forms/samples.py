"""A sample as it is asked for, and one step of its way."""

from typing import Any

from django import forms

from accounts.forms_base import ActionForm
from accounts.pickers import PickField
from catalog.models import Product
from customers.models import Customer
from documents.audience import OPEN_TO_ALL
from orders.models.order import Kind
from production.forms.fields import Given, paper_field
from production.models import SampleRequest


class AskForm(ActionForm):
    """Of a customer, or for `line`, whose customer it is then."""

    customer = PickField(label="客户", queryset=Customer.objects.none(), url_name="customers:options")
    name = forms.CharField(label="品名", max_length=80)
    spec = forms.CharField(label="规格", max_length=120)
    quantity = forms.CharField(label="样品数量", max_length=40, help_text="如：2 卷、50 张")
    wanted_on = forms.DateField(label="要求日期", required=False)
    words = forms.CharField(
        label="要求",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="材质、尺寸、颜色、用途、参照样",
    )

    def __init__(self, data: Any = None, *, user: Any, row: Any = None) -> None:
        super().__init__(data)
        self.row = row
        if row is not None:
            del self.fields["customer"]
            said = f"订单第 {row.position} 行，{row.quantity.normalize():f} {row.unit}。{row.special}".strip()
            self.initial.update(name=row.product.name, spec=row.spec, words=said)
        else:
            self.fields["customer"].queryset = Customer.objects.visible_to(user)  # type: ignore[attr-defined]

    def given(self) -> Given:
        if self.row is None:
            return super().given()
        # What cannot be made as it is ordered becomes another product; a line that wants or is a sample has its own.
        own = self.row.needs_sample or self.row.line.order.kind == Kind.SAMPLE
        product = self.row.product if own else None
        return {**super().given(), "line": self.row.line, "product": product}


class StepForm(ActionForm):
    """What was done, in words, with a paper or photo."""

    text = forms.CharField(label="说明", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    paper = paper_field("附件", OPEN_TO_ALL)

    def __init__(self, *args: Any, hint: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].help_text = hint


class AdoptForm(ActionForm):
    code = forms.CharField(label="产品编号", max_length=30)
    kind = forms.ChoiceField(label="类别", choices=Product.Kind.choices)
    unit = forms.CharField(label="计量单位", max_length=10, initial="卷")

    def __init__(self, data: Any = None, *, subject: SampleRequest) -> None:
        super().__init__(data, subject=subject, auto_id="adopt_%s")

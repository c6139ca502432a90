"""The forms of single actions on an order. Each is given the order; the action judges what was typed."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from accounts.forms_base import ActionForm, ReasonField
from customers.models import Contact
from documents.audience import OPEN_TO_ALL
from orders.actions.confirmation import WAYS
from orders.forms.entry import MomentField, area, day_field, text
from orders.models import Order, Revision, RevisionLine
from orders.models.returned import Refusal


class OrderActForm(ActionForm):
    """Knows the order and the subject of its action, for its choices."""

    def __init__(
        self, data: Any = None, files: Any = None, *, order: Order, target: Any = None, **options: Any
    ) -> None:
        super().__init__(data, files, subject=order, **options)
        self.order = order
        self.target = target
        self.prepare()

    def prepare(self) -> None:
        """Fill choices and first values."""


class Plain(OrderActForm):
    """A button with nothing to fill in."""


class Reason(OrderActForm):
    reason = ReasonField()


class Written(OrderActForm):
    """A signature with its written word."""

    text = area("书面说明", 1000, 3)


class MustWrite(OrderActForm):
    text = forms.CharField(label="书面说明", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class SendBack(OrderActForm):
    reason = ReasonField(label="要改正什么", help_text="录单人会看到这段话；签字按所改内容失效。")


class Relax(OrderActForm):
    promised_on = day_field("放宽到")
    agreed = text("销售员如何同意", 200, help_text="写明时间和方式，如「11-23 电话，周敏同意」")

    def prepare(self) -> None:
        self.fields["promised_on"].required = True
        self.fields["agreed"].required = True


class PaperReason(OrderActForm):
    """A reason, and the customer's own writing."""

    reason = ReasonField()
    paper = forms.FileField(
        label="客户书面材料", required=False, help_text="下达后取消须附客户的书面要求，或不收不付的证明"
    )


class PaperOnly(OrderActForm):
    paper = forms.FileField(label="书面订单", help_text="PDF 或照片，不超过 20 MB")


class Told(OrderActForm):
    told_words = forms.CharField(
        label="告知内容",
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": "如：已收到，四小时内给您确认书"}),
    )
    reply_promised_by = MomentField("答应答复的时间", required=False)

    def prepare(self) -> None:
        memo = self.order.memo
        if memo and memo.reply_promised_by:
            self.fields["reply_promised_by"].initial = memo.reply_promised_by


def line_label(row: RevisionLine) -> str:
    return f"第 {row.position} 行 {row.product.code} {row.product.name}"


class LineChoice(forms.TypedChoiceField):
    """One of the lines of the order, by its identity."""

    def __init__(self, **options: Any) -> None:
        super().__init__(label="订单行", coerce=int, empty_value=None, **options)

    def offer(self, rows: list[RevisionLine]) -> None:
        self.choices = [(row.line_id, line_label(row)) for row in rows]


class Sample(OrderActForm):
    line_id = LineChoice()
    text = area("封样编号与存放处", 500)
    paper = forms.FileField(label="签样照片", required=False, help_text=OPEN_TO_ALL)

    def prepare(self) -> None:
        field = self.fields["line_id"]
        assert isinstance(field, LineChoice)  # noqa: S101
        if isinstance(self.target, Revision):
            rows = self.target.lines.filter(needs_sample=True).select_related("product").order_by("position")
            field.offer(list(rows))


class Quantity(OrderActForm):
    """So much of a line, at the customer's written wish."""

    line_id = LineChoice()
    quantity = forms.DecimalField(
        label="数量",
        max_digits=14,
        decimal_places=3,
        min_value=Decimal("0.001"),
        max_value=Decimal("99999999.999"),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    signer = forms.ModelChoiceField(label="客户签字人", queryset=Contact.objects.none(), empty_label="请选择")
    reason = ReasonField(label="原因")
    paper = forms.FileField(label="客户书面同意")

    def prepare(self) -> None:
        offer_lines(self)
        field = self.fields["signer"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = Contact.objects.filter(customer=self.order.customer_id, is_active=True).order_by("-may_sign")
        field.label_from_instance = signer_label  # type: ignore[method-assign,assignment]


class LineReason(OrderActForm):
    """What was written of a line is taken back."""

    line_id = LineChoice()
    reason = ReasonField(label="原因")

    def prepare(self) -> None:
        offer_lines(self)


def offer_lines(form: OrderActForm) -> None:
    field = form.fields["line_id"]
    assert isinstance(field, LineChoice)  # noqa: S101
    if form.order.revision_id:
        rows = RevisionLine.objects.filter(revision=form.order.revision_id).select_related("product")
        field.offer(list(rows.order_by("position")))


class Send(OrderActForm):
    way = forms.ChoiceField(label="发送方式", choices=list(WAYS.items()))
    to = text("收件人/地址", 200, help_text="电子邮件不填则发给联系人的邮箱")

    def prepare(self) -> None:
        contact = self.target.contact if isinstance(self.target, Revision) else None
        if contact and contact.email:
            self.fields["to"].widget.attrs["placeholder"] = contact.email

    def clean_to(self) -> str:
        given: str = self.cleaned_data["to"]
        if given and self.cleaned_data.get("way") == "email":
            forms.EmailField().clean(given)
        return given


class Heard(OrderActForm):
    text = forms.CharField(label="接听人及内容", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class Returned(OrderActForm):
    received_at = MomentField("收到时间", help_text="以实际收到为准，预交日按它计算；补录时请填当时的时间")
    signer = forms.ModelChoiceField(label="签署人", queryset=Contact.objects.none(), empty_label="请选择")
    scan = forms.FileField(label="回传件", required=False, help_text="扫描件或照片，PDF、JPG、PNG")
    note = area("说明", 500)

    def prepare(self) -> None:
        field = self.fields["signer"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = Contact.objects.filter(customer=self.order.customer_id, is_active=True).order_by("-may_sign")
        field.label_from_instance = signer_label  # type: ignore[method-assign,assignment]
        self.fields["received_at"].initial = now_to_the_minute


def signer_label(contact: Any) -> str:
    return f"{contact.name}（授权签单）" if contact.may_sign else f"{contact.name}（未授权）"


def now_to_the_minute() -> datetime:
    return timezone.localtime().replace(second=0, microsecond=0)


class RefuseReturn(OrderActForm):
    refusal = forms.ChoiceField(label="不合格的原因", choices=Refusal.choices)  # type: ignore[assignment]
    note = area("说明", 500)

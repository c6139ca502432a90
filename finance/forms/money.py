"""Money of orders: what finance (and those who sign beside it) fill in."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from accounts.forms_base import ActionForm, PlainForm, ReasonField, dressed
from accounts.pickers import PickField
from customers.models import Customer
from documents.models import Sending
from documents.money import trimmed
from finance import queries
from finance.exposure import TAKES_MONEY
from finance.forms.fields import AS, MINUTE_FORMAT, amount, bank_ref, choice, day, file, words
from finance.models import Goods, Method
from finance.shares import Share
from orders.models import Order, RevisionLine, State
from orders.models.order import ENDED


class OrderField(forms.ModelChoiceField):
    """One of a customer's orders, with what it still wants."""

    def label_from_instance(self, order: Order) -> str:  # type: ignore[override]
        total = queries.standing(order).total
        return f"{order.number} · {order.get_state_display()} · 总额 {total:,.2f} · 已收 {order.received:,.2f}"


def open_orders(customer: Customer) -> QuerySet[Order]:
    """A customer's orders that money can go to, those not ended first."""
    return Order.objects.filter(TAKES_MONEY, customer=customer).select_related("revision")


class PaymentForm(ActionForm):
    """登记到账; with an order at hand the money goes to it at once."""

    customer = PickField(
        label="客户",
        queryset=Customer.objects.none(),
        url_name="customers:options",
        help_text="输入编号、名称或拼音首字母",
    )
    amount = amount()
    received_at = forms.DateTimeField(
        label="到账时间", widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTE_FORMAT)
    )
    method = choice("收款方式", Method.choices)
    bank_ref = bank_ref(help_text="一个流水号只能登记一次")
    payer = forms.CharField(label="付款人", max_length=80, help_text="银行回单上的户名")
    remark = forms.CharField(label="附言", max_length=200, required=False)
    paper = file("银行回单")

    def __init__(self, *args: Any, user: Any, order: Order | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order = order
        chosen: dict[str, Any] = self.fields
        chosen["customer"].queryset = Customer.objects.visible_to(user)
        self.initial["received_at"] = timezone.localtime()
        if order is None:
            return
        del self.fields["customer"]
        self.initial["payer"] = order.customer.name
        self.fields["kind"] = choice(
            f"用于 {order.number}", AS, initial="balance" if order.deposit_at or not owes_deposit(order) else "deposit"
        )

    def given(self) -> dict[str, Any]:
        given = super().given()
        if self.order is not None:
            given["customer"] = self.order.customer
            given["shares"] = [Share(self.order, given["amount"], given.pop("kind"))]
        return given


def owes_deposit(order: Order) -> bool:
    owed = order.revision is not None and order.revision.deposit_due > order.received
    return owed and order.state != State.CANCELLED


class AllocateForm(ActionForm):
    order = OrderField(label="订单", queryset=Order.objects.none())
    amount = amount()
    kind = choice("作为", AS, initial="balance")

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: dict[str, Any] = self.fields
        chosen["order"].queryset = open_orders(customer).order_by("-created_at", "-id")


class ReasonForm(ActionForm):
    reason = ReasonField()


class RefundForm(ActionForm):
    amount = amount("退款金额（元）")
    method = choice("退款方式", Method.choices)
    bank_ref = bank_ref()
    paper = file("退款回单")
    reason = ReasonField(label="退款原因")


class CarryForm(ActionForm):
    to = OrderField(label="转入订单", queryset=Order.objects.none())
    amount = amount("转款金额（元）")
    reason = ReasonField(label="转款原因")

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, subject=order, **kwargs)
        chosen: dict[str, Any] = self.fields
        others = open_orders(order.customer).exclude(pk=order.pk).exclude(state__in=ENDED)
        chosen["to"].queryset = others.order_by("-created_at", "-id")


class WriteOffForm(ActionForm):
    amount = amount("核销金额（元）")
    reason = ReasonField(label="核销原因")


class LossForm(ActionForm):
    loss = amount("客户承担损失（元）")
    method = choice("退款方式", [("", "无须退款"), *Method.choices], required=False)
    bank_ref = bank_ref(required=False, help_text="有退款时必填")
    reason = ReasonField(label="更正原因")


class CreditForm(ActionForm):
    text = words("特批理由", help_text="书面留存；口头无效")


class ClearForm(ActionForm):
    text = words("说明", required=False)


class SpecialForm(ActionForm):
    pay_by = day("最迟付款日")
    text = words("特批理由")


class SettlementForm(ActionForm):
    kept = amount("不退金额（元）")
    loss = amount("客户承担损失（元）", initial=0)
    goods = choice("成品处理", Goods.choices)
    note = forms.CharField(label="结算依据", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    method = choice("退款方式", [("", "无须退款"), *Method.choices], required=False)
    bank_ref = bank_ref(required=False, help_text="有退款时必填")

    def __init__(self, *args: Any, lying: Iterable[tuple[RevisionLine, Decimal]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row, there in lying:
            self.fields[f"scrap-{row.line_id}"] = scrap_field(row, there)

    def given(self) -> dict[str, Any]:
        given = super().given()
        parts = {name: given.pop(name) for name in [*given] if name.startswith("scrap-")}
        return {**given, "scrap": {int(name[len("scrap-") :]): part for name, part in parts.items() if part}}


def scrap_field(row: RevisionLine, there: Decimal) -> forms.DecimalField:
    label = f"第 {row.position} 行报废数量（{row.product.name}，在库 {trimmed(there)} {row.unit}）"
    field = forms.DecimalField(label=label, required=False, min_value=0, max_digits=14, decimal_places=3)
    field.help_text = "只在部分转库存、部分报废时填写"
    field.widget = dressed(field)
    return field


class LetterForm(ActionForm):
    pay_by = day("付款期限")
    way = forms.ChoiceField(label="发送方式", choices=Sending.Way.choices)
    to = forms.CharField(
        label="发给", required=False, max_length=200, help_text="邮箱、传真号或收件人；邮件不填则发给订单联系人"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["pay_by"] = timezone.localdate() + timedelta(days=3)


class LetterHeardForm(ActionForm):
    text = forms.CharField(label="接听人", max_length=200, help_text="谁确认通知书清晰收到")


class FindForm(PlainForm):
    q = forms.CharField(label="查找", required=False, max_length=60, help_text="客户、付款人、流水号、收款单号")
    left = forms.BooleanField(label="只看未分配", required=False)

    def asked(self) -> dict[str, Any]:
        """What was asked for; nothing where it makes no sense (B16)."""
        found = self.cleaned_data if self.is_valid() else {}
        return {"words": found.get("q", ""), "left": found.get("left", False)}

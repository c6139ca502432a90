"""What finance fills in about the bank's statement."""

from decimal import Decimal
from typing import Any

from django import forms

from accounts.forms_base import ActionForm, PlainForm, dressed
from accounts.pickers import PickField
from customers.models import Customer
from documents.fields import TableField
from finance.forms.fields import AS, amount, choice
from finance.matching import Proposal, written_down
from finance.models import BankLine, Payment
from finance.shares import Share


class StatementForm(ActionForm):
    file = TableField(
        label="银行流水",
        help_text=".xlsx 或 .csv，各银行导出的原表即可；重复导入不会重复入账",
    )


class FindLineForm(PlainForm):
    q = forms.CharField(label="查找", required=False, max_length=60, help_text="户名、账号、流水号、摘要")
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "待认领"), ("booked", "已入账"), ("aside", "非货款"), ("all", "全部")],
    )

    def asked(self) -> dict[str, Any]:
        """What was asked for; nothing where it makes no sense (B16)."""
        found = self.cleaned_data if self.is_valid() else {}
        return {"words": found.get("q", ""), "state": found.get("state") or "open"}


class WhoseForm(PlainForm):
    """Choosing the customer, before their orders are shown."""

    customer = PickField(
        label="客户",
        queryset=Customer.objects.none(),
        url_name="customers:options",
        help_text="输入编号、名称或拼音首字母",
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: dict[str, Any] = self.fields
        chosen["customer"].queryset = Customer.objects.visible_to(user)


class BookForm(ActionForm):
    """An amount and a kind for each of the customer's orders that lack money; the rest stays unallocated."""

    def __init__(
        self,
        data: Any = None,
        *,
        line: BankLine,
        customer: Customer,
        proposals: list[Proposal],
        likely: bool = False,
        **more: Any,
    ) -> None:
        super().__init__(data, subject=line, **more)
        self.line, self.customer, self.proposals = line, customer, proposals
        if likely:
            self.fields["another"] = forms.BooleanField(label="确是另一笔，不是已登记的收款", required=False)
        for each in proposals:
            number = each.order.number
            field = amount(f"{number} 金额", required=False, min_value=Decimal("0.01"), initial=each.amount or None)
            field.widget = dressed(field)
            field.widget.attrs["aria-label"] = field.label
            self.fields[f"amount-{number}"] = field
            kind = choice(f"{number} 作为", AS, initial=each.kind)
            kind.widget.attrs["aria-label"] = kind.label
            self.fields[f"kind-{number}"] = kind

    def rows(self) -> list[tuple[Proposal, Any, Any]]:
        return [
            (each, self[f"amount-{each.order.number}"], self[f"kind-{each.order.number}"]) for each in self.proposals
        ]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        given = sum((found.get(f"amount-{each.order.number}") or Decimal(0) for each in self.proposals), Decimal(0))
        if given > self.line.amount:
            raise forms.ValidationError(f"分配合计 {given:,.2f} 元，超过到账 {self.line.amount:,.2f} 元。")
        return found

    def given(self) -> dict[str, Any]:
        shares = [
            Share(each.order, part, self.cleaned_data[f"kind-{each.order.number}"])
            for each in self.proposals
            if (part := self.cleaned_data.get(f"amount-{each.order.number}"))
        ]
        another = self.cleaned_data.get("another", False)
        return {"customer": self.customer, "shares": shares, "another": another}


class JoinForm(ActionForm):
    """Which payment the line is."""

    payment = forms.ModelChoiceField(queryset=Payment.objects.none(), widget=forms.HiddenInput)

    def __init__(self, *args: Any, line: BankLine, **options: Any) -> None:
        super().__init__(*args, subject=line, **options)
        chosen: dict[str, Any] = self.fields
        chosen["payment"].queryset = written_down(line)

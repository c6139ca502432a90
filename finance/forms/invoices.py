"""What is filled in about invoices."""

from decimal import Decimal
from typing import Any

from django import forms

from accounts.forms_base import ActionForm, PlainForm, ReasonField
from finance.forms.fields import amount, day, file, words


def invoice_number(label: str) -> forms.CharField:
    return forms.CharField(label=label, max_length=40, help_text="全电发票 20 位号码，或发票代码加号码")


class RequestForm(ActionForm):
    amount = amount("开票金额（含税，元）", min_value=Decimal("0.01"))
    note = words("开票要求", required=False, help_text="抬头、税号、备注栏等与档案不同时写明")


class IssueForm(ActionForm):
    number = invoice_number("发票号码")
    issued_on = day("开票日期")
    paper = file("发票文件")


class RedForm(ActionForm):
    number = invoice_number("红字发票号码")
    issued_on = day("红冲日期")
    paper = file("红字发票文件")
    reason = ReasonField()


class FindForm(PlainForm):
    q = forms.CharField(label="查找", required=False, max_length=40, help_text="发票号码、订单号、客户")

    def asked(self) -> str:
        """What was asked for; nothing where it makes no sense (B16)."""
        found: Any = self.cleaned_data if self.is_valid() else {}
        return str(found.get("q", ""))

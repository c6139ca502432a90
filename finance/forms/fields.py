"""Fields that finance's forms share."""

from typing import Any

from django import forms

from documents.attachments import ACCEPT
from finance.models import EntryKind

DAY_FORMAT = "%Y-%m-%d"
MINUTE_FORMAT = "%Y-%m-%dT%H:%M"


def amount(label: str = "金额（元）", **options: Any) -> forms.DecimalField:
    widget = forms.TextInput(attrs={"inputmode": "decimal"})
    return forms.DecimalField(label=label, max_digits=14, decimal_places=2, widget=widget, **options)


def day(label: str) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format=DAY_FORMAT))


def words(label: str, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=500, widget=forms.Textarea(attrs={"rows": 2}), **options)


def choice(label: str, choices: Any, **options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, **options)


def file(label: str) -> forms.FileField:
    return forms.FileField(label=label, required=False, widget=forms.FileInput(attrs={"accept": ACCEPT}))


def bank_ref(**options: Any) -> forms.CharField:
    return forms.CharField(label="银行流水号 / 票号", max_length=60, **options)


AS = [(EntryKind.DEPOSIT.value, "定金"), (EntryKind.BALANCE.value, "货款")]

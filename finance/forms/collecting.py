"""A promise to pay, and the schedule of reminders."""

from django import forms

from accounts.forms_base import ActionForm, RecordForm
from finance.models import CollectingRules


class PromiseForm(ActionForm):
    amount = forms.DecimalField(label="承诺金额 (元)", max_digits=14, decimal_places=2)
    promised_on = forms.DateField(label="承诺付款日")
    words = forms.CharField(
        label="谁、怎么说的",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="如：财务李会计电话，本周五汇出",
    )


class RulesForm(RecordForm):
    class Meta:
        model = CollectingRules
        fields = ["steps", "longest_promise", "mails_customer"]
        help_texts = {"steps": "到期后第几天催，用逗号分开；负数为到期前，如 -3,1,15,30"}

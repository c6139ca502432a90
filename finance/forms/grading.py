"""Deciding a suggested grade, and the rules."""

from django import forms

from accounts.forms_base import ActionForm, ReasonField, RecordForm
from finance.models import GradeRule


class DecideForm(ActionForm):
    accept = forms.TypedChoiceField(
        label="决定", choices=[("yes", "按建议调整"), ("no", "不调整")], coerce=lambda value: value == "yes"
    )
    reason = ReasonField(label="理由")


class RuleForm(RecordForm):
    class Meta:
        model = GradeRule
        fields = ["least_turnover", "most_average_late", "most_worst_late", "most_broken"]

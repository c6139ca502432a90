"""Issuing a 对账单, and what the customer answered."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from accounts.forms_base import ActionForm
from documents.attachments import ACCEPT
from documents.models import Sending
from finance.models import Statement


def last_month(today: date | None = None) -> date:
    day = (today or timezone.localdate()).replace(day=1) - timedelta(days=1)
    return day.replace(day=1)


class IssueForm(ActionForm):
    way = forms.ChoiceField(label="送达方式", choices=Sending.Way.choices, initial="print")
    to = forms.CharField(label="收件人 / 地址", max_length=120, required=False, help_text="电子邮件不填则发给联系人")


class AnswerForm(ActionForm):
    answer = forms.ChoiceField(label="客户答复", choices=[("", "请选择"), *Statement.Answer.choices])
    text = forms.CharField(
        label="内容",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="不符时写明哪一笔",
    )
    paper = forms.FileField(label="回传件", required=False, widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}))

    def __init__(self, data: Any = None, files: Any = None, **options: Any) -> None:
        super().__init__(data, files, auto_id="answer_%s", **options)

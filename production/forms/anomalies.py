"""What is raised, passed on, planned, answered and closed (R21)."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.forms_base import ActionForm, PlainForm
from documents.attachments import validate
from orders.models import RevisionLine
from production.forms.fields import Given, paper_field, words_field
from production.models import Anomaly, AnomalyKind, AnswerWay

PICTURES = ".jpg,.jpeg,.png,.pdf"


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Several files; each is judged, and the complaint names the one it is about."""

    widget = FilesInput(attrs={"accept": PICTURES, "multiple": True})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = [file for file in (data if isinstance(data, list | tuple) else [data]) if file]
        if self.required and not files:
            raise ValidationError(self.error_messages["required"], code="required")
        for file in files:
            super().clean(file, initial)
            try:
                validate(file)
            except ValidationError as error:
                raise ValidationError([f"{file.name}：{words}" for words in error.messages]) from error
        return files


def lines_field() -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(
        label="订单行",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="不选即整单",
    )


def named(lines: Iterable[RevisionLine]) -> list[tuple[int, str]]:
    return [(row.line_id, f"第 {row.position} 行 {row.product.name}") for row in lines]


class AnomalyForm(ActionForm):
    kind = forms.ChoiceField(
        label="类别",
        choices=[("", "请选择"), *(choice for choice in AnomalyKind.choices if choice[0] != AnomalyKind.AMENDED)],
    )
    lines = lines_field()
    text = words_field("情况", help_text="发生了什么、何时、影响多少数量")
    photos = PhotosField(label="照片", required=False, help_text="可一次选多张，JPG、PNG 或 PDF，每张不超过 20 MB")

    def __init__(self, *args: Any, lines: Iterable[RevisionLine], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["lines"].choices = named(lines)  # type: ignore[attr-defined]


class ForwardForm(ActionForm):
    words = words_field("转报说明", help_text="对客户的影响、客户交期是否可让，以及您的建议")


class PlanForm(ActionForm):
    plan = words_field("处理方案", help_text="怎样补救、由谁在何时完成、对客户怎样说；另一位同意后生效")


class AnswerForm(ActionForm):
    accepted = forms.TypedChoiceField(
        label="客户是否同意方案",
        choices=[("1", "同意"), ("0", "不同意，须另定方案")],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    said_by = forms.CharField(label="客户答复人", max_length=40)
    way = forms.ChoiceField(label="方式", choices=AnswerWay.choices)
    said_at = forms.DateTimeField(label="答复时间")
    text = words_field("客户答复")
    paper = paper_field("书面答复")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["said_at"].initial = lambda: timezone.localtime().replace(second=0, microsecond=0)


class CloseForm(ActionForm):
    result = words_field("处理结果")


class FindForm(PlainForm):
    """The list's filter."""

    STANDINGS = (
        ("open", "未关闭"),
        ("unforwarded", "待转报"),
        ("unplanned", "待定方案"),
        ("planned", "方案已定"),
        ("closed", "已关闭"),
        ("all", "全部"),
    )

    q = forms.CharField(label="订单、客户", required=False, max_length=60)
    standing = forms.ChoiceField(label="状态", choices=STANDINGS, required=False)
    kind = forms.ChoiceField(label="类别", choices=[("", "全部"), *AnomalyKind.choices], required=False)
    since = forms.DateField(label="报告自", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def asked(self) -> Given:
        """What was asked for; nothing where it makes no sense (B16)."""
        self.is_valid()
        found: Given = getattr(self, "cleaned_data", {})
        return {**found, "standing": found.get("standing") or "open"}


def standing_of(anomaly: Anomaly) -> tuple[str, str]:
    """Label and tone of its badge."""
    if anomaly.closed_at:
        return "已解决", ""
    if anomaly.agreed_at:
        return "方案已定", "info"
    if anomaly.plan:
        return "方案待同意", "warn"
    return ("待定方案", "warn") if anomaly.forwarded_at else ("待转报", "danger")

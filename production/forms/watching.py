"""The day's look, item by item, and telling a delay (R20, R25)."""

from collections.abc import Iterable
from typing import Any

from django import forms

from accounts.forms_base import ActionForm, dressed
from orders.models import RevisionLine
from production.actions.supervision import Tick
from production.forms.anomalies import lines_field, named
from production.forms.fields import Given, words_field
from production.models import Anomaly, AnomalyKind, ToldBy
from production.supervised import seen

OK, OFF = "ok", "off"


class SupervisionForm(ActionForm):
    """One row per item: 正常 or 不符, and what is off."""

    seen_items = forms.CharField(max_length=20_000, widget=forms.HiddenInput)
    raises = forms.BooleanField(label="不符项立即报告异常", required=False, initial=True)
    kind = forms.ChoiceField(
        label="异常类别",
        required=False,
        choices=[choice for choice in AnomalyKind.choices if choice[0] != AnomalyKind.AMENDED],
        initial=AnomalyKind.QUALITY,
    )
    lines = lines_field()

    def __init__(self, *args: Any, items: Iterable[str], lines: Iterable[RevisionLine], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["lines"].choices = named(lines)  # type: ignore[attr-defined]
        self.items = list(items)
        self.initial["seen_items"] = seen(self.items)
        for at, text in enumerate(self.items, 1):
            found = forms.ChoiceField(
                label=text,
                choices=[(OK, "正常"), (OFF, "不符")],
                initial=OK,
                widget=forms.RadioSelect,
                error_messages={"required": "请选择正常或不符。"},
            )
            note = forms.CharField(label=f"{text}：情况", required=False, max_length=500)
            note.widget = dressed(note)
            self.fields[f"{at}-found"], self.fields[f"{at}-note"] = found, note

    def rows(self) -> list[tuple[str, Any, Any]]:
        return [(text, self[f"{at}-found"], self[f"{at}-note"]) for at, text in enumerate(self.items, 1)]

    def clean(self) -> Given:
        found: Given = super().clean() or self.cleaned_data
        for at in range(1, len(self.items) + 1):
            if found.get(f"{at}-found") == OFF and not (found.get(f"{at}-note") or "").strip():
                self.add_error(f"{at}-note", "不符时请写明情况。")
        return found

    def given(self) -> Given:
        found = self.cleaned_data
        return {
            "ticks": [
                Tick(at, found[f"{at}-found"] == OK, found[f"{at}-note"] or "") for at in range(1, len(self.items) + 1)
            ],
            "seen_items": found["seen_items"],
            "raises": found["raises"],
            "kind": found["kind"],
            "lines": found["lines"],
        }


class DelayForm(ActionForm):
    foreseen_on = forms.DateField(label="预计完成日")
    reason_told = words_field("延期原因", help_text="客户会看到这段话")
    way = forms.ChoiceField(label="告知方式", choices=ToldBy.choices)
    told = forms.CharField(label="告知对象", max_length=80, help_text="电子邮件填写地址；其他方式填写姓名和电话")
    anomaly = forms.TypedChoiceField(label="相关异常", coerce=int, required=False, empty_value=None)

    def __init__(self, *args: Any, anomalies: Iterable[Anomaly], **options: Any) -> None:
        super().__init__(*args, **options)
        rows = [(row.pk, f"{row.get_kind_display()} {row.text[:30]}") for row in anomalies]
        self.fields["anomaly"].choices = [("", "无"), *rows]  # type: ignore[attr-defined]
        self.fields["told"].widget.attrs["autocomplete"] = "off"

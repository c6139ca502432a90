"""What is reported, found amiss, finished or stopped."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone

from accounts.forms_base import ActionForm, ReasonField
from orders.models import RevisionLine
from production import cards
from production.actions.making import Made
from production.forms.daily import BY_CARD, COUNTS
from production.forms.fields import ZERO, Given, LinesForm, amount_field, machine_field, step_field, words_field
from production.models import Shift


class ReportForm(LinesForm):
    """The day's output by line."""

    day = forms.DateField(label="日期")
    shift = forms.ChoiceField(label="班次", choices=Shift.choices)
    step = step_field()
    counted = forms.ChoiceField(label="合格数", choices=COUNTS, initial="yes", required=False, help_text=BY_CARD)
    reason = ReasonField(required=False, label="补报原因", help_text="当日生产日报已签字时填写")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["day"].initial = timezone.localdate
        self.fields["machine"] = machine_field()
        # The step that brings goods, where the lines agree on it.
        last = {own[-1] for own in cards.steps_of(list(self.lines.values())).values() if own}
        self.fields["step"].initial = last.pop() if len(last) == 1 else ""
        self.order_fields(["day", "shift", "step", "counted", "machine"])

    def fields_of(self, line: RevisionLine) -> dict[str, forms.Field]:
        return {
            "good": amount_field("合格"),
            "scrap": amount_field("废品"),
            "remark": forms.CharField(label="备注", required=False, max_length=500),
        }

    def clean(self) -> Given:
        cleaned = super().clean()
        for line_id, row in self.filled():
            if not row["good"] and not row["scrap"]:
                self.lacks(line_id, "good", "请填数量。")
        return cleaned

    def given(self) -> Given:
        rows = [
            Made(line_id, row["good"] or ZERO, row["scrap"] or ZERO, row["remark"] or "")
            for line_id, row in self.filled()
        ]
        given = super().given()
        return {**given, "counted": given["counted"] != "no", "rows": rows}


class Plain(ActionForm):
    """A button."""


class Reason(ActionForm):
    reason = ReasonField()


class ExcessForm(ActionForm):
    """Which line, how much, why."""

    line_id = forms.TypedChoiceField(label="订单行", coerce=int)
    quantity = amount_field("转库存数量", required=True)
    reason = ReasonField()

    def __init__(self, *args: Any, lines: Iterable[RevisionLine], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["line_id"].choices = [(row.line_id, f"第 {row.position} 行 {row.product.name}") for row in lines]  # type: ignore[attr-defined]


class StopForm(ActionForm):
    good = forms.CharField(label="成品", max_length=500, help_text="没有的写「无」")
    in_work = forms.CharField(label="在制品", max_length=500)
    scrap = forms.CharField(label="废品", max_length=500)
    material = forms.CharField(label="已用原材料", max_length=500)
    text = words_field("其他说明", required=False)

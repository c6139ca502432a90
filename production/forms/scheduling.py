"""Moving work, planning a line anew, machines and their own days."""

from typing import Any

from django import forms
from django.utils import timezone

from accounts.forms_base import ActionForm, ReasonField, RecordForm
from audit.errors import Refused
from production.models import Machine, WorkSlot


class MoveForm(ActionForm):
    """`slots`: those of the order that may be moved."""

    slot_id = forms.TypedChoiceField(label="工单", coerce=int)
    machine = forms.ModelChoiceField(label="移到机台", queryset=Machine.objects.filter(is_active=True))
    day = forms.DateField(label="移到日期")
    reason = ReasonField(required=False, help_text="晚于签字的完成日时填写")

    def __init__(self, data: Any = None, *, subject: Any, slots: list[WorkSlot]) -> None:
        super().__init__(data, subject=subject)
        self.fields["slot_id"].choices = [("", "请选择"), *[(slot.pk, label(slot)) for slot in slots]]  # type: ignore[attr-defined]


def label(slot: WorkSlot) -> str:
    work = slot.work
    hours = f"{slot.hours.normalize():f}"
    return f"{work.line.place} {work.get_step_display()}：{slot.machine} {slot.day:%m-%d} {hours} 小时"


class DropForm(ActionForm):
    """What the board sends: the slot, where it was seen, and the cell it was dropped on. A reason where one was asked
    for."""

    number = forms.CharField(max_length=40, widget=forms.HiddenInput)
    slot_id = forms.IntegerField(widget=forms.HiddenInput)
    from_machine = forms.IntegerField(widget=forms.HiddenInput)
    from_day = forms.DateField(widget=forms.HiddenInput)
    machine = forms.ModelChoiceField(queryset=Machine.objects.filter(is_active=True), widget=forms.HiddenInput)
    day = forms.DateField(widget=forms.HiddenInput)
    reason = ReasonField(required=False, widget=forms.HiddenInput)

    def given(self) -> dict[str, Any]:
        given = super().given()
        given.pop("number")
        return given

    def say(self, refusal: Refused) -> None:
        if refusal.field == "reason":
            self.fields["reason"].widget = forms.Textarea(attrs={"rows": 2})
        super().say(refusal)


class ReplanForm(ActionForm):
    line_id = forms.TypedChoiceField(label="行", coerce=int)
    from_day = forms.DateField(label="从哪天起", initial=timezone.localdate)

    def __init__(self, data: Any = None, *, subject: Any, lines: list[Any]) -> None:
        super().__init__(data, subject=subject)
        choices = [(row.line_id, f"第 {row.position} 行 {row.product.name}") for row in lines]
        self.fields["line_id"].choices = choices  # type: ignore[attr-defined]


class MachineForm(RecordForm):
    class Meta:
        model = Machine
        fields = ("name", "step", "hours", "is_active")


class MachineDayForm(ActionForm):
    day = forms.DateField(label="日期", initial=timezone.localdate)
    hours = forms.DecimalField(label="当日工时", max_digits=5, decimal_places=2, min_value=0, max_value=24)
    reason = ReasonField(help_text="如：检修半天、周六加班")

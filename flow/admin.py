"""Deadlines in Django admin, saved by their action."""

from typing import Any

from django import forms
from django.contrib import admin

from accounts.admin_base import ActionAdmin, AdminForm
from flow import subjects
from flow.actions import FIELDS, change_deadline
from flow.gates import registry
from flow.models import Deadline


def kinds() -> list[tuple[str, str]]:
    named = [(kind, str(subjects.get(kind).model._meta.verbose_name)) for kind in subjects.kinds()]
    return [("", "任何对象"), *named]


def things() -> list[tuple[str, str]]:
    named = {step.code: step.label for step in registry.steps()}
    return [("", "任何事项"), *sorted(named.items(), key=lambda each: each[1])]


class DeadlineForm(AdminForm):
    kind = forms.ChoiceField(label="对象", choices=kinds, required=False)
    what = forms.ChoiceField(label="事项", choices=things, required=False)
    reason = forms.CharField(label="修改原因", max_length=500)

    class Meta:
        model = Deadline
        fields = FIELDS


@admin.register(Deadline)
class DeadlineAdmin(ActionAdmin):
    """The narrowest row in force decides; a later one for the same thing takes over from its day on."""

    form = DeadlineForm
    fields = (*FIELDS, "reason")
    list_display = (
        "thing",
        "of",
        "role",
        "begins",
        "minutes",
        "clock",
        "warn_percent",
        "escalate_percent",
        "in_force_from",
    )
    list_filter = ("role", "clock", "kind")
    list_per_page = 200

    @admin.display(description="事项", ordering="what")
    def thing(self, deadline: Deadline) -> str:
        return dict(things()).get(deadline.what, deadline.what)

    @admin.display(description="对象", ordering="kind")
    def of(self, deadline: Deadline) -> str:
        return dict(kinds()).get(deadline.kind, deadline.kind)

    def carry_out(self, record: Any, form: AdminForm, formsets: list[Any], **common: Any) -> Deadline:
        return change_deadline(record, **form.given(), **common)

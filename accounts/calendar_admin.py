"""The house's calendar in the admin: own days, and a year's days off read from the notice that is pasted."""

import hashlib
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join

from accounts import calendar_actions, days_off
from accounts.admin_base import ActionAdmin, AdminForm
from accounts.models import CalendarYear, Holiday
from audit.errors import Refused


class HolidayForm(AdminForm):
    class Meta:
        model = Holiday
        fields = ["day", "is_working", "name"]


@admin.register(Holiday)
class HolidayAdmin(ActionAdmin):
    """Over the State Council's calendar: the firm's own days off and days made up."""

    form = HolidayForm
    list_display = ["day", "is_working", "name", "notice_of"]
    list_filter = ["is_working", "notice_of"]
    list_select_related = ["notice_of"]
    date_hierarchy = "day"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        calendar_actions.drop_holiday(obj, by=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for holiday in queryset:
            calendar_actions.drop_holiday(holiday, by=request.user)

    def carry_out(self, record: Any, form: AdminForm, formsets: list[Any], **common: Any) -> Holiday:
        return calendar_actions.change_holiday(record, **form.given(), **common)


class NoticeForm(AdminForm):
    """Sent once, it shows the days read; sent again with the same text, it is entered."""

    notice = forms.CharField(
        label="放假安排通知",
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 16, "cols": 90}),
        help_text="粘贴国务院办公厅关于该年部分节假日安排的通知全文",
    )
    reason = forms.CharField(label="原因或文号", max_length=500)
    looked_over = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = CalendarYear
        fields = ["notice"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.refusal is not None or "notice" not in cleaned:
            return cleaned
        try:
            read = days_off.read(self.instance.year, cleaned["notice"])
        except Refused as refusal:
            self.add_error("notice", refusal.message)
            return cleaned
        digest = hashlib.sha256(cleaned["notice"].encode()).hexdigest()[:16]
        if cleaned.get("looked_over") != digest:
            self.data = {**self.data.dict(), "looked_over": digest}  # type: ignore[attr-defined]
            self.add_error(None, forms.ValidationError(preview(read)))  # type: ignore[arg-type]
        return cleaned

    def given(self) -> dict[str, Any]:
        return {"notice": self.cleaned_data["notice"]}


def preview(read: days_off.Arrangement) -> str:
    return format_html(
        "尚未录入。读出放假 {} 天、调休上班 {} 天，请逐项核对，无误后再点一次「保存」：{}",
        len(read.off),
        len(read.made_up),
        format_html_join("", "<br>{}", ((line,) for line in read.words())),
    )


@admin.register(CalendarYear)
class CalendarYearAdmin(ActionAdmin):
    """The years that the published calendar does not know; each stands here by itself when it is looked ahead to."""

    form = NoticeForm
    fields = ["year", "notice", "reason", "looked_over"]
    readonly_fields = ["year"]
    list_display = ["year", "standing", "entered_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description="状态")
    def standing(self, year: CalendarYear) -> str:
        return "已录入" if year.entered_at else "待国务院公布，现按法定假日推算"

    def carry_out(self, record: Any, form: AdminForm, formsets: list[Any], **common: Any) -> CalendarYear:
        return calendar_actions.enter_days_off(record, **form.given(), **common)

"""The rules' settings in Django admin, saved by the action; orders themselves have their own pages."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts.admin_base import ActionAdmin, AdminForm
from orders.actions.house import FIELDS, change_house_rules
from orders.models import HouseRules


class HouseRulesForm(AdminForm):
    reason = forms.CharField(label="修改原因", max_length=500)

    class Meta:
        model = HouseRules
        fields = FIELDS


@admin.register(HouseRules)
class HouseRulesAdmin(ActionAdmin):
    """One row, changed by `change_house_rules`."""

    form = HouseRulesForm
    list_display = ("__str__", "push_limit", "push_cutoff", "small_difference")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> Any:
        HouseRules.current()
        return super().get_queryset(request)

    def carry_out(self, record: Any, form: AdminForm, formsets: list[Any], **common: Any) -> HouseRules:
        return change_house_rules(record, **form.given(), **common)

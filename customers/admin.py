"""Grades in the admin site: what each means, and who has which. Everything else of a customer has its own pages."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts.admin_base import ActionAdmin, AdminForm
from customers import actions
from customers.models import Customer, GradePolicy


class PolicyForm(AdminForm):
    reason = forms.CharField(label="修改原因", max_length=500, required=False)

    class Meta:
        model = GradePolicy
        exclude = ["grade", "version"]


@admin.register(GradePolicy)
class GradePolicyAdmin(ActionAdmin):
    form = PolicyForm
    list_display = [
        "grade",
        "starts_early",
        "deposit_percent",
        "deposit_by_contract_only",
        "share_before_shipping",
        "share_on_contract",
        "special_release_allowed",
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def carry_out(self, record: Any, form: AdminForm, formsets: list[Any], **common: Any) -> GradePolicy:
        return actions.change_policy(record, **form.given(), **common)


class GradeOfCustomerForm(AdminForm):
    reason = forms.CharField(label="调整原因", max_length=500)

    class Meta:
        model = Customer
        fields = ["grade"]


@admin.register(Customer)
class CustomerAdmin(ActionAdmin):
    form = GradeOfCustomerForm
    fields = ["code", "name", "grade", "reason"]
    readonly_fields = ["code", "name"]
    list_display = ["code", "name", "grade", "is_active"]
    list_filter = ["grade", "is_active"]
    search_fields = ["code", "name", "initials"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def carry_out(self, record: Any, form: AdminForm, formsets: list[Any], **common: Any) -> Customer:
        return actions.change_grade(record, **form.given(), **common)

"""The rules' settings in Django admin, saved by the action; orders themselves have their own pages."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from audit.errors import Refused
from orders.actions.house import FIELDS, change_house_rules
from orders.models import HouseRules


@admin.register(HouseRules)
class HouseRulesAdmin(admin.ModelAdmin):
    """One row, changed by `change_house_rules`."""

    fields = FIELDS
    list_display = ("__str__", "push_limit", "push_cutoff", "small_difference", "at_once", "in_time")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> Any:
        HouseRules.current()
        return super().get_queryset(request)

    def save_model(self, request: HttpRequest, obj: HouseRules, form: Any, change: bool) -> None:
        given = {name: form.cleaned_data[name] for name in form.changed_data if name in FIELDS}
        try:
            change_house_rules(HouseRules.current(), by=request.user, seen=obj.version, **given)
        except Refused as refusal:
            self.message_user(request, refusal.message, "ERROR")

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The action has recorded it."""

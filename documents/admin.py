"""The admin's view: the letterhead to edit, papers to look at; the outbox has a page of its own, /outbox/."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin_base import ActionAdmin, AdminForm, ReadOnlyAdmin
from documents import actions
from documents.forms import LetterheadForm
from documents.models import Document, Letterhead


@admin.register(Letterhead)
class LetterheadAdmin(ActionAdmin):
    form = LetterheadForm
    fieldsets = [
        (None, {"fields": ["name", "name_en", "logo_file", "drop_logo"]}),
        ("联系", {"fields": ["address", "phone", "fax", "email", "website"]}),
        ("税务与银行", {"fields": ["tax_number", "bank", "account_name", "account"]}),
        ("文字", {"fields": ["confirmation_note", "confirmation_terms", "balance_note", "delivery_note"]}),
        (None, {"fields": ["reason"]}),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Letterhead.objects.exists()

    def carry_out(self, record: Any, form: AdminForm, formsets: list[Any], **common: Any) -> Letterhead:
        return actions.change_letterhead(record, **form.given(), **common)


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    """Which papers there are; what they say is for the people of the order, on the paper's own page."""

    list_display = ["number", "title", "version", "subject_kind", "subject_id", "maker", "made_at"]
    list_filter = ["title", "made_at"]
    search_fields = ["number"]
    fields = ["number", "title", "version", "subject_kind", "subject_id", "maker", "made_at", "public_id"]
    ordering = ["-pk"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("data", "letterhead", "layout")

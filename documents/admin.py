"""The admin's view: the letterhead to edit; papers and the outbox to look at, with 重发 for a person to decide."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from audit.errors import Refused
from documents import actions
from documents.forms import LetterheadForm
from documents.models import Document, Letterhead, OutboxRow


@admin.register(Letterhead)
class LetterheadAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = LetterheadForm
    fieldsets = [
        (None, {"fields": ["name", "name_en", "logo_file", "drop_logo"]}),
        ("联系", {"fields": ["address", "phone", "fax", "email", "website"]}),
        ("税务与银行", {"fields": ["tax_number", "bank", "account_name", "account"]}),
        ("文字", {"fields": ["confirmation_note", "confirmation_terms", "balance_note", "delivery_note"]}),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Letterhead.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.pk = 1
        super().save_model(request, obj, form, change)


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


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


@admin.register(OutboxRow)
class OutboxAdmin(ReadOnlyAdmin):
    list_display = ["pk", "channel", "key", "state", "error", "attempts", "created_at", "done_at"]
    list_filter = ["state", "channel"]
    search_fields = ["key"]
    fields = ["channel", "key", "state", "attempts", "handed", "created_at", "not_before", "done_at", "error"]
    ordering = ["-pk"]
    show_full_result_count = False
    actions = ["send_again", "settle"]

    @admin.action(description="重发所选（失败或可能已发送的）", permissions=["view"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[OutboxRow]) -> None:
        self.act_on(request, queryset, actions.retry_outbox, "已重新排入发送")

    @admin.action(description="确认所选「可能已发送」的已送达", permissions=["view"])
    def settle(self, request: HttpRequest, queryset: QuerySet[OutboxRow]) -> None:
        self.act_on(request, queryset, actions.settle_outbox, "已确认送达")

    def act_on(self, request: HttpRequest, queryset: QuerySet[OutboxRow], action: Any, done: str) -> None:
        for row in queryset:
            try:
                action(row, by=request.user)
            except Refused as refusal:
                self.message_user(request, f"{row}：{refusal.message}", messages.WARNING)
            else:
                self.message_user(request, f"{row}：{done}")

"""The bell: what is new for a person — unread notices, and to-dos younger than their last look — and their settings."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.door import unattended
from accounts.forms_base import ActionForm
from accounts.permissions import roles_of
from accounts.web import perform
from documents import actions, notices, queries
from documents.models import NoticeSettings
from home import todo

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class New:
    """What rings for a person."""

    unread: int
    todos: int

    @property
    def count(self) -> int:
        return self.unread + self.todos


def looked_at(user: "User") -> datetime | None:
    return NoticeSettings.objects.filter(user=user).values_list("looked_at", flat=True).first()


def new_todos(user: "User", since: datetime | None) -> Any:
    found = todo.owed(user).order_by()
    return found.filter(since__gt=since) if since else found


def new_for(user: "User") -> New:
    return New(queries.unread_count(user), new_todos(user, looked_at(user)).count())


@unattended
@require_safe
def bell(request: HttpRequest) -> HttpResponse:
    """Asked every half minute by each open page: small, and 304 while nothing is new."""
    new = new_for(cast("User", request.user))
    tag = hashlib.sha256(f"{request.user.pk}:{new.unread}:{new.todos}".encode()).hexdigest()[:16]
    etag = f'"{tag}"'
    same = request.headers.get("If-None-Match") == etag
    answer: HttpResponse = HttpResponseNotModified() if same else JsonResponse({"count": new.count})
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, no-cache"
    return answer


@require_safe
def messages(request: HttpRequest) -> HttpResponse:
    """Under the bell: the to-dos that came since the last look, and the notices, the newest first."""
    user, now = cast("User", request.user), timezone.now()
    kinds = new_todos(user, looked_at(user)).values("subject_kind", "what").annotate(count=Count("pk"))
    fresh = [
        {
            "label": todo.label_of(row["subject_kind"], row["what"]),
            "url": reverse("todo", args=[row["subject_kind"], row["what"]]),
            "count": row["count"],
        }
        for row in kinds
    ]
    page = Paginator(queries.notices_of(user), 50).get_page(request.GET.get("page"))
    # Nothing that anybody decides by: only what rings.
    NoticeSettings.objects.update_or_create(user=user, defaults={"looked_at": now})
    context = {"page": page, "unread": queries.unread_count(user), "fresh": fresh}
    return render(request, "home/notices.html", context)


class SettingsForm(ActionForm):
    """A choice for each kind that people of these roles are told of; what is theirs to do can't be turned off."""

    digest_at = forms.TimeField(
        label="每日邮件时间",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="不填则不发；邮件里有当天的待办和选了「每日邮件」的通知",
    )

    def __init__(self, data: Any, *, user: "User", **options: Any) -> None:
        super().__init__(data, **options)
        mine = NoticeSettings.objects.filter(user=user).first() or NoticeSettings(user=user)
        self.initial["digest_at"] = mine.digest_at
        self.kinds = notices.kinds_of(roles_of(user))
        for kind in self.kinds:
            fixed = notices.is_fixed(kind, roles_of(user))
            self.fields[kind.code] = forms.ChoiceField(
                label=kind.label,
                choices=NoticeSettings.How.choices,
                initial=NoticeSettings.How.APP if fixed else mine.choices.get(kind.code, NoticeSettings.How.APP),
                disabled=fixed,
                required=False,
                help_text="须即时处理，不能关闭" if fixed else "",
            )

    def given(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        chosen = {kind.code: cleaned[kind.code] or NoticeSettings.How.APP for kind in self.kinds}
        return {"choices": chosen, "digest_at": cleaned["digest_at"]}


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """How one wants to be told, for oneself alone."""
    user = cast("User", request.user)
    form = SettingsForm(request.POST or None, user=user)
    done = perform(request, form, actions.choose_notices, to=reverse("notice-settings"), said="通知设置已保存。")
    context = {"form": form, "email": user.email}
    return done or render(request, "home/notice_settings.html", context, status=form.status)

"""`/outbox/`: what is on its way out of the house, what failed or is in doubt, and what a person does about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages as said
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.forms_base import ActionForm, PlainForm, ReasonField
from accounts.paging import page_of
from accounts.permissions import label_of, roles_of
from accounts.web import needs, open_to, perform
from audit.errors import AlreadyDone, Refused
from audit.models import Event
from documents import actions, messages
from documents.models import OutboxRow
from documents.views import me

State = OutboxRow.State
# More than a page shows is never asked for at once.
MOST_SELECTED = 50


class FindForm(PlainForm):
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *State.choices])
    channel = forms.ChoiceField(label="渠道", required=False, choices=[("", "全部"), *messages.LABELS.items()])
    q = forms.CharField(label="查找", required=False, max_length=60, help_text="订单号、单据号或键的开头")

    def asked(self) -> dict[str, Any]:
        """What was asked for; nothing where it makes no sense (B16)."""
        found = self.cleaned_data if self.is_valid() else {}
        words = found.get("q", "").strip()
        return {"state": found.get("state", ""), "channel": found.get("channel", ""), "words": words}


class AgainForm(ActionForm):
    reason = ReasonField(label="重发原因", required=False, help_text="「可能已发送」的须写明，如：已电话核实没有收到")


class SettleForm(ActionForm):
    reason = ReasonField(label="如何得知已送达", help_text="如：对方电话确认收到")


@dataclass(frozen=True)
class Shown:
    """A row as the list shows it: to whom and about what, never what it says."""

    row: OutboxRow
    label: str
    title: str
    receiver: str


def shown(rows: Sequence[OutboxRow]) -> list[Shown]:
    names = messages.names_of(rows)
    return [
        Shown(
            row,
            messages.LABELS.get(row.channel, row.channel),
            messages.title_of(row),
            messages.receiver_of(row, names),
        )
        for row in rows
    ]


@require_safe
@open_to({"admin"})
def index(request: HttpRequest) -> HttpResponse:
    """Newest first; a fixed number of statements."""
    return listing(request)


def listing(request: HttpRequest, form: ActionForm | None = None) -> HttpResponse:
    find = FindForm(request.GET)
    page = page_of(messages.found(**find.asked()), request.GET, ("id",), descending=True)
    counts = messages.in_trouble()
    context = {
        "find": find,
        "page": page,
        "rows": shown(page.rows),
        "failed": counts.get(State.FAILED, 0),
        "doubtful": counts.get(State.DOUBTFUL, 0),
        "form": form or AgainForm(),
    }
    return render(request, "documents/outbox.html", context)


@require_POST
@open_to({"admin"})
def again_selected(request: HttpRequest) -> HttpResponse:
    """Send the ticked ones again, each by itself; one that is refused does not hold up the others."""
    form = AgainForm(request.POST)
    ids = [int(pk) for pk in request.POST.getlist("row") if pk.isdecimal() and len(pk) < 18][:MOST_SELECTED]
    if not form.is_valid() or not ids:
        said.warning(request, "请先勾选要重发的事项。")
        return redirect("outbox")
    sent = 0
    for row in OutboxRow.objects.filter(pk__in=ids).order_by("pk"):
        key = f"{form.cleaned_data['key'][:40]}:{row.pk}" if form.cleaned_data["key"] else None
        try:
            actions.retry_outbox(row, by=me(request), reason=form.cleaned_data["reason"], key=key)
            sent += 1
        except AlreadyDone:
            continue
        except Refused as refusal:
            said.warning(request, f"{messages.title_of(row)}：{refusal.message}")
    if sent:
        said.success(request, f"{sent} 项已重新排入发送。")
    return redirect("outbox")


def one(request: HttpRequest, pk: int) -> OutboxRow:
    """The row, for those who see it; another's answers like one that is not there (B7)."""
    rows = messages.rows_of(me(request)).select_related("sending__document", "sending__by")
    return get_object_or_404(rows.defer("sending__document__data", "sending__document__letterhead"), pk=pk)


@require_safe
@needs("retry_outbox")
def row(request: HttpRequest, pk: int) -> HttpResponse:
    return row_page(request, one(request, pk))


def row_page(
    request: HttpRequest, row: OutboxRow, again: ActionForm | None = None, settle: ActionForm | None = None
) -> HttpResponse:
    events = Event.objects.filter(subject_kind="outboxrow", subject_id=row.pk).select_related("by").order_by("-seq")
    context = {
        "row": row,
        "shown": shown([row])[0],
        "sending": getattr(row, "sending", None),
        "is_admin": "admin" in roles_of(request.user),
        "again_form": (again or AgainForm(auto_id="again_%s")) if row.needs_person else None,
        "settle_form": (settle or SettleForm(auto_id="settle_%s")) if row.state == State.DOUBTFUL else None,
        "events": [
            {"at": event.at, "what": label_of(event.action), "who": event.by, "why": event.reason} for event in events
        ],
    }
    status = (again or settle or ActionForm()).status
    return render(request, "documents/outbox_row.html", context, status=status)


@require_POST
@needs("retry_outbox")
def again(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = one(request, pk), AgainForm(request.POST, auto_id="again_%s")
    done = perform(request, form, actions.retry_outbox, row, said="已重新排入发送。")
    return done or row_page(request, row, again=form)


@require_POST
@needs("settle_outbox")
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = one(request, pk), SettleForm(request.POST, auto_id="settle_%s")
    done = perform(request, form, actions.settle_outbox, row, said="已确认送达。")
    return done or row_page(request, row, settle=form)

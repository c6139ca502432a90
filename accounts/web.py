"""Carrying out an action from a page: the one way every department's views go. See docs/actions-web.md."""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect as go
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django_htmx.http import HttpResponseClientRedirect

from accounts.forms_base import ActionForm
from accounts.permissions import may, roles_of
from audit.errors import AlreadyDone, KeyReused, Refused, Stale

View = TypeVar("View", bound=Callable[..., HttpResponse])


def perform(
    request: HttpRequest,
    form: ActionForm,
    action: Callable[..., Any],
    subject: Any = None,
    *,
    to: str | Callable[[Any], str] | None = None,
    said: str = "已保存。",
    **given: Any,
) -> HttpResponse | None:
    """Do `action` with what the form holds; the redirect to its result, or None where the page is to be shown.

    None also after a refusal: the message then stands in the form, which keeps what was typed, `form.refusal` is the
    exception and `form.status` the status to answer with.
    """
    if not form.is_bound:
        return None
    if not form.is_valid():
        form.status = 422
        return None
    cleaned = form.cleaned_data
    try:
        result = action(
            subject,
            by=request.user,
            reason=cleaned.get("reason") or "",
            seen=cleaned.get("version"),
            key=cleaned.get("key") or None,
            **form.given(),
            **given,
        )
    except AlreadyDone as done:
        return redirect(request, done.url)
    except Refused as refusal:
        explain(form, refusal)
        return None
    except ValidationError as error:
        # A file that `documents.attachments.store` would not keep.
        form.add_error(None, error.messages)
        form.status = 422
        return None
    messages.success(request, said)
    return redirect(request, target(to, result, subject))


def perform_ticked(
    request: HttpRequest, found: QuerySet[Any], action: Callable[..., Any], *, box: str, most: int, said: str, none: str
) -> HttpResponse:
    """Carry `action` out on the rows of a list whose `box` was ticked, each in a transaction of its own, so that one
    refused does not hold the rest; back to the list with `said` of how many, the refusals, or `none`."""
    picked = [int(pk) for pk in request.POST.getlist(box)[:most] if pk.isascii() and pk.isdigit() and len(pk) < 18]
    done, refusals = 0, []
    for row in found.filter(pk__in=picked).order_by("pk"):
        try:
            action(row, by=request.user)
        except Refused as refusal:
            refusals.append(refusal.message)
        else:
            done += 1
    if done:
        messages.success(request, said.format(done))
    for words in refusals[:5]:
        messages.warning(request, words)
    if not done and not refusals:
        messages.warning(request, none)
    return go(request.get_full_path())


def explain(form: ActionForm, refusal: Refused) -> None:
    """Put a refusal where the person sees it, beside the field it belongs to."""
    form.refusal = refusal
    form.status = refusal.status
    if isinstance(refusal, Stale) and not refusal.differences:
        refusal.differences = form.differences()
    if not drawn_by_itself(refusal):
        form.say(refusal)
    form.send_again(new=isinstance(refusal, KeyReused))


def drawn_by_itself(refusal: Refused) -> bool:
    """Gates, differences and an earlier result are shown by the `refusal` component, message included."""
    return any(getattr(refusal, name, None) for name in ("unmet", "differences", "url"))


def target(to: str | Callable[[Any], str] | None, result: Any, subject: Any) -> str:
    if callable(to):
        return to(result)
    if to:
        return to
    record = result if hasattr(result, "get_absolute_url") else subject
    return record.get_absolute_url() if hasattr(record, "get_absolute_url") else "/"


def redirect(request: HttpRequest, url: str) -> HttpResponse:
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(url)
    return go(url)


def press(
    request: HttpRequest, action: Callable[..., Any], subject: Any, *, form: ActionForm | None = None, **options: Any
) -> HttpResponse:
    """A button's POST: do the action and go on, or show a page that says why not, with the way back."""
    form = form or ActionForm(request.POST, subject=subject)
    return perform(request, form, action, subject, **options) or refused(request, form, subject)


def refused(request: HttpRequest, form: ActionForm, subject: Any = None) -> HttpResponse:
    """The page of a refusal that has no form of its own to stand in."""
    back = target(None, None, subject)
    return render(
        request, "errors/refused.html", {"form": form, "refusal": form.refusal, "back": back}, status=form.status
    )


def closed(allows: Callable[[Any], bool]) -> Callable[[View], View]:
    """Close a page to those whom `allows` is not true of, and let `may_open` know."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not allows(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.allows = (*getattr(view, "allows", ()), allows)  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return wrap


def needs(code: str) -> Callable[[View], View]:
    """Close a page to those who may not do what it is for; the action itself asks again."""
    return closed(lambda user: may(user, code))


def open_to(roles: Collection[str]) -> Callable[[View], View]:
    """Close a page to those who hold none of `roles`."""
    return closed(lambda user: not roles_of(user).isdisjoint(roles))


def may_open(user: Any, url: str) -> bool:
    """Whether the page at `url` is not closed to this person, so that nobody is led to a refusal."""
    try:
        view = resolve(urlsplit(url).path).func
    except Resolver404:
        return False
    return all(allows(user) for allows in getattr(view, "allows", ()))

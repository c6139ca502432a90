"""Log-in, log-out and password; who guesses must wait longer and longer, see `accounts.guesses`."""

from math import ceil
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash, views
from django.contrib.auth.forms import PasswordChangeForm
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts import factor_views, factors, own
from accounts.forms import LoginForm, PasswordForm
from accounts.limits import TooMany
from accounts.models import User
from audit.errors import Refused


class Waiting:
    """A form that may say that it is tried too often answers so that programs understand it too."""

    request: HttpRequest

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        errors: list[ValidationError] = [each for data in form.errors.as_data().values() for each in data]
        if left := max((each.left for each in errors if isinstance(each, TooMany)), default=None):
            response.status_code = 429
            response["Retry-After"] = str(ceil(left.total_seconds()))
        return response


class Login(Waiting, views.LoginView):
    authentication_form = LoginForm
    redirect_authenticated_user = True
    http_method_names = ["get", "head", "post"]

    def form_valid(self, form: Any) -> HttpResponse:
        """Who has a second factor is asked for it first: see `accounts.factor_views`."""
        person = form.get_user()
        if not factors.has_one(person):
            return super().form_valid(form)
        return factor_views.begin(self.request, person, self.get_success_url())


class Logout(views.LogoutView):
    """By POST only, so that no link or picture can log anyone out."""

    http_method_names = ["post"]


class PasswordChange(Waiting, views.RedirectURLMixin, views.PasswordChangeView):
    """Also the only page there is for who was given a password by somebody else; from there on to where they wanted."""

    template_name = "registration/password_change.html"
    form_class = PasswordForm
    next_page = "password_change"
    http_method_names = ["get", "head", "post"]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        person = cast(User, self.request.user)
        try:
            new = form.cleaned_data["new_password1"]
            person = own.change_own_password(person, by=person, password=new, request=self.request)
        except Refused as refusal:
            form.add_error("new_password1", refusal.message)
            return self.form_invalid(form)
        update_session_auth_hash(self.request, person)
        messages.success(self.request, "密码已修改，其他设备上的登录已全部结束。")
        return redirect(self.get_success_url())


@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is logged in, and «结束» for each of them and for all others."""
    person = cast(User, request.user)
    if request.method == "POST":
        try:
            mark = None if "others" in request.POST else request.POST.get("mark", "")
            count = own.end_own_sessions(person, by=person, request=request, mark=mark)
        except Refused as refusal:
            messages.warning(request, refusal.message)
        else:
            messages.success(request, f"已结束 {count} 项登录。" if count else "没有其他登录。")
        return redirect("sessions")
    here = request.session.session_key
    found = sorted(
        person.sessions.filter(expire_date__gt=timezone.now()).order_by("-seen_at"), key=lambda row: row.pk != here
    )
    context = {
        "rows": [{"session": row, "is_here": row.pk == here, "fields": {"mark": row.mark}} for row in found],
        "others": {"others": "1"},
        "idle": settings.SESSION_IDLE_MINUTES,
        "hours": settings.SESSION_COOKIE_AGE // 3600,
    }
    return render(request, "registration/sessions.html", context)

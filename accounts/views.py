"""Log-in, log-out and password; who guesses must wait longer and longer, see `accounts.guesses`."""

from math import ceil
from typing import Any

from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.forms import PasswordChangeForm
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy

from accounts import signins
from accounts.forms import LoginForm, PasswordForm
from accounts.limits import TooMany
from accounts.models import SignIn


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


class Logout(views.LogoutView):
    """By POST only, so that no link or picture can log anyone out."""

    http_method_names = ["post"]


class PasswordChange(Waiting, views.PasswordChangeView):
    template_name = "registration/password_change.html"
    form_class = PasswordForm
    success_url = reverse_lazy("password_change")
    http_method_names = ["get", "head", "post"]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        response = super().form_valid(form)
        signins.record(SignIn.Kind.PASSWORD, self.request.user, self.request)  # type: ignore[arg-type]
        messages.success(self.request, "密码已修改，下次登录请使用新密码。")
        return response

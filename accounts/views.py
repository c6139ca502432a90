"""Log-in, log-out and password; lock-out after repeated failures is django-axes'."""

from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpResponse
from django.urls import reverse_lazy

from accounts.forms import LoginForm


class Login(views.LoginView):
    authentication_form = LoginForm
    redirect_authenticated_user = True


class Logout(views.LogoutView):
    """By POST only, so that no link or picture can log anyone out."""

    http_method_names = ["post", "options"]


class PasswordChange(views.PasswordChangeView):
    template_name = "registration/password_change.html"
    success_url = reverse_lazy("password_change")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        messages.success(self.request, "密码已修改，下次登录请使用新密码。")
        return super().form_valid(form)

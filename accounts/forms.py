"""Forms of log-in and password."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest

from accounts import guesses, limits
from accounts.models import LONGEST_NAME, LONGEST_PASSWORD, User


def bound(field: forms.Field, most: int) -> None:
    """Django's own forms tell the browser how long a text may be, and ask nothing of what is sent all the same."""
    field.widget.attrs["maxlength"] = most
    field.validators.append(MaxLengthValidator(most, f"不能超过 {most} 个字符。"))


def must_wait(request: HttpRequest | None) -> str:
    """Said with the wrong try that begins a wait, so that nobody runs into it."""
    wait = getattr(request, "must_wait", None)
    return f"连续输错较多，请在{limits.in_words(wait)}后再试。" if wait else ""


class LoginForm(AuthenticationForm):
    """Log-in; the refusal does not tell whether the name exists."""

    error_messages = {
        "invalid_login": "用户名或密码不正确，请重新输入（注意大小写）。",
        "inactive": "此账号已停用，请联系管理员。",
    }

    def __init__(self, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        bound(self.fields["username"], LONGEST_NAME)
        bound(self.fields["password"], LONGEST_PASSWORD)
        self.fields["username"].label = "用户名"
        self.fields["username"].widget.attrs.update({"autocapitalize": "none", "spellcheck": "false"})

    def get_invalid_login_error(self) -> ValidationError:
        return ValidationError(f"{self.error_messages['invalid_login']}{must_wait(self.request)}")


class PasswordForm(PasswordChangeForm):
    """One's own new password; guesses at the old one are limited like those at the log-in."""

    def __init__(self, user: User, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.request = request
        for field in self.fields.values():
            bound(field, LONGEST_PASSWORD)

    def clean_old_password(self) -> str:
        old: str = self.cleaned_data["old_password"]
        if not guesses.is_own(self.request, self.user, old):
            raise ValidationError(f"原密码不正确，请重新输入。{must_wait(self.request)}")
        return old

"""Forms of log-in and password."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest


class LoginForm(AuthenticationForm):
    """Log-in; the refusal does not tell whether the name exists."""

    error_messages = {
        "invalid_login": "用户名或密码不正确，请重新输入（注意大小写）。",
        "inactive": "此账号已停用，请联系管理员。",
    }

    def __init__(self, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["username"].label = "用户名"
        self.fields["username"].widget.attrs.update({"autocapitalize": "none", "spellcheck": "false"})

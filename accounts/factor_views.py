"""The pages of the second factor: one's own, and the step between the password and the log-in."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

import segno
from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import factor_actions, factors, guesses, limits, passkeys, signins
from accounts.forms_base import PlainForm
from accounts.models import LONGEST_PASSWORD, Factor, User
from accounts.sessions import WAITING
from accounts.signins import Kind
from audit.errors import Refused

LONGEST_ANSWER = 20_000
ENROLLING, WAITS = "enrolling", "waits"


class Proven(PlainForm):
    """What changes the way to log in asks for the password once more; guesses at it are limited as at the log-in."""

    password = forms.CharField(
        label="登录密码",
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, request: HttpRequest, **options: Any) -> None:
        super().__init__(request.POST if request.method == "POST" else None, **options)
        self.request = request

    def clean_password(self) -> str:
        given, person = self.cleaned_data["password"], me(self.request)
        if not guesses.is_own(self.request, person, given):
            raise ValidationError("密码不正确，请重新输入。")
        return str(given)


class AuthenticatorForm(Proven):
    name = forms.CharField(label="名称", max_length=40, initial="手机", help_text="便于以后辨认，例如「我的手机」")
    code = forms.CharField(
        label="App 上的 6 位验证码",
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    field_order = ["name", "code", "password"]


class PasskeyForm(Proven):
    name = forms.CharField(label="名称", max_length=40, initial="这台设备", help_text="便于以后辨认")
    answer = forms.CharField(max_length=LONGEST_ANSWER, required=False, widget=forms.HiddenInput)
    field_order = ["name", "password", "answer"]


class SecondForm(PlainForm):
    code = forms.CharField(
        label="验证码",
        max_length=40,
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
        help_text="验证器 App 上的 6 位数字，或一个恢复码",
    )
    answer = forms.CharField(max_length=LONGEST_ANSWER, required=False, widget=forms.HiddenInput)

    def clean(self) -> None:
        if not self.errors and not self.cleaned_data["code"].strip() and not self.cleaned_data["answer"]:
            self.add_error("code", "请输入验证码。")


def me(request: HttpRequest) -> User:
    return cast(User, request.user)


# -- one's own ---------------------------------------------------------------------------------------------------


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What one has beside the password."""
    person = me(request)
    context = {
        "authenticators": rows_of(request, person.authenticators.all()),
        "passkeys": rows_of(request, person.passkeys.all()),
        "unused": person.recovery_codes.filter(used_at=None).count(),
        "form": Proven(request, auto_id="renew_%s"),
        "domain": passkeys.domain(),
        "must": factors.must_have_one(person),
    }
    return render(request, "registration/factors.html", context)


def rows_of(request: HttpRequest, found: Iterable[Factor]) -> list[dict[str, Any]]:
    """Each with the form that removes it."""
    return [
        {
            "factor": each,
            "named": {"kind": each._meta.model_name, "pk": each.pk},
            "form": Proven(request, auto_id=f"{each._meta.model_name}_{each.pk}_%s"),
        }
        for each in found
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def add_authenticator(request: HttpRequest) -> HttpResponse:
    """The QR code for the app, and its first code back; the secret waits in the session."""
    secret = bytes.fromhex(request.session.get(ENROLLING) or factors.new_secret().hex())
    request.session[ENROLLING] = secret.hex()
    form = AuthenticatorForm(request)
    if form.is_valid():
        given = {"secret": secret, "name": form.cleaned_data["name"], "code": form.cleaned_data["code"]}
        if done := added(request, form, factor_actions.add_authenticator, given):
            request.session.pop(ENROLLING, None)
            return done
    picture = segno.make(factors.address_of(me(request), secret), error="m").svg_data_uri(scale=4, border=2)
    context = {"form": form, "picture": picture, "secret": factors.as_text(secret)}
    return render(request, "registration/authenticator.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def add_passkey(request: HttpRequest) -> HttpResponse:
    """The browser makes a key for our domain; its public half comes back."""
    if not passkeys.domain():
        messages.warning(request, "通行密钥需要以 https 域名访问本系统。")
        return redirect("factors")
    form = PasskeyForm(request)
    if form.is_valid():
        found = passkeys.registered(request, form.cleaned_data["answer"])
        given = {"name": form.cleaned_data["name"], **(found or {})}
        if found is None:
            form.add_error(None, "浏览器没有给出有效的通行密钥，请再试一次。")
        elif done := added(request, form, factor_actions.add_passkey, given):
            return done
    context = {"form": form, "options": passkeys.asked_for_new(request, me(request))}
    return render(request, "registration/passkey.html", context, status=422 if form.errors else 200)


def added(request: HttpRequest, form: forms.Form, action: Any, given: dict[str, Any]) -> HttpResponse | None:
    """The first one's recovery codes, else the list; None where the action refused."""
    try:
        codes = action(me(request), by=me(request), request=request, **given)
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return None
    messages.success(request, f"已添加「{given['name']}」，下次登录时会用到。")
    return render(request, "registration/recovery_codes.html", {"codes": codes}) if codes else redirect("factors")


@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    form, kind, pk = Proven(request), request.POST.get("kind", ""), request.POST.get("pk", "")
    if not form.is_valid():
        return refused(request, form)
    try:
        number = int(pk) if pk.isascii() and pk.isdigit() and len(pk) < 18 else 0
        name = factor_actions.remove_factor(me(request), by=me(request), request=request, kind=kind, pk=number)
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, f"已移除「{name}」。")
    return redirect("factors")


@require_POST
def renew(request: HttpRequest) -> HttpResponse:
    form = Proven(request)
    if not form.is_valid():
        return refused(request, form)
    try:
        codes = factor_actions.renew_recovery_codes(me(request), by=me(request), request=request)
    except Refused as refusal:
        messages.warning(request, refusal.message)
        return redirect("factors")
    return render(request, "registration/recovery_codes.html", {"codes": codes})


def refused(request: HttpRequest, form: forms.Form) -> HttpResponse:
    words = [text for texts in form.errors.values() for text in texts]
    messages.warning(request, "；".join(map(str, words)))
    return redirect("factors")


# -- between the password and the log-in ---------------------------------------------------------------------------


def begin(request: HttpRequest, person: Any, to: str) -> HttpResponse:
    """The password was right: for ten minutes this browser may show the second factor. Nobody is logged in yet."""
    request.session.flush()
    request.session[WAITS] = {
        "pk": person.pk,
        "backend": person.backend,
        "hash": person.get_session_auth_hash(),
        "to": to,
        "at": timezone.now().timestamp(),
    }
    return redirect("second-step")


def who_waits(request: HttpRequest, now: datetime) -> User | None:
    """Whose password was given here; nobody after ten minutes, when it was changed, or who was switched off."""
    waits = request.session.get(WAITS)
    if not waits or now - datetime.fromtimestamp(waits["at"], now.tzinfo) > WAITING:
        return None
    person = User.objects.filter(pk=waits["pk"], is_active=True).first()
    return person if person and constant_time_compare(person.get_session_auth_hash(), waits["hash"]) else None


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """The factor, and then the log-in; as many wrong ones as wrong passwords."""
    now = timezone.now()
    person = who_waits(request, now)
    if person is None:
        return redirect("login")
    form, status = SecondForm(request.POST or None), 200
    if form.is_valid():
        try:
            if proven(request, person, form.cleaned_data, now):
                waits = request.session.pop(WAITS)
                login(request, person, backend=waits["backend"])
                return redirect(waits["to"])
            form.add_error(None, "验证没有通过：请输入现在显示的验证码（每个只能用一次），或换一种方式。")
            status = 422
        except limits.TooMany as wait:
            form.add_error(None, wait.messages[0])
            status = 429
    has_keys = bool(passkeys.domain()) and person.passkeys.exists()
    context = {"form": form, "options": passkeys.asked_for(request, person) if has_keys else ""}
    return render(request, "registration/second_step.html", context, status=status)


def proven(request: HttpRequest, person: User, given: dict[str, Any], now: datetime) -> bool:
    """Counted before it is judged; a right one is given back. Raises TooMany."""
    key = f"factor:{person.pk}"
    limits.take(key)
    name = passkeys.proves(request, person, given["answer"]) if given["answer"] else ""
    name = name or (factors.proves(person, given["code"], now) if given["code"] else "")
    if not name:
        signins.record(Kind.FACTOR_FAILED, person, request)
        return False
    limits.give_back(key)
    if name == factors.RECOVERY:
        left = person.recovery_codes.filter(used_at=None).count()
        signins.record(Kind.RECOVERY, person, request, note=f"还剩 {left} 个")
    return True

"""People: who works here, in which team, and how they came in. Roles are Django groups, named in `accounts.roles`."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts import agents
from audit.models import AppendOnly


class User(AbstractUser):
    """A person of the house. `supervisor` makes the team: a supervisor sees the orders of those below."""

    name = models.CharField("姓名", max_length=40)
    supervisor = models.ForeignKey(
        "self", verbose_name="直属主管", on_delete=models.SET_NULL, null=True, blank=True, related_name="team"
    )
    is_production_head = models.BooleanField("生产主管", default=False, help_text="可签收生产指令单")
    # A password that is given by somebody else opens one page: the one to choose an own one. Whoever makes a person by
    # whatever way and means otherwise says so.
    must_change_password = models.BooleanField("首次登录须改密码", default=True)

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    REQUIRED_FIELDS = ["name"]

    # Read once per instance; `accounts.permissions.roles_of` is the way to ask.
    known_roles: frozenset[str] | None = None

    objects = UserManager()  # type: ignore[misc]

    class Meta:
        verbose_name = "人员"
        verbose_name_plural = "人员"

    def __str__(self) -> str:
        return self.name or self.username

    def set_password(self, raw_password: str | None) -> None:
        """By an admin or a command; `accounts.actions.change_own_password` says of its own that it may stay."""
        super().set_password(raw_password)
        self.must_change_password = True

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class Holiday(models.Model):
    """A day of the house's own calendar: works although a holiday, or is off although a working day."""

    day = models.DateField("日期", unique=True)
    is_working = models.BooleanField("上班", default=False)
    name = models.CharField("说明", max_length=40)

    class Meta:
        verbose_name = "工作日历"
        verbose_name_plural = "工作日历"
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day} {'上班' if self.is_working else '休息'} {self.name}"


class SignIn(AppendOnly):
    """One thing that happened at the door: a log-in, a failure, a log-out, a changed password, a session ended.

    Written by `accounts.signins.record` alone, read by admins. No password ever stands here, nor a name that nobody
    has in full: it may be a password typed in the wrong box.
    """

    class Kind(models.TextChoices):
        IN = "in", "登录"
        FAILED = "failed", "登录失败"
        LIMITED = "limited", "次数过多，须等候"
        FREED = "freed", "管理员解除等候"
        OUT = "out", "退出"
        ENDED = "ended", "会话被结束"
        EXPIRED = "expired", "久未操作而退出"
        PASSWORD = "password", "修改密码"
        PASSWORD_FAILED = "password_failed", "原密码不正确"
        PASSWORD_SET = "password_set", "管理员设置密码"
        FACTOR_ADDED = "factor_added", "添加二次验证"
        FACTOR_REMOVED = "factor_removed", "取消二次验证"
        FACTOR_FAILED = "factor_failed", "二次验证失败"

    kind = models.CharField("事项", max_length=20, choices=Kind)
    user = models.ForeignKey(User, verbose_name="人员", on_delete=models.PROTECT, null=True, related_name="sign_ins")
    by = models.ForeignKey(User, verbose_name="经手", on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField("所填用户名", max_length=150, blank=True)
    ip = models.GenericIPAddressField("IP", null=True)
    agent = models.CharField("浏览器", max_length=200, blank=True)
    device = models.CharField("设备", max_length=32, blank=True)
    is_new = models.BooleanField("新设备", default=False)
    note = models.CharField("说明", max_length=200, blank=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "登录记录"
        verbose_name_plural = "登录记录"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["at"], name="sign_in_at"),
            models.Index(fields=["user", "device"], name="sign_in_device", condition=Q(kind="in")),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.user or self.name}"


class Tries(models.Model):
    """How often something was tried lately, by what is limited: see `accounts.limits`. Forgotten after a day."""

    key = models.CharField(max_length=100, primary_key=True)
    level = models.FloatField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "尝试次数"
        verbose_name_plural = "尝试次数"

    def __str__(self) -> str:
        return f"{self.key} {self.level:.1f}"


class Session(AbstractBaseSession):
    """A browser that someone is logged in with; written by `accounts.sessions`. Its key opens the door: show `mark`."""

    user = models.ForeignKey(
        User, verbose_name="人员", on_delete=models.CASCADE, null=True, editable=False, related_name="sessions"
    )
    began_at = models.DateTimeField("登录时间", default=timezone.now)
    seen_at = models.DateTimeField("最近使用", default=timezone.now)
    address = models.GenericIPAddressField("网络地址", null=True)
    agent = models.CharField("浏览器标识", max_length=200, blank=True)

    class Meta:
        verbose_name = "登录会话"
        verbose_name_plural = "登录会话"

    def __str__(self) -> str:
        return f"{self.browser}（{self.address or '—'}）"

    @classmethod
    def get_session_store_class(cls) -> Any:
        from accounts.sessions import SessionStore

        return SessionStore

    @property
    def mark(self) -> str:
        """Names the session on pages and in forms without opening anything."""
        return salted_hmac("accounts.Session.mark", self.session_key).hexdigest()[:20]

    @property
    @admin.display(description="浏览器")
    def browser(self) -> str:
        return agents.in_words(self.agent)

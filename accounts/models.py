"""People: who works here, in which team, and how they came in. Roles are Django groups, named in `accounts.roles`."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts import agents
from accounts.roles import ROLES
from audit.models import AppendOnly

LONGEST_NAME, LONGEST_PASSWORD = 150, 128


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
    # Of a role that must have a second factor, without one; read with the person (`accounts.backends`).
    must_add_factor = False

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


class CalendarYear(models.Model):
    """A year that the published calendar did not know when it was looked ahead to: the State Council's notice of its
    days off is entered here, as it was published. Until then those days are 待国务院公布."""

    year = models.PositiveSmallIntegerField("年份", unique=True)
    # From here on an admin owes it.
    owed_from = models.DateField("应录入自")
    notice = models.TextField("放假安排通知", blank=True)
    entered_at = models.DateTimeField("录入时间", null=True)

    class Meta:
        verbose_name = "年度放假安排"
        verbose_name_plural = "年度放假安排"
        ordering = ["-year"]

    def __str__(self) -> str:
        return f"{self.year} 年放假安排"


class Holiday(models.Model):
    """A day of the house's own calendar: works although a holiday, or is off although a working day."""

    day = models.DateField("日期", unique=True)
    is_working = models.BooleanField("上班", default=False)
    name = models.CharField("说明", max_length=40)
    # Of the State Council's notice; a day that the house sets itself has none, and no notice changes it.
    notice_of = models.ForeignKey(
        CalendarYear, verbose_name="出自通知", on_delete=models.CASCADE, null=True, editable=False, related_name="days"
    )

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
        PASSWORD = "password", "修改密码"
        PASSWORD_FAILED = "password_failed", "原密码不正确"
        PASSWORD_SET = "password_set", "管理员设置密码"
        FACTOR_ADDED = "factor_added", "添加二次验证"
        FACTOR_REMOVED = "factor_removed", "取消二次验证"
        FACTOR_FAILED = "factor_failed", "二次验证失败"
        RECOVERY = "recovery", "用恢复码登录"

    kind = models.CharField("事项", max_length=20, choices=Kind)
    user = models.ForeignKey(User, verbose_name="人员", on_delete=models.PROTECT, null=True, related_name="sign_ins")
    by = models.ForeignKey(User, verbose_name="经手", on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField("所填用户名", max_length=LONGEST_NAME, blank=True)
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
        return import_module(settings.SESSION_ENGINE).SessionStore

    @property
    def mark(self) -> str:
        """Names the session on pages and in forms without opening anything."""
        return salted_hmac("accounts.Session.mark", self.session_key).hexdigest()[:20]

    @property
    @admin.display(description="浏览器")
    def browser(self) -> str:
        return agents.in_words(self.agent)


class FactorRule(models.Model):
    """A role whose people must have a second factor: without one, nothing but the page to set it up is open to them."""

    role = models.CharField("角色", max_length=40, unique=True, choices=tuple(ROLES.items()))

    class Meta:
        verbose_name = "须双重验证的角色"
        verbose_name_plural = "须双重验证的角色"

    def __str__(self) -> str:
        return str(self.get_role_display())


class Factor(models.Model):
    """Something that somebody has beside the password; `accounts.factors` asks for one at log-in."""

    user = models.ForeignKey(User, verbose_name="人员", on_delete=models.CASCADE)
    name = models.CharField("名称", max_length=40)
    added_at = models.DateTimeField("添加时间")
    used_at = models.DateTimeField("最近使用", null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["added_at", "pk"]

    def __str__(self) -> str:
        return self.name


class Authenticator(Factor):
    """An app that makes a code of six digits every half minute; `last_step` is the last one taken, so none is twice."""

    secret = models.BinaryField("密钥")
    last_step = models.BigIntegerField(default=0)

    class Meta(Factor.Meta):
        verbose_name = "验证器"
        verbose_name_plural = "验证器"
        default_related_name = "authenticators"


class Passkey(Factor):
    """A key in a phone, a computer or on a stick; we hold its public half."""

    credential = models.BinaryField("凭证", unique=True)
    public_key = models.BinaryField("公钥")
    sign_count = models.BigIntegerField(default=0)

    class Meta(Factor.Meta):
        verbose_name = "通行密钥"
        verbose_name_plural = "通行密钥"
        default_related_name = "passkeys"


class RecoveryCode(models.Model):
    """Good for one log-in without the second factor. Shown once; only the digest is kept."""

    user = models.ForeignKey(User, verbose_name="人员", on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField("使用时间", null=True)

    class Meta:
        verbose_name = "恢复码"
        verbose_name_plural = "恢复码"
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once")]

    def __str__(self) -> str:
        return "恢复码"

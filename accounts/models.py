"""People: who works here, in which team. Roles are Django groups, named in `accounts.roles`."""

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models


class User(AbstractUser):
    """A person of the house. `supervisor` makes the team: a supervisor sees the orders of those below."""

    name = models.CharField("姓名", max_length=40)
    supervisor = models.ForeignKey(
        "self", verbose_name="直属主管", on_delete=models.SET_NULL, null=True, blank=True, related_name="team"
    )
    is_production_head = models.BooleanField("生产主管", default=False, help_text="可签收生产指令单")

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

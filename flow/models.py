"""What is owed, remembered: written at the end of each action from the gates, read by every to-do list."""

from collections import defaultdict
from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.permissions import roles_of
from accounts.roles import ROLES
from audit.history import History
from flow import subjects
from flow.gates import registry

if TYPE_CHECKING:
    from accounts.models import User

MOST_MINUTES = 366 * 24 * 60


class OwedQuerySet(models.QuerySet["Owed"]):
    def open(self) -> Self:
        return self.filter(until__isnull=True)

    def addressed_to(self, user: "User") -> Self:
        """By role, or by name; whether they see the order is for the caller to ask."""
        return self.open().filter(Q(person=user) | Q(person__isnull=True, role__in=roles_of(user)))

    def of_person(self, user: "User") -> Self:
        """What `user` may have to do, on what they can see, each kind by its own rule. Guards are subtracted
        elsewhere."""
        roles = roles_of(user)
        seen: dict[Callable[[User], Q], list[str]] = defaultdict(list)
        for kind in registry.kinds_owed_by(roles):
            seen[subjects.get(kind).seen].append(kind)
        # Asked of the rows of these roles, and not as "in the orders they see", which are nearly all there are.
        rules = [(kinds, rule(user)) for rule, kinds in seen.items()]
        limited = [Q(subject_kind__in=kinds) & rule for kinds, rule in rules if rule]
        if not limited:
            return self.addressed_to(user)
        free = [kind for kinds, rule in rules if not rule for kind in kinds]
        return self.addressed_to(user).filter(reduce(or_, limited, Q(subject_kind__in=free)))


class Deadline(models.Model):
    """By when something is to be done. What is left open ("") stands for any: the narrowest row that was in force on
    the day on which the thing began to be owed decides, of equals the latest. Without `minutes` it has no deadline."""

    class Begins(models.TextChoices):
        OWED = "owed", "应办之时"
        CLOSE = "close", "当日下班"
        SIX = "six", "当日 18:00"
        WORK_CLOSE = "work_close", "当日下班（已过或休息则下一工作日）"
        WORK_SIX = "work_six", "当日 18:00（已过或休息则下一工作日）"
        NEXT_CLOSE = "next_close", "下一工作日下班"
        MONTH_CLOSE = "month_close", "当月首个工作日下班"

    class Clock(models.TextChoices):
        WORKING = "working", "工作时间"
        CALENDAR = "calendar", "日历时间"

    kind = models.CharField("对象", max_length=30, blank=True)
    what = models.CharField("事项", max_length=40, blank=True)
    role = models.CharField("角色", max_length=20, blank=True, choices=tuple(ROLES.items()))
    begins = models.CharField("起算", max_length=12, choices=Begins, default=Begins.OWED)
    minutes = models.PositiveIntegerField("分钟", null=True, blank=True, help_text="不填为不设时限")
    clock = models.CharField("计时", max_length=10, choices=Clock, default=Clock.WORKING)
    warn_percent = models.PositiveSmallIntegerField("用去百分之几时提醒", null=True, blank=True)
    escalate_percent = models.PositiveSmallIntegerField("用去百分之几时上报主管", null=True, blank=True)
    in_force_from = models.DateField("生效日期", help_text="此日起应办的事项按此计")
    version = models.PositiveIntegerField(default=1)

    history = History(given=True)

    class Meta:
        verbose_name = "办理时限"
        verbose_name_plural = "办理时限"
        ordering = ["kind", "what", "role", "in_force_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "what", "role", "in_force_from"],
                name="deadline_once",
                violation_error_message="这一事项、角色在这一天已有时限。",
            ),
            models.CheckConstraint(
                condition=Q(warn_percent=None) | Q(warn_percent__range=(1, 99)),
                name="deadline_warn_before",
                violation_error_message="应在百分之 1 至 99 之间。",
                violation_error_code="warn_percent",
            ),
            models.CheckConstraint(
                condition=Q(escalate_percent=None) | Q(escalate_percent__range=(100, 10_000)),
                name="deadline_escalate_after",
                violation_error_message="应在百分之 100 至 10000 之间。",
                violation_error_code="escalate_percent",
            ),
            models.CheckConstraint(
                condition=Q(minutes=None) | Q(minutes__lte=MOST_MINUTES),
                name="deadline_within_a_year",
                violation_error_message="时限最长一年。",
                violation_error_code="minutes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind or '任何'} {self.what or '任何事项'} {self.role or '任何角色'} 自 {self.in_force_from}"


class ClockMark(models.Model):
    """One row: another `mark` as often as deadlines or the calendar change. Read along with the gates, it says whether
    what a process knows of both still holds."""

    mark = models.CharField(max_length=32)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="clock_mark_one_row")]

    def __str__(self) -> str:
        return self.mark


class Owed(models.Model):
    """`role` (or `person`) owes `what` — a gate's, a bolt's or a duty's code — on a subject since `since`.

    Home, counts, notices, clocks and escalation read the open rows; decisions never do.
    """

    subject_kind = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()
    order = models.ForeignKey("orders.Order", on_delete=models.CASCADE, null=True, related_name="owed")
    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, null=True, related_name="+")
    what = models.CharField("事项", max_length=40)
    role = models.CharField("角色", max_length=20)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    since = models.DateTimeField("起")
    # Used before a pause that has ended: a clock is the sum of its rows.
    spent = models.PositiveIntegerField("此前已用（工作分钟）", default=0)
    due = models.DateTimeField("应办于", null=True)
    # When it is soon due, and late enough for those above to know.
    warn_at = models.DateTimeField("提醒于", null=True)
    escalate_at = models.DateTimeField("上报于", null=True)
    until = models.DateTimeField("止", null=True)
    warned_at = models.DateTimeField("将到期告知本人", null=True)
    # Overdue: the one who owes it was told, then their supervisor. Each is written once, with the notices.
    told_at = models.DateTimeField("逾期告知本人", null=True)
    escalated_at = models.DateTimeField("逾期上报主管", null=True)

    objects = OwedQuerySet.as_manager()

    class Meta:
        db_table = "orders_owed"
        verbose_name = "待办"
        verbose_name_plural = "待办"
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "what", "role", "person"],
                condition=Q(until__isnull=True),
                nulls_distinct=False,
                name="owed_once",
            )
        ]
        indexes = [
            models.Index(fields=["role", "since"], condition=Q(until__isnull=True), name="owed_open_by_role"),
            models.Index(fields=["order"], condition=Q(until__isnull=True), name="owed_open_by_order"),
            models.Index(
                fields=["due"],
                condition=Q(until__isnull=True, escalated_at__isnull=True, due__isnull=False),
                name="owed_overdue_untold",
            ),
            models.Index(
                fields=["warn_at"],
                condition=Q(until__isnull=True, warned_at__isnull=True, warn_at__isnull=False),
                name="owed_unwarned",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.what} {self.subject_kind} {self.subject_id}"

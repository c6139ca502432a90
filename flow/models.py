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
from flow import subjects
from flow.gates import registry

if TYPE_CHECKING:
    from accounts.models import User


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
    due = models.DateTimeField("应办于", null=True)
    until = models.DateTimeField("止", null=True)
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
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.what} {self.subject_kind} {self.subject_id}"

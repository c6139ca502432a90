"""What was done: the append-only Event chain, the keys of forms already sent, and the seals over all that is kept."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class AppendOnly(models.Model):
    """Rows that never change. `audit.grants` gives the application's role INSERT and SELECT on them, no more, and each
    night they are sealed (`audit.sealing`).

    `may_change` are the columns that may still be written, and so are not sealed; `unsealed` says why none is.
    """

    may_change: ClassVar[tuple[str, ...]] = ()
    unsealed: ClassVar[str] = ""

    class Meta:
        abstract = True


class Event(AppendOnly):
    """One thing done to one subject: the timeline, «已由 X 于 … 处理» and KPIs read it (R11, R41).

    `seq`, `previous` and `hash` are written by a trigger: each row's hash covers the row and the hash before it.
    """

    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    seq = models.PositiveIntegerField(default=0)
    action = models.CharField("动作", max_length=40)
    from_state = models.CharField("原状态", max_length=20, blank=True)
    to_state = models.CharField("新状态", max_length=20, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="经手", on_delete=models.PROTECT, null=True)
    at = models.DateTimeField("时间")
    reason = models.TextField("原因", blank=True)
    data = models.JSONField(default=dict)
    previous = models.BinaryField(default=bytes)
    hash = models.BinaryField(default=bytes)

    class Meta:
        verbose_name = "操作记录"
        verbose_name_plural = "操作记录"
        constraints = [
            models.UniqueConstraint(fields=["subject_kind", "subject_id", "seq"], name="event_chain"),
        ]
        indexes = [models.Index(fields=["at"], name="event_at")]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id} #{self.seq} {self.action}"


class ActionKey(AppendOnly):
    """A form that was carried out: the same key again leads to its result, with other contents it is refused."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    action = models.CharField(max_length=40)
    key = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "action", "key"], nulls_distinct=False, name="action_key_once"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.key}"


class ActionResult(AppendOnly):
    """Where the result of a keyed form stands, written at the end of the same transaction."""

    key = models.OneToOneField(ActionKey, on_delete=models.PROTECT, primary_key=True, related_name="result")
    url = models.CharField(max_length=200)

    unsealed = "numbered by its key, which is older than it; it only leads a form sent twice to its page"

    class Meta:
        pass

    def __str__(self) -> str:
        return self.url


class Seal(AppendOnly):
    """One night's seal, as its file under `HEADS_ROOT` has it: each tells of the other being cut short (B25)."""

    number = models.PositiveIntegerField("序号", unique=True)
    head = models.CharField("头", max_length=64)
    at = models.DateTimeField("时间")

    unsealed = "its file has the same words"

    class Meta:
        verbose_name = "封存"
        verbose_name_plural = "封存"

    def __str__(self) -> str:
        return f"第 {self.number} 号"

"""Chasing what is owed: reminders by schedule, and what customers promised (R27)."""

from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from audit.history import History
from audit.models import AppendOnly
from customers.models import Customer
from finance.models.money import OfCustomerQuerySet, money, person
from orders.models import Order, State


def first_steps() -> list[int]:
    return [-3, 1, 15, 30, 60]


class CollectingRules(models.Model):
    """One row. `steps`: days after a part fell due on which it is asked for, negative ones before."""

    steps = ArrayField(models.SmallIntegerField(), verbose_name="催收日", default=first_steps)
    longest_promise = models.PositiveSmallIntegerField("承诺最长天数", default=90)
    mails_customer = models.BooleanField("同时发邮件给客户", default=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    history = History()

    class Meta:
        verbose_name = "催收日程"
        verbose_name_plural = "催收日程"

    def __str__(self) -> str:
        return "催收日程"

    @classmethod
    def current(cls) -> "CollectingRules":
        return cls.objects.get_or_create(pk=1)[0]


class Reminder(AppendOnly):
    """A part of an order's money asked for once at one step of the schedule; `mail` is whom it was written to."""

    customer = models.ForeignKey(Customer, verbose_name="客户", on_delete=models.PROTECT, related_name="reminders")
    order = models.ForeignKey(Order, verbose_name="订单", on_delete=models.PROTECT, related_name="reminders")
    stage = models.CharField("阶段", max_length=10)
    due_on = models.DateField("到期日")
    step = models.SmallIntegerField("日程")
    open = money("未收")
    mail = models.CharField("收件人", max_length=200, blank=True)
    by = person("催收人")
    at = models.DateTimeField("时间")

    objects = OfCustomerQuerySet.as_manager()

    class Meta:
        verbose_name = "催收"
        verbose_name_plural = "催收"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["order", "stage", "due_on", "step"], name="reminder_once")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.stage} {self.due_on} {self.step:+d}"


class PromiseQuerySet(models.QuerySet["PaymentPromise"]):
    def visible_to(self, user: Any) -> "PromiseQuerySet":
        return self.filter(order__in=Order.objects.visible_to(user))

    def standing(self) -> "PromiseQuerySet":
        """Each with its `verdict`: the last one written."""
        last = PromiseVerdict.objects.filter(promise=OuterRef("pk")).order_by("-pk").values("verdict")[:1]
        return self.annotate(verdict=Coalesce(Subquery(last), Value(PromiseVerdict.Verdict.WAITING)))

    def judged(self, verdict: str) -> "PromiseQuerySet":
        return self.standing().filter(Q(verdict=verdict))

    def waiting(self, today: date) -> "PromiseQuerySet":
        """Those whose day has not gone by, not kept yet."""
        return self.judged(PromiseVerdict.Verdict.WAITING).filter(promised_on__gte=today)

    def to_judge(self, today: date) -> "PromiseQuerySet":
        """Those whose day went by, or whose order was cancelled, and of which nothing is written yet."""
        ended = Q(promised_on__lt=today) | Q(order__state=State.CANCELLED, at__lte=F("order__ended_at"))
        return self.judged(PromiseVerdict.Verdict.WAITING).filter(ended)


class PaymentPromise(AppendOnly):
    """So much of an order's money by a day, in the customer's words; `received_then` is what had come in before."""

    # With `standing()`.
    verdict: str

    order = models.ForeignKey(Order, verbose_name="订单", on_delete=models.PROTECT, related_name="promises")
    amount = money("承诺金额")
    promised_on = models.DateField("承诺付款日")
    words = models.CharField("谁、怎么说的", max_length=500)
    received_then = money("当时已收")
    by = person("登记人")
    at = models.DateTimeField("登记时间")

    objects = PromiseQuerySet.as_manager()

    class Meta:
        verbose_name = "付款承诺"
        verbose_name_plural = "付款承诺"
        ordering = ["promised_on", "id"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="payment_promise_amount")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.promised_on} {self.amount}"


class PromiseVerdict(AppendOnly):
    """How a promise stood when it was judged: on its day, or when money moved; the last one counts."""

    class Verdict(models.TextChoices):
        WAITING = "waiting", "待兑现"
        KEPT = "kept", "已兑现"
        BROKEN = "broken", "未兑现"
        VOID = "void", "已失效"

    promise = models.ForeignKey(PaymentPromise, verbose_name="承诺", on_delete=models.PROTECT, related_name="verdicts")
    verdict = models.CharField("结果", max_length=8, choices=Verdict)
    covered = money("按期到账")
    at = models.DateTimeField("判定时间")

    class Meta:
        verbose_name = "承诺判定"
        verbose_name_plural = "承诺判定"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.promise_id} {self.verdict}"

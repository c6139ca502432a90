"""Chasing what is owed: reminders by schedule, and what customers promised (R27)."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from audit.history import History
from audit.models import AppendOnly
from customers.models import Customer
from finance.models.money import OfCustomerQuerySet, money, person
from orders.models import Order


def first_steps() -> list[int]:
    return [-3, 1, 15, 30, 60]


class CollectingRules(models.Model):
    """One row. `steps`: days after a part fell due on which it is asked for, negative ones before."""

    steps = ArrayField(models.SmallIntegerField(), verbose_name="催收日", default=first_steps)
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

    def kept(self) -> "PromiseQuerySet":
        """As much came in since as was promised, or nothing is owed any more."""
        return self.filter(KEPT)

    def open(self) -> "PromiseQuerySet":
        return self.exclude(KEPT)


KEPT = Q(order__received__gte=F("received_then") + F("amount")) | Q(
    order__billed__gt=0, order__billed__lte=F("order__received") + F("order__written_off")
)


class PaymentPromise(AppendOnly):
    """So much of an order's money by a day, in the customer's words; `received_then` is what had come in before."""

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

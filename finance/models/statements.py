"""对账单 given to customers, and what they answered."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from audit.history import History
from customers.models import Customer
from documents.models import Attachment
from finance.models.money import OfCustomerQuerySet, money, person


class Statement(models.Model):
    """A customer's month as it was given to them. A later version of the paper asks again."""

    class Answer(models.TextChoices):
        AGREED = "agreed", "相符"
        DISPUTED = "disputed", "不符"

    customer = models.ForeignKey(Customer, verbose_name="客户", on_delete=models.PROTECT, related_name="statements")
    month = models.DateField("月份")
    opening = money("期初余额")
    charged = money("本月应收")
    credited = money("本月收款")
    closing = money("期末余额")
    by = person("出具人")
    at = models.DateTimeField("出具时间")
    answer = models.CharField("客户答复", max_length=8, choices=Answer, blank=True)
    answer_text = models.CharField("答复内容", max_length=500, blank=True)
    answer_paper = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = OfCustomerQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = "对账单"
        verbose_name_plural = "对账单"
        ordering = ["-month", "customer"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "month"], name="statement_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="statement_of_a_month"),
            models.CheckConstraint(
                condition=Q(closing=models.F("opening") + models.F("charged") - models.F("credited")),
                name="statement_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.month:%Y-%m}"

    def get_absolute_url(self) -> str:
        return reverse("finance:statement", args=[self.customer.code, f"{self.month:%Y-%m}"])

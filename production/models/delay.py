"""A delay, told to the customer with its reason: by whom, how and when (R25)."""

from django.db import models

from audit.models import AppendOnly
from documents.models import Sending
from orders.models import Order
from production.models.anomaly import Anomaly
from production.models.fields import person


class ToldBy(models.TextChoices):
    EMAIL = "email", "电子邮件"
    PHONE = "phone", "电话"
    WECHAT = "wechat", "微信"
    FAX = "fax", "传真"
    VISIT = "visit", "当面"


class DelayTold(AppendOnly):
    """`foreseen_on` was told in place of `promised_on`; the promise stands as what is measured."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="delays_told")
    promised_on = models.DateField("预交日")
    foreseen_on = models.DateField("预计完成日")
    reason = models.TextField("延期原因", max_length=1000)
    way = models.CharField("方式", max_length=10, choices=ToldBy)
    told = models.CharField("告知对象", max_length=80)
    anomaly = models.ForeignKey(
        Anomaly, verbose_name="相关异常", on_delete=models.PROTECT, null=True, related_name="delays_told"
    )
    sending = models.ForeignKey(Sending, on_delete=models.PROTECT, null=True, related_name="+")
    by = person("告知人")
    at = models.DateTimeField("告知时间")

    class Meta:
        verbose_name = "延期告知"
        verbose_name_plural = "延期告知"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.order_id} {self.foreseen_on}"

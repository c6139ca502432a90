"""What the customer sent back on a 订单确认书, and customer service's judgement of it (R15)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from audit.history import History
from customers.models import Contact
from documents.models import Attachment
from orders.models.revision import Revision


class Verdict(models.TextChoices):
    PENDING = "pending", "待核验"
    ACCEPTED = "accepted", "核验无误"
    REFUSED = "refused", "不合格"


class Refusal(models.TextChoices):
    SEAL = "seal", "签章不清"
    CONTENT = "content", "内容有误"
    REMARK = "remark", "备注不详"
    SIGNER = "signer", "签署人未获授权"


class ConfirmationReturn(models.Model):
    """A returned confirmation. `received_at` is when it came, `recorded_at` when somebody typed that in."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="returns")
    received_at = models.DateTimeField("收到时间")
    signer = models.ForeignKey(Contact, verbose_name="签署人", on_delete=models.PROTECT)
    scan = models.ForeignKey(Attachment, verbose_name="回传件", on_delete=models.PROTECT, null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间")
    verdict = models.CharField("核验", max_length=10, choices=Verdict, default=Verdict.PENDING)
    refusal = models.CharField("不合格原因", max_length=10, choices=Refusal, blank=True)
    note = models.TextField("说明", blank=True)
    judged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    judged_at = models.DateTimeField("核验时间", null=True)

    history = History()

    class Meta:
        verbose_name = "确认书回传"
        verbose_name_plural = "确认书回传"
        ordering = ["-received_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["revision"],
                condition=Q(verdict__in=["pending", "accepted"]),
                name="return_one_standing",
                violation_error_message="已有一份回传件在核验或已核验。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.revision_id} {self.get_verdict_display()}"

"""What a 产品出厂标准 and a 工艺卡 have in common: numbered versions of one product, of which one is in force."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from catalog.models import Product
from production.models.fields import person


class EditionStatus(models.TextChoices):
    DRAFT = "draft", "草稿"
    IN_FORCE = "in_force", "现行"
    REPLACED = "replaced", "已替代"


class Edition(models.Model):
    """One version. In force it is changed no more: a new version takes its place."""

    product = models.ForeignKey(Product, verbose_name="产品", on_delete=models.PROTECT, related_name="%(class)ss")
    number = models.PositiveIntegerField("版次")
    title = models.CharField("名称", max_length=80)
    status = models.CharField("状态", max_length=10, choices=EditionStatus, default=EditionStatus.DRAFT)
    written_by = person("编制人")
    written_at = models.DateTimeField("编制时间")
    put_by = person("批准人", null=True)
    put_at = models.DateTimeField("生效时间", null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "number"], name="%(class)s_version_once"),
            models.UniqueConstraint(fields=["product"], condition=Q(status="in_force"), name="%(class)s_one_in_force"),
            models.UniqueConstraint(
                fields=["product"],
                condition=Q(status="draft"),
                name="%(class)s_one_draft",
                violation_error_message="此产品已有一份草稿，请在草稿上修改。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} 第 {self.number} 版"

"""The customer's own page: the links that lead to it, and what was said there. The words are kept as they came."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from audit.history import History
from audit.models import AppendOnly
from customers.models import Contact
from documents.models import Attachment, Document
from orders.models import ConfirmationReturn, Order, Revision, Shipment


class CustomerLink(models.Model):
    """A way to the page of one order, made for one revision's confirmation. The address itself is kept nowhere: it is
    `key` signed with the site's secret (see portal/tokens.py), so a copy of the database opens no page."""

    key = models.CharField(max_length=32, unique=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="customer_links")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="customer_links")
    document = models.ForeignKey(
        Document, verbose_name="确认书", on_delete=models.PROTECT, related_name="customer_links"
    )
    contact = models.ForeignKey(
        Contact, verbose_name="联系人", on_delete=models.PROTECT, null=True, related_name="customer_links"
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField("生成时间")
    expires_at = models.DateTimeField("有效期至")
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField("撤销时间", null=True)

    history = History()

    class Meta:
        verbose_name = "客户链接"
        verbose_name_plural = "客户链接"
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["revision"],
                condition=Q(revoked_at=None),
                name="customer_link_one_standing",
                violation_error_message="此版确认书已有一个客户链接，请先撤销。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.made_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("portal:desk", args=[self.order.number])


class WordQuerySet(models.QuerySet["Word"]):
    def unanswered(self) -> Self:
        """What a person still has to answer."""
        return self.filter(kind__in=Word.ASKING, answer=None)


class Word(AppendOnly):
    """What a customer said on the page: who, from where, when, and about exactly which contents (B10)."""

    class Kind(models.TextChoices):
        CONFIRMED = "confirmed", "确认订单"
        CHANGE = "change", "提出修改"
        RECEIVED = "received", "确认收货"
        TROUBLE = "trouble", "到货有问题"

    ASKING = (Kind.CHANGE, Kind.TROUBLE)

    link = models.ForeignKey(CustomerLink, on_delete=models.PROTECT, related_name="words")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="customer_words")
    kind = models.CharField("内容", max_length=10, choices=Kind)
    name = models.CharField("姓名", max_length=40)
    mobile = models.CharField("手机", max_length=20)
    text = models.TextField("说明", max_length=1000, blank=True)
    signature = models.CharField("键入签名", max_length=40, blank=True)
    drawn = models.ForeignKey(
        Attachment, verbose_name="手写签名", on_delete=models.PROTECT, null=True, related_name="+"
    )
    paper = models.ForeignKey(Attachment, verbose_name="附件", on_delete=models.PROTECT, null=True, related_name="+")
    returned = models.OneToOneField(
        ConfirmationReturn, on_delete=models.PROTECT, null=True, related_name="customer_word"
    )
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, null=True, related_name="customer_words")
    document_digest = models.CharField("确认书内容摘要", max_length=64)
    ip = models.GenericIPAddressField("IP", null=True)
    agent_digest = models.CharField("浏览器摘要", max_length=64)
    key = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField("时间")

    objects = WordQuerySet.as_manager()

    class Meta:
        verbose_name = "客户所填"
        verbose_name_plural = "客户所填"
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["link", "kind", "key"], name="customer_word_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("portal:desk", args=[self.order.number])


class Answer(AppendOnly):
    """What customer service answered; the customer reads it on the page."""

    word = models.OneToOneField(Word, on_delete=models.PROTECT, related_name="answer")
    text = models.TextField("答复", max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="答复人", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("答复时间")

    class Meta:
        verbose_name = "对客户的答复"
        verbose_name_plural = "对客户的答复"

    def __str__(self) -> str:
        return f"{self.word_id} {self.text[:20]}"

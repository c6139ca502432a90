"""The records of papers, messages and files. What was written down once is never changed: see `AppendOnly`."""

import uuid

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.search import SearchField, search_index
from audit.history import History
from audit.models import AppendOnly
from documents.audience import Audience


class Counter(models.Model):
    """The last number given out for a prefix on a day; the only way to one is `numbering.next_number`."""

    prefix = models.CharField(max_length=12)
    day = models.DateField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["prefix", "day"], name="counter_once_per_day")]

    def __str__(self) -> str:
        return f"{self.prefix} {self.day}: {self.last}"


class Letterhead(models.Model):
    """The firm as its papers show it. One row; every paper freezes a copy."""

    name = models.CharField("公司名称", max_length=80)
    name_en = models.CharField("英文名称", max_length=120, blank=True)
    address = models.CharField("地址", max_length=160, blank=True)
    phone = models.CharField("电话", max_length=60, blank=True)
    fax = models.CharField("传真", max_length=60, blank=True)
    email = models.EmailField("电子邮箱", blank=True)
    website = models.CharField("网址", max_length=80, blank=True)
    tax_number = models.CharField(
        "统一社会信用代码",
        max_length=20,
        blank=True,
        validators=[RegexValidator(r"^[0-9A-Z]{15,20}$", "应为 15 至 20 位数字或大写字母")],
    )
    bank = models.CharField("开户银行", max_length=80, blank=True)
    account_name = models.CharField("账户名称", max_length=80, blank=True, help_text="不填则同公司名称")
    account = models.CharField("银行账号", max_length=40, blank=True)
    logo = models.CharField("标志", max_length=64, blank=True, editable=False)  # sha256 of the file kept for ever
    confirmation_note = models.TextField(
        "订单确认书说明",
        max_length=1000,
        default="请于发出当日签章回传；逾期预交日按日自动顺延，以我司通知之日期为准。",
    )
    confirmation_terms = models.TextField(
        "订单确认书条款",
        max_length=3000,
        blank=True,
        default=(
            "预交日为成品完成日，非发货日。\n"
            "数量允差以内按实际完成数量结算。\n"
            "收货后七日内未书面提出异议的，视为验收合格。"
        ),
    )
    balance_note = models.TextField(
        "余款催收说明",
        max_length=1000,
        blank=True,
        default="货款到账并经我司财务落实后安排发货；汇款时请注明订单编号。",
    )
    delivery_note = models.TextField(
        "销售发货单说明",
        max_length=1000,
        blank=True,
        default="请当面清点件数、检查外包装，如有短少或破损请在回单上注明，并于当日通知我司客服。",
    )

    history = History()

    class Meta:
        verbose_name = "公司抬头"
        verbose_name_plural = "公司抬头"
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="letterhead_is_one_row")]

    def __str__(self) -> str:
        return self.name


class Kept(AppendOnly):
    """What is fetched by its address: that tells nothing of how many there are, or which came before (B7).

    `audience` says for whom it is among those who see its subject; `documents.access` judges both.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True)
    audience = models.CharField("可见范围", max_length=10, choices=Audience, default=Audience.PRICES)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="%(class)s_audience_known")
        ]


class Document(Kept):
    """A frozen paper: everything its rendering needs. A correction is a new version (design, idea 5)."""

    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=60)
    number = models.CharField(max_length=40, db_index=True)
    version = models.PositiveIntegerField()
    data = models.JSONField()
    letterhead = models.JSONField()
    template = models.CharField(max_length=80)
    template_version = models.PositiveIntegerField()
    layout = models.JSONField()  # seal, foot, copies and continuous form as the kind had them
    # What the archive shows and finds it by, taken from `data`: documents.finding.
    customer = models.CharField(max_length=120, blank=True, default="")
    orders = models.CharField(max_length=200, blank=True, default="")
    search = SearchField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    maker = models.CharField(max_length=40)
    made_at = models.DateTimeField()
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")

    class Meta:
        verbose_name = "单据"
        verbose_name_plural = "单据"
        default_permissions = ["view"]
        constraints = [
            *Kept.Meta.constraints,
            models.UniqueConstraint(
                fields=["kind", "subject_kind", "subject_id", "version"], name="document_version_once"
            ),
            models.CheckConstraint(
                condition=Q(version=1, supersedes=None) | Q(version__gt=1, supersedes__isnull=False),
                name="document_versions_follow",
            ),
        ]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id"], name="document_subject"),
            models.Index(fields=["-made_at", "-id"], name="document_newest"),
            models.Index(fields=["kind", "-made_at", "-id"], name="document_kind_newest"),
            search_index("document_search"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number} 第{self.version}版"

    def get_absolute_url(self) -> str:
        return reverse("document", args=[self.public_id])


class Withdrawal(AppendOnly):
    """A document that no longer counts although no newer version stands in its place (a cancelled order, say)."""

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "单据作废"

    def __str__(self) -> str:
        return f"{self.document_id} {self.reason}"


class Rendered(AppendOnly):
    """Bytes made from a document's snapshot, kept in a file that bears their sha256."""

    document = models.OneToOneField(Document, on_delete=models.PROTECT)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    pages = models.PositiveIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="%(class)s_sha256"),
            models.CheckConstraint(condition=Q(size__gt=0, pages__gt=0), name="%(class)s_not_empty"),
        ]

    def __str__(self) -> str:
        return self.sha256


class Rendering(Rendered):
    """The paper itself, on A4."""

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="rendering")


class Continuous(Rendered):
    """The same paper on the 241 × 140 mm continuous form of the warehouse's printer."""

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="continuous")


class Printing(AppendOnly):
    """One print-out; from the second on the copy bears 补打."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="printings")
    count = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "count"], name="printing_counted_once")]

    def __str__(self) -> str:
        return f"{self.document_id} 第 {self.count} 次"


class Bundle(AppendOnly):
    """Several papers in one file that a person asked for: a PDF to print, or a month's ZIP with an index.

    `items` holds (document, print-out or none) as chosen then; the worker makes the file from them.
    """

    class Kind(models.TextChoices):
        PRINT = "print", "合并打印"
        MONTH = "month", "按月导出"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    title = models.CharField(max_length=80)
    items = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("bundle", args=[self.public_id])


class BundleFile(AppendOnly):
    """The file of a bundle, under a random name; swept after some days, and can be asked for anew."""

    bundle = models.OneToOneField(Bundle, on_delete=models.PROTECT, related_name="file")
    stored = models.CharField(max_length=40, unique=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.stored


class OutboxRow(models.Model):
    """One effect outside the database, posted in the transaction of what caused it (design, idea 6)."""

    class State(models.TextChoices):
        WAITING = "waiting", "待发送"
        WORKING = "working", "发送中"
        DONE = "done", "已完成"
        FAILED = "failed", "失败，可重试"
        DOUBTFUL = "doubtful", "可能已发送"

    channel = models.CharField("渠道", max_length=40)
    key = models.CharField("键", max_length=200)
    about = models.CharField("关于", max_length=60, blank=True, db_default="")  # the order's or paper's number
    payload = models.JSONField("内容")
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    created_at = models.DateTimeField("登记时间")
    not_before = models.DateTimeField("不早于")
    handed = models.PositiveIntegerField("交付次数", default=0)
    attempts = models.PositiveIntegerField("尝试次数", default=0)
    tried_at = models.DateTimeField("最近尝试", null=True)
    lease_until = models.DateTimeField("租约至", null=True)
    lease = models.UUIDField(null=True)
    crossed_at = models.DateTimeField("交付对方", null=True)  # from here on it can't be called back
    done_at = models.DateTimeField("完成时间", null=True)
    error = models.TextField("最近错误", blank=True)

    class Meta:
        verbose_name = "待发事项"
        verbose_name_plural = "待发事项"
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "key"], name="outbox_once"),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False) | ~Q(state="done") & Q(done_at=None),
                name="outbox_done_has_time",
            ),
        ]
        indexes = [
            models.Index("not_before", "id", condition=Q(state__in=["waiting", "working"]), name="outbox_open"),
            models.Index("id", condition=Q(state__in=["failed", "doubtful"]), name="outbox_needs_person"),
            models.Index(fields=["channel", "-id"], name="outbox_channel_newest"),
            models.Index(fields=["about"], opclasses=["varchar_pattern_ops"], name="outbox_about"),
            models.Index(fields=["key"], opclasses=["varchar_pattern_ops"], name="outbox_key"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.key}"

    def get_absolute_url(self) -> str:
        return reverse("outbox-row", args=[self.pk])

    @property
    def needs_person(self) -> bool:
        return self.state in (self.State.FAILED, self.State.DOUBTFUL)


class Sending(AppendOnly):
    """A message to someone outside the house: what went, how, to whom, who saw to it (R13, R31).

    A mail's further life is its outbox row's; anything else was done by the person who recorded it.
    """

    class Way(models.TextChoices):
        EMAIL = "email", "电子邮件"
        FAX = "fax", "传真"
        WECHAT = "wechat", "微信"
        HAND = "hand", "当面"
        PRINT = "print", "打印寄送"

    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    document = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="sendings")
    what = models.CharField("内容", max_length=120)
    way = models.CharField("方式", max_length=10, choices=Way)
    receiver = models.CharField("收件人", max_length=200, blank=True)
    outbox = models.OneToOneField(OutboxRow, null=True, on_delete=models.PROTECT, related_name="sending")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    # Who is told when it may not have arrived.
    minder = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "发送记录"
        verbose_name_plural = "发送记录"
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="sending_subject")]
        constraints = [
            models.CheckConstraint(
                condition=Q(way="email", outbox__isnull=False) | ~Q(way="email") & Q(outbox=None),
                name="sending_mail_has_outbox",
            )
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.get_way_display()}"

    @property
    def is_in_trouble(self) -> bool:
        return self.outbox is not None and self.outbox.needs_person

    @property
    def standing(self) -> str:
        """What became of it, in a word."""
        if self.outbox is None:
            return "已登记"
        return "已发送" if self.outbox.done_at else self.outbox.get_state_display()


class Acknowledgement(AppendOnly):
    """对方已确认清晰收到: the receiver said that it reached them legibly (R13, R31)."""

    sending = models.OneToOneField(Sending, on_delete=models.PROTECT, related_name="acknowledgement")
    text = models.CharField("接听人", max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "确认收到"

    def __str__(self) -> str:
        return f"{self.sending_id} {self.text}"


class Attachment(Kept):
    """A file that someone brought. Its stored name is random; the name they gave is only shown."""

    name = models.CharField("文件名", max_length=120)
    stored = models.CharField(max_length=40, unique=True)
    content_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "附件"
        verbose_name_plural = "附件"
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="attachment_subject")]
        constraints = [
            *Kept.Meta.constraints,
            models.CheckConstraint(condition=Q(size__gt=0), name="attachment_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("attachment", args=[self.public_id])

    @property
    def is_picture(self) -> bool:
        return self.content_type.startswith("image/")


class Notice(models.Model):
    """A line under one person's bell."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField("种类", max_length=40, blank=True, default="")
    for_digest = models.BooleanField("进每日邮件", default=False)
    text = models.CharField("内容", max_length=300)
    url = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField("时间")
    read_at = models.DateTimeField("已读", null=True)

    class Meta:
        verbose_name = "通知"
        verbose_name_plural = "通知"
        ordering = [F("id").desc()]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notice_recipient"),
            models.Index(fields=["recipient"], condition=Q(read_at=None), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return self.text


class NoticeSettings(models.Model):
    """How one person wants to be told; what is not said here is told at once, in the application."""

    class How(models.TextChoices):
        APP = "app", "站内提醒"
        DIGEST = "digest", "每日邮件"
        OFF = "off", "不通知"

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="notice_settings"
    )
    choices = models.JSONField("各类通知", default=dict, blank=True)  # kind → How, where it is not APP
    digest_at = models.TimeField("每日邮件时间", null=True, blank=True)
    digested_on = models.DateField(null=True)
    digested_until = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)  # to-dos younger than this ring the bell

    class Meta:
        verbose_name = "通知设置"
        verbose_name_plural = "通知设置"
        default_permissions = ()
        indexes = [models.Index(fields=["digest_at"], condition=Q(digest_at__isnull=False), name="notice_digest")]

    def __str__(self) -> str:
        return str(self.user)

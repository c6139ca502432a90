"""What people fill in about goods on their way. Quantities stand in one field per row of what is shown."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils import timezone

from accounts.forms_base import ActionForm, ReasonField, RecordForm
from accounts.pickers import SuggestInput
from documents.attachments import ACCEPT
from orders.models import Order, RevisionLine, Shipment
from orders.models.revision import DeliveryWay
from orders.reservations import Lying
from shipping import carriers, queries
from shipping.actions.dispatching import WAYS_OF_ADVICE
from shipping.adapters import ADAPTERS
from shipping.label_photos import code_on
from shipping.models import Carrier, Checkpoint, Receipt
from shipping.queries import Carried, Ready
from stock.models import Pallet

ZERO = Decimal(0)


def quantity(label: str, most: Decimal, initial: Decimal | None = None) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=ZERO,
        max_value=most,
        max_digits=14,
        decimal_places=3,
        localize=False,
        initial=initial and f"{initial.normalize():f}",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 8, "aria-label": label}),
        error_messages={"max_value": f"最多 {most.normalize():f}"},
    )


class RowsForm(ActionForm):
    """Rows of quantities beside ordinary fields; `row(name, thing)` ties a field to what it counts."""

    def __init__(self, data: Any = None, files: Any = None, *, subject: Model | None = None, **options: Any) -> None:
        super().__init__(data, files, subject=subject, **options)
        self.of: dict[str, Any] = {}

    def row(self, name: str, thing: Any, field: forms.Field) -> None:
        self.fields[name] = field
        self.of[name] = thing

    def rows(self) -> Iterator[tuple[Any, Any]]:
        """(thing, field) in order, for the template."""
        for name, thing in self.of.items():
            yield thing, self[name]

    def others(self) -> list[Any]:
        """The ordinary fields, for the template."""
        return [field for field in self.visible_fields() if field.name not in self.of]

    def counted(self) -> Iterator[tuple[Any, Decimal]]:
        for name, thing in self.of.items():
            if self.cleaned_data.get(name):
                yield thing, self.cleaned_data[name]

    def given(self) -> dict[str, Any]:
        return {name: value for name, value in super().given().items() if name not in self.of}

    def clean(self) -> dict[str, Any]:
        """A row that was on the page and is gone now must not vanish silently."""
        gone = [name for name in self.data if name.startswith("q-") and self.data[name] and name not in self.fields]
        if gone:
            raise forms.ValidationError("有一行已不能办理（被他人占用或已办），请刷新后核对。")
        return super().clean() or self.cleaned_data


def suggest_carriers(field: forms.Field) -> None:
    field.widget = SuggestInput(carriers.names(), field.widget.attrs)
    field.widget.is_required = field.required


class DraftForm(RowsForm):
    """Which goods, and where to. Each row is a line on a pallet."""

    way = forms.ChoiceField(label="交货方式", choices=DeliveryWay.choices)
    receiver = forms.CharField(label="收货人", max_length=40, required=False)
    phone = forms.CharField(label="联系电话", max_length=40, required=False)
    address = forms.CharField(label="收货地址", max_length=200, required=False)
    carrier = forms.CharField(
        label="计划承运", max_length=80, required=False, help_text="印在发货通知单上；自提不填，未定可留空"
    )
    planned_on = forms.DateField(label="计划发货日", required=False)
    pieces = forms.IntegerField(label="件数", min_value=0, max_value=1_000_000, initial=0)
    remark = forms.CharField(label="装运要求", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, data: Any = None, files: Any = None, *, ready: Iterable[Ready], **options: Any) -> None:
        self.chosen_order = options.pop("order", None)
        super().__init__(data, files, **options)
        suggest_carriers(self.fields["carrier"])
        for one in ready:
            first = one.chosen or (
                one.free if self.chosen_order and one.line.order_id == self.chosen_order.pk else None
            )
            name = f"q-{one.line.pk}-{one.pallet.pk}"
            self.row(name, one, quantity(f"{one.pallet.number} 发货数量", one.free, first))

    def given(self) -> dict[str, Any]:
        return super().given() | {"loads": [(one.line, one.pallet, amount) for one, amount in self.counted()]}


class ReserveForm(RowsForm):
    """One field per line and pallet it could take from."""

    def __init__(self, data: Any = None, *, order: Order, lines: Iterable[tuple[RevisionLine, list[Pallet]]]) -> None:
        super().__init__(data, subject=order)
        taken: dict[int, Decimal] = defaultdict(Decimal)
        for terms, pallets in lines:
            left = wanted(terms)
            for pallet in pallets:
                most = min(pallet.free, wanted(terms))
                take = min(left, max(ZERO, pallet.free - taken[pallet.pk]))
                left -= take
                taken[pallet.pk] += take
                self.row(
                    f"q-{terms.line_id}-{pallet.pk}",
                    (terms, pallet),
                    quantity(f"第 {terms.position} 行 {pallet.number}", most, take or None),
                )

    def given(self) -> dict[str, Any]:
        return {"picks": [(terms.line, pallet, amount) for (terms, pallet), amount in self.counted()]}


def wanted(terms: RevisionLine) -> Decimal:
    """What of the stock part is still to be reserved; what was lost on the way may be reserved once more."""
    return max(ZERO, terms.from_stock + terms.line.lost - terms.line.reserved)


class FreeForm(RowsForm):
    """One field per pallet that something of the order's is reserved on."""

    reason = ReasonField(required=False)

    def __init__(self, data: Any = None, *, order: Order, lying: Iterable[tuple[RevisionLine, Pallet, Lying]]) -> None:
        super().__init__(data, subject=order, auto_id="free_%s")
        for terms, pallet, there in lying:
            name = f"q-{terms.line_id}-{pallet.pk}"
            self.row(name, (terms, pallet, there), quantity(f"{pallet.number} 释放数量", there.from_stock))

    def given(self) -> dict[str, Any]:
        return {"picks": [(terms.line, pallet, amount) for (terms, pallet, _), amount in self.counted()]}


class DeedForm(RowsForm):
    """A form of one deed on a shipment."""

    def __init__(self, data: Any = None, files: Any = None, *, shipment: Shipment, **options: Any) -> None:
        super().__init__(data, files, subject=shipment, **options)
        self.shipment = shipment
        self.prepare()

    def prepare(self) -> None:
        """Fill choices and first values."""


class Plain(DeedForm):
    """A button with nothing to fill in."""


class Reason(DeedForm):
    reason = ReasonField()


class Check(DeedForm):
    text = forms.CharField(
        label="备注",
        max_length=500,
        required=False,
        help_text="地址、收货人、联系方式、品名、数量、件数均已逐项核对；与订单不一致的，写明依据",
    )

    def prepare(self) -> None:
        self.places = queries.places(self.shipment)


class Dispatch(DeedForm):
    carrier = forms.CharField(label="承运人", max_length=80)
    driver = forms.CharField(label="司机", max_length=40, required=False)
    driver_phone = forms.CharField(label="司机电话", max_length=40, required=False)
    plate = forms.CharField(label="车牌", max_length=20, required=False)
    waybill = forms.CharField(label="运单号", max_length=60, required=False)
    pieces = forms.IntegerField(label="实发件数", min_value=0, max_value=1_000_000)
    expected_at = forms.DateTimeField(label="预计到货时间")
    check_at = forms.DateTimeField(label="监督检查时间", help_text="到时由客服查货是否到达")

    def prepare(self) -> None:
        """What is likely: the planned carrier, else the one that went there last; its days to this address."""
        if self.shipment.way == DeliveryWay.PICKUP:
            self.ask_who_fetches()
            return
        now = timezone.now()
        planned = self.shipment.carrier
        likely = carriers.named(planned) if planned else queries.likely_carrier(self.shipment)
        arrival = carriers.expected(likely, self.shipment.address, now)
        propose_carriers(self, self.shipment.address, now)
        self.initial.update(
            pieces=self.shipment.pieces,
            carrier=planned or (likely.name if likely else ""),
            expected_at=arrival,
            check_at=arrival + timedelta(hours=1),
        )

    def ask_who_fetches(self) -> None:
        for name in ("carrier", "waybill", "expected_at", "check_at"):
            del self.fields[name]
        who = self.fields["driver"]
        who.label, who.required, who.widget.is_required = "提货人", True, True
        self.fields["driver_phone"].label = "提货人电话"
        self.initial.update(
            pieces=self.shipment.pieces, driver=self.shipment.receiver, driver_phone=self.shipment.phone
        )


def propose_carriers(form: ActionForm, address: str, leaves: datetime) -> None:
    """The known ones, each with its arrival for static/js/carriers.js; any other may be typed and has no tracking."""
    times = {
        name: f"{timezone.localtime(at):%Y-%m-%dT%H:%M}" for name, at in carriers.arrivals(address, leaves).items()
    }
    field = form.fields["carrier"]
    attrs = field.widget.attrs | {"data-arrivals": json.dumps(times, ensure_ascii=False)}
    field.widget = SuggestInput(list(times), attrs)
    field.widget.is_required = True
    field.help_text = "不在承运人名录中的也可填写，但没有时效推算和轨迹回传"


class Correct(DeedForm):
    carrier = forms.CharField(label="承运人", max_length=80)
    waybill = forms.CharField(label="运单号", max_length=60, required=False)
    expected_at = forms.DateTimeField(label="预计到货时间")
    reason = ReasonField(label="更正的原因")

    def prepare(self) -> None:
        propose_carriers(self, self.shipment.address, self.shipment.dispatched_at or timezone.now())
        self.initial.update({name: getattr(self.shipment, name) for name in ("carrier", "waybill", "expected_at")})


def at_clock(moment: datetime, clock: time) -> datetime:
    return timezone.localtime(moment).replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)


def now_to_the_minute() -> datetime:
    return timezone.localtime().replace(second=0, microsecond=0)


class Repeat(DeedForm):
    to = forms.CharField(label="与谁复述确认", max_length=80, help_text="承运人或司机，条款、数量、地址逐项复述")


class AdviceCheck(DeedForm):
    text = forms.CharField(
        label="核对意见",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="有不一致时必填：如何与客户商定",
    )


class Advice(DeedForm):
    way = forms.ChoiceField(label="发送方式", choices=list(WAYS_OF_ADVICE.items()))
    to = forms.CharField(label="收件人", max_length=120, required=False, help_text="用电子邮件发送时填邮箱地址")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("way") == "email":
            cleaned["to"] = forms.EmailField(label="邮箱").clean(cleaned.get("to"))
        return cleaned


class Heard(DeedForm):
    heard = forms.CharField(label="接听人", max_length=80, help_text="电话确认对方清晰收到告知书")


class Counts(DeedForm):
    """One or more fields for each line of the shipment that something of the kind is left of."""

    # Whether there is nothing to fill in where no line has any left.
    needs_rows = True

    def prepare(self) -> None:
        for one in queries.carried(self.shipment):
            self.add(one)

    def add(self, one: Carried) -> None:
        """The row's fields."""


class Pairs(Counts):
    """Two fields for each line, beside each other; `given` names neither of a line where both are empty."""

    suffixes = ("a", "r")

    def pair(self, one: Carried, *fields: forms.DecimalField) -> None:
        for suffix, field in zip(self.suffixes, fields, strict=True):
            self.row(f"q-{one.row.pk}-{suffix}", one, field)

    def names(self) -> Iterator[tuple[Carried, tuple[str, str]]]:
        first, second = self.suffixes
        for name, one in self.of.items():
            if name.endswith(f"-{first}"):
                yield one, (name, f"q-{one.row.pk}-{second}")

    def rows(self) -> Iterator[tuple[Any, Any]]:
        for one, names in self.names():
            yield one, tuple(self[name] for name in names)

    def given(self) -> dict[str, Any]:
        counted = [(one.row, *(self.cleaned_data.get(name) or ZERO for name in names)) for one, names in self.names()]
        return super().given() | {"rows": [row for row in counted if any(row[1:])]}


class Arrival(Pairs):
    arrived_at = forms.DateTimeField(label="到货时间", initial=now_to_the_minute)
    remark = forms.CharField(label="到货情况", max_length=200, required=False)

    def add(self, one: Carried) -> None:
        left = one.fate.under_way
        if left > 0:
            number = one.row.pallet.number
            self.pair(one, quantity(f"{number} 到货", left, left), quantity(f"{number} 拒收", left))


class Trouble(DeedForm):
    words = forms.CharField(label="情况", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    told_customer = forms.BooleanField(label="已告知客户", required=False)
    check_at = forms.DateTimeField(label="下次检查时间")

    def prepare(self) -> None:
        self.initial["check_at"] = at_clock(timezone.now() + timedelta(days=1), time(10))


class Told(DeedForm):
    heard = forms.CharField(label="接听人", max_length=80)
    words = forms.CharField(
        label="客户的意见", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class Back(Counts):
    remark = forms.CharField(label="说明", max_length=200, required=False)

    def add(self, one: Carried) -> None:
        if one.fate.to_come_back > 0:
            most = one.fate.to_come_back
            self.row(f"q-{one.row.pk}", one, quantity(f"{one.row.pallet.number} 退回", most, most))

    def given(self) -> dict[str, Any]:
        return super().given() | {"rows": [(one.row, amount) for one, amount in self.counted()]}


class Loss(Counts):
    reason = ReasonField(label="丢失的情况")

    def add(self, one: Carried) -> None:
        most = one.fate.under_way + one.fate.to_come_back
        if most > 0:
            self.row(f"q-{one.row.pk}", one, quantity(f"{one.row.pallet.number} 丢失", most))

    def given(self) -> dict[str, Any]:
        return super().given() | {"rows": [(one.row, amount) for one, amount in self.counted()]}


class Checked(DeedForm):
    kind = forms.ChoiceField(label="状态", choices=Checkpoint.Kind.choices, initial=Checkpoint.Kind.MOVING)
    seen_at = forms.DateTimeField(label="发生时间", initial=now_to_the_minute)
    place = forms.CharField(label="地点", max_length=80, required=False)
    words = forms.CharField(label="说明", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class Answered(Pairs):
    suffixes = ("l", "r")
    needs_rows = False

    words = forms.CharField(
        label="如何答复客户",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="补发、退换、折让或说明",
    )

    def add(self, one: Carried) -> None:
        if (most := one.fate.arrived) > 0:
            number = one.row.pallet.number
            self.pair(one, quantity(f"{number} 未收到", most), quantity(f"{number} 拒收", most))


class FileReceipt(DeedForm):
    signer = forms.CharField(label="签收人", max_length=40)
    signed_at = forms.DateTimeField(label="签收时间", initial=now_to_the_minute)
    condition = forms.ChoiceField(label="货物状况", choices=Receipt.Condition.choices)
    paper = forms.FileField(
        label="回单扫描件或照片",
        help_text="PDF 或照片，不超过 20 MB",
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
    )
    remark = forms.CharField(label="备注", max_length=500, required=False)

    def prepare(self) -> None:
        self.initial["signer"] = self.shipment.receiver


class Pickup(Counts):
    signer = forms.CharField(label="提货人", max_length=40)
    document = forms.CharField(
        label="证件后四位", max_length=4, min_length=4, help_text="身份证或驾驶证末四位，核对本人"
    )
    plate = forms.CharField(label="车牌", max_length=20, required=False)
    condition = forms.ChoiceField(label="货物状况", choices=Receipt.Condition.choices)
    paper = forms.FileField(
        label="签字的提货单照片",
        help_text="提货人在销售发货单上签字后拍照；PDF 或照片，不超过 20 MB",
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
    )
    remark = forms.CharField(label="备注", max_length=400, required=False, help_text="短少、破损的托盘和数量")

    def prepare(self) -> None:
        super().prepare()
        self.initial["signer"] = self.shipment.driver

    def add(self, one: Carried) -> None:
        if (left := one.fate.under_way) > 0:
            self.row(f"q-{one.row.pk}", one, quantity(f"{one.row.pallet.number} 提货", left, left))

    def given(self) -> dict[str, Any]:
        """A row left empty was not taken along."""
        rows = [(one.row, self.cleaned_data.get(name) or ZERO) for name, one in self.of.items()]
        return super().given() | {"rows": rows}


class ScanForm(ActionForm):
    """A pallet's code: typed, or read from a photo of its label."""

    code = forms.CharField(
        label="托盘号",
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off", "autocapitalize": "characters"}),
        help_text="对准托盘标签上的二维码用扫码枪扫；也可手输",
    )
    photo = forms.FileField(
        label="拍照识别",
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
        help_text="拍下托盘标签上的二维码，JPG 或 PNG，不超过 20 MB",
    )
    photographed = missed = ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        photo = cleaned.pop("photo", None)
        if photo:
            try:
                self.photographed = cleaned["code"] = code_on(photo)
            except ValidationError as error:
                self.add_error("photo", error)
        return cleaned

    @property
    def read(self) -> str:
        """The code as it was typed or read."""
        return (self.photographed or str(self.data.get("code", "")))[:60]

    def forget(self) -> None:
        """What was refused is shown, and no longer stands in the field, where the next scan would be added to it."""
        self.missed = f"「{self.read}」没有扫入" if self.read else ""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data["code"] = ""
        self.data = data


class Waive(RowsForm):
    """Which of the shipment's orders, and why its goods may leave before the signed return."""

    number = forms.ChoiceField(label="订单")
    reason = ReasonField(label="未收到回传而先发货的原因")

    def __init__(self, data: Any = None, *, orders: Iterable[Order], **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["number"].choices = [(order.number, order.number) for order in orders]  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        return {}


class CarrierForm(RecordForm):
    regions = forms.CharField(
        label="地区时效",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="每行一个地区和天数，如「浙江 2」「乌鲁木齐 7」；按收货地址中出现的地区计，最具体的优先",
    )

    class Meta:
        model = Carrier
        fields = ["code", "name", "phone", "freight", "lead_days", "adapter", "is_active", "remark"]

    def __init__(self, *args: Any, instance: Carrier | None = None, **kwargs: Any) -> None:
        super().__init__(*args, instance=instance, **kwargs)
        ways = [("", "人工登记"), *((code, adapter.label) for code, adapter in ADAPTERS.items())]
        given = self.fields["adapter"]
        self.fields["adapter"] = forms.ChoiceField(
            label=given.label, required=False, choices=ways, help_text=given.help_text
        )
        if instance:
            self.fields["code"].disabled = True
            self.initial["regions"] = "\n".join(f"{lead.region} {lead.days}" for lead in instance.leads.all())  # type: ignore[attr-defined]

    def clean_regions(self) -> list[tuple[str, int]]:
        found = []
        for number, line in enumerate(self.cleaned_data["regions"].splitlines(), 1):
            words = line.split()
            if not words:
                continue
            if len(words) != 2 or not (words[1].isascii() and words[1].isdigit() and len(words[1]) <= 2):
                raise forms.ValidationError(f"第 {number} 行应为「地区 天数」，如「浙江 2」。")
            if len(words[0]) > 20:
                raise forms.ValidationError(f"第 {number} 行的地区名太长。")
            found.append((words[0], int(words[1])))
        return found

    def given(self) -> dict[str, Any]:
        given = super().given()
        return given | {"leads": given.pop("regions")}

"""The order entry form: what was heard, the header, the lines. Incomplete is allowed; out of bounds is not."""

from decimal import Decimal
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils import timezone

from accounts.forms_base import ActionForm, PlainForm
from accounts.pickers import PickField, TypedPick
from accounts.rows import Rows, up_to
from audit.errors import Refused
from catalog.models import Product
from catalog.queries import products_by_code
from customers.models import Address, Contact, Customer, Memo
from orders.amounts import MOST_MONEY, MOST_PRICE, MOST_QUANTITY, LineRefused
from orders.forms import differing
from orders.forms.differing import number
from orders.models import Channel, DeliveryWay, Freight, InvoiceKind, Kind, Order, Revision, RevisionLine
from orders.terms import HEADER_FIELDS, MOST_LINES, LineInput

CHANNELS = [choice for choice in Channel.choices if choice[0] != Channel.IMPORT]
HEARD = ("caller", "caller_phone", "words", "read_back", "reply_promised_by", "missing")


def decimal_field(label: str, *, digits: int, places: int, most: Decimal, **options: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=Decimal(0),
        max_value=most,
        max_digits=digits,
        decimal_places=places,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        **options,
    )


def day_field(label: str, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget, **options)


def text(label: str, most: int, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=most, **options)


def area(label: str, most: int, rows: int = 2, **options: Any) -> forms.CharField:
    return text(label, most, widget=forms.Textarea(attrs={"rows": rows}), **options)


class MomentField(forms.DateTimeField):
    """A date and time as the browser's own field sends it."""

    def __init__(self, label: str, **options: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(label=label, widget=widget, **options)

    def prepare_value(self, value: Any) -> Any:
        return timezone.localtime(value) if hasattr(value, "tzinfo") and value and value.tzinfo else value


class CustomerField(PickField):
    """A customer typed as code, name, or any part that fits one alone."""

    def __init__(self) -> None:
        super().__init__(queryset=Customer.objects.none(), url_name="customers:options", label="客户")
        self.widget = TypedPick("customers:options", "编号、名称或拼音首字母")
        self.widget.is_required = True
        self.widget.attrs |= {"hx-get": reverse_lazy("orders:customer_block"), "hx-trigger": "change"}
        self.widget.attrs |= {"hx-target": "#customer-block", "hx-swap": "outerHTML", "hx-params": "customer"}


class LineForm(PlainForm):
    """One line. `line_id` is the identity of a line that is already there; an empty row is left out."""

    line_id = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)
    product = text("产品", 130, widget=TypedPick("catalog:options", "编号或品名"))
    spec = text("规格", 200)
    quantity = decimal_field("数量", digits=14, places=3, most=MOST_QUANTITY)
    unit = text("单位", 10)
    price = decimal_field("含税单价", digits=14, places=4, most=MOST_PRICE)
    from_stock = decimal_field("其中现货", digits=14, places=3, most=MOST_QUANTITY)
    tolerance_minus = decimal_field("允差 −%", digits=5, places=2, most=Decimal(100))
    tolerance_plus = decimal_field("允差 +%", digits=5, places=2, most=Decimal(100))
    formula = text("工艺配方", 80)
    packaging = text("包装要求", 200)
    label_text = text("标签内容", 200)
    special = text("特殊规定", 500)
    remark = text("备注", 500)
    needs_sample = forms.BooleanField(label="需签样", required=False)

    # Set by the formset from one query for all rows.
    found: Product | None = None
    reference: Any = None
    # Of an amendment: what of the line is done already, by the field that may not go against it.
    bounds: dict[str, str] = {}
    # Beside 「其中现货」: what could be reserved now (`orders.forms.in_stock`).
    in_stock: Any = None

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("product"):
            if any(given.get(name) for name in ("quantity", "price", "spec")) and "product" not in self.errors:
                self.add_error("product", "请选择产品。")
            return given
        if not given.get("quantity") and "quantity" not in self.errors:
            self.add_error("quantity", "请填写数量。")
        if (given.get("quantity") or 0) * (given.get("price") or 0) > MOST_MONEY:
            self.add_error("quantity", "金额过大，请核对数量和单价。")
        if (given.get("from_stock") or 0) > (given.get("quantity") or 0) and "from_stock" not in self.errors:
            self.add_error("from_stock", "不能超过订货数量。")
        return given

    @property
    def is_empty(self) -> bool:
        return not self.cleaned_data.get("product")

    def as_input(self) -> LineInput:
        given = self.cleaned_data
        assert self.found is not None  # noqa: S101 (the formset is valid)
        numbers: dict[str, Any] = {
            name: given.get(name) or Decimal(0) for name in ("from_stock", "tolerance_minus", "tolerance_plus")
        }
        texts: dict[str, Any] = {
            name: given.get(name) or ""
            for name in ("unit", "spec", "formula", "packaging", "label_text", "special", "remark")
        }
        return LineInput(
            product=self.found,
            quantity=given["quantity"],
            price=given.get("price"),
            needs_sample=bool(given.get("needs_sample")),
            line_id=given.get("line_id"),
            **numbers,
            **texts,
        )


class Lines(Rows):
    """Rows of an order; every product is looked up at once."""

    def clean(self) -> None:
        rows = [form for form in self.forms if form.is_bound and hasattr(form, "cleaned_data")]
        codes = {code_of(form.cleaned_data.get("product", "")) for form in rows} - {""}
        known = products_by_code(codes)
        for form in rows:
            code = code_of(form.cleaned_data.get("product", ""))
            form.found = known.get(code)
            if form.cleaned_data.get("DELETE") or not code:
                continue
            if form.found is None:
                form.add_error("product", "没有这个产品，请从列表中选择。")
            elif not form.found.is_active and not form.cleaned_data.get("line_id"):
                form.add_error("product", "此产品已停售。")

    @property
    def kept(self) -> list[LineForm]:
        return [form for form in self.forms if not form.is_empty and not form.cleaned_data.get("DELETE")]

    def inputs(self) -> list[LineInput]:
        return [form.as_input() for form in self.kept]


def code_of(typed: str) -> str:
    """The code that «code name» begins with."""
    return typed.split()[0].upper() if typed.split() else ""


class OrderForm(ActionForm):
    """Header and lines of an order; with `revision` for editing one that is not approved yet."""

    customer = CustomerField()
    memo = forms.ModelChoiceField(
        label="已有备忘录", required=False, queryset=Memo.objects.none(), empty_label="不选用"
    )
    channel = forms.ChoiceField(label="下单方式", choices=CHANNELS, initial=Channel.PHONE)
    kind = forms.ChoiceField(label="订单类别", choices=Kind.choices, initial=Kind.NORMAL)
    customer_reference = text("客户单号", 40)

    caller = text("来电/来访人", 40)
    caller_phone = text("联系电话", 40)
    reply_promised_by = MomentField("答应答复的时间", required=False)
    read_back = forms.BooleanField(label="已核对并重复确认", required=False)
    words = area("客户原话", 4000, 3)
    missing = area("尚缺内容", 1000, 1)

    contact = forms.ModelChoiceField(label="联系人", required=False, queryset=Contact.objects.none())
    address = forms.ModelChoiceField(label="收货地址", required=False, queryset=Address.objects.none())
    requested_on = day_field("客户要求交期")
    delivery_way = forms.ChoiceField(label="交货方式", required=False, choices=[("", "请选择"), *DeliveryWay.choices])
    freight = forms.ChoiceField(label="运费", required=False, choices=[("", "请选择"), *Freight.choices])
    split_allowed = forms.BooleanField(label="可分批发货", required=False)
    invoice_kind = forms.ChoiceField(label="开票类型", required=False, choices=[("", "请选择"), *InvoiceKind.choices])
    payment_terms = text("付款方式", 200)
    special = area("特殊要求", 2000, help_text="会印在订单确认书上")
    supervision = area("监督工作提示", 2000, help_text="只印在内部联")

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        user: Any,
        customer: Customer | None = None,
        revision: Revision | None = None,
        rows: list[dict[str, Any]] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(data, files, subject=revision.order if revision else None, **options)
        self.user = user
        self.revision = revision
        self.customer_field.queryset = Customer.objects.visible_to(user).filter(is_active=True)
        self.chosen = customer or (revision.order.customer if revision else None) or self.typed_customer()
        extra = 0 if rows else 1
        self.lines = up_to(MOST_LINES, LineForm, extra=extra, base=Lines)(data, initial=rows or [], prefix="lines")
        self.offer_choices()
        if revision:
            for name in ("customer", "kind", "memo", *HEARD):
                del self.fields[name]

    def typed_customer(self) -> Customer | None:
        """The customer of the form as sent, so that its contacts and addresses can be chosen from."""
        typed = str(self.data.get(self.add_prefix("customer"), ""))[:120] if self.is_bound else ""
        try:
            return self.customer_field.to_python(typed)  # type: ignore[return-value]
        except forms.ValidationError:
            return None

    @property
    def customer_field(self) -> CustomerField:
        field = self.fields["customer"]
        assert isinstance(field, CustomerField)  # noqa: S101 (declared so)
        return field

    def offer_choices(self) -> None:
        """Contacts, addresses and memos are the customer's own."""
        if self.chosen is None:
            return
        choices = {
            "contact": Contact.objects.filter(customer=self.chosen, is_active=True).order_by("-may_sign", "id"),
            "address": Address.objects.filter(customer=self.chosen, is_active=True).order_by("-is_default", "id"),
            "memo": Memo.objects.visible_to(self.user).filter(customer=self.chosen, order_number="").order_by("-id"),
        }
        for name, queryset in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
            field.queryset = queryset

    def is_valid(self) -> bool:
        return all([super().is_valid(), self.lines.is_valid()])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        heard = any(given.get(name) for name in HEARD)
        if heard and given.get("memo"):
            self.add_error("memo", "已选用备忘录，就不必再记一份；补充内容请记在那份备忘录上。")
        elif heard:
            for name, message in (("words", "请记下客户的原话。"), ("caller", "请写明来电或来访的是谁。")):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, message)
        return given

    def header(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in HEADER_FIELDS}

    def given(self) -> dict[str, Any]:
        facts = {
            "header": self.header(),
            "lines": self.lines.inputs(),
            "channel": self.cleaned_data["channel"],
            "customer_reference": self.cleaned_data["customer_reference"],
        }
        if self.revision:
            return facts
        facts |= {"customer": self.cleaned_data["customer"], "kind": self.cleaned_data["kind"]}
        if self.has_heard:
            return facts | {"heard": self.heard()}
        return facts | {"memo": self.cleaned_data.get("memo")}

    @property
    def has_heard(self) -> bool:
        """Whether a memo is to be written with the order."""
        return not self.revision and bool(self.cleaned_data.get("words"))

    def heard(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in HEARD} | {"channel": self.cleaned_data["channel"]}

    def differences(self) -> list[tuple[str, str, str]]:
        """Header fields, then each line's fields that differ from the record as it stands (B3)."""
        return [*super().differences(), *differing.of_lines(self.lines.forms, self.lines.initial)]

    def say(self, refusal: Refused) -> None:
        """What a line was refused for stands beside the line's own field."""
        if not isinstance(refusal, LineRefused):
            return super().say(refusal)
        self.lines.kept[refusal.position - 1].add_error(refusal.field, refusal.words)

    @property
    def line_errors(self) -> list[tuple[int, str, str, str]]:
        """(row, label, message, id) for the summary on top."""
        found = []
        for at, form in enumerate(self.lines.forms, 1):
            for name, messages in form.errors.items():
                field = form[name] if name in form.fields else None
                label = field.label if field else ""
                found += [(at, label, message, field.id_for_label if field else "") for message in messages]
        return found


def header_of(revision: Revision) -> dict[str, Any]:
    order = revision.order
    return {name: getattr(revision, name) for name in HEADER_FIELDS} | {
        "channel": order.channel,
        "kind": order.kind,
        "customer_reference": order.customer_reference,
    }


def row_of(row: RevisionLine, *, copied: bool = False) -> dict[str, Any]:
    """A line as the form shows it; a copied one has no identity and takes today's price."""
    texts = ("spec", "unit", "formula", "packaging", "label_text", "special", "remark", "needs_sample")
    numbers = ("quantity", "from_stock", "tolerance_minus", "tolerance_plus")
    given = {name: getattr(row, name) for name in texts}
    given |= {name: number(getattr(row, name)) for name in numbers}
    given["product"] = f"{row.product.code} {row.product.name}"
    given["price"] = "" if copied else number(row.price)
    given["line_id"] = None if copied else row.line_id
    return given


def copied_header(order: Order) -> dict[str, Any]:
    """What a repeat order takes over: not the dates."""
    assert order.revision is not None  # noqa: S101
    return header_of(order.revision) | {"requested_on": None, "customer_reference": "", "kind": Kind.NORMAL}

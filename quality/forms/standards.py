"""A product standard as it is written, and what is filled in by it at an inspection."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from accounts.forms_base import ActionForm, PlainForm, ReasonField, dressed
from accounts.rows import up_to
from production.forms.editions import EditionForm
from production.forms.fields import Given
from quality.actions.standards import MOST_ITEMS, Item
from quality.measuring import Ask, Asked, Found
from quality.models import ItemKind
from quality.sampling import AQLS, LEVELS

BETWEEN = re.compile(r"[\s,，、;；]+")
MOST_VALUES = 3150


def as_aql(text: str) -> Decimal:
    """Raises ValueError for what is no number: all that a field looks out for."""
    try:
        return Decimal(text)
    except InvalidOperation as problem:
        raise ValueError(text) from problem


class ItemForm(PlainForm):
    """One row of a standard."""

    item = forms.CharField(label="检验项目", max_length=40)
    kind = forms.ChoiceField(label="类别", choices=[("measured", "计量"), ("attribute", "计数")])
    lower = forms.DecimalField(label="下限", required=False, max_digits=12, decimal_places=4)
    upper = forms.DecimalField(label="上限", required=False, max_digits=12, decimal_places=4)
    unit = forms.CharField(label="单位", required=False, max_length=12)
    target = forms.CharField(label="标准值或要求", required=False, max_length=80)
    method = forms.CharField(label="检验方法", required=False, max_length=80)
    aql = forms.TypedChoiceField(label="AQL", coerce=as_aql, choices=[(aql, aql) for aql in AQLS], initial="1.5")
    level = forms.ChoiceField(label="水平", choices=[(level, level) for level in LEVELS], initial="II")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.widget = dressed(field)

    def clean(self) -> Given:
        given = super().clean() or self.cleaned_data
        low, high = given.get("lower"), given.get("upper")
        typed = not self.has_error("lower") and not self.has_error("upper")
        if typed and given.get("kind") == ItemKind.MEASURED and low is None and high is None:
            self.add_error("lower", "计量项目须有上限或下限。")
        if low is not None and high is not None and low > high:
            self.add_error("upper", "上限不能小于下限。")
        return given


ItemFormSet = up_to(MOST_ITEMS, ItemForm, least=1)


class StandardForm(EditionForm):
    rows_name = "items"
    rows_class = ItemFormSet
    rows_error = "请核对检验项目。"

    title = forms.CharField(label="标准名称", max_length=80, help_text="如：Q/YQ 003 热敏不干胶标签出厂标准")

    def rows_of(self, shown: Any) -> list[Given]:
        return [row_of(item) for item in shown.items.order_by("position")]

    def input_of(self, row: Given) -> Item:
        return Item(**row)


def row_of(item: Any) -> Given:
    row = {name: getattr(item, name) for name in ItemForm.base_fields}
    for name in ("lower", "upper"):
        row[name] = None if row[name] is None else f"{row[name].normalize():f}"
    row["aql"] = next(aql for aql in AQLS if Decimal(aql) == item.aql)
    return row


class SteerForm(ActionForm):
    what = forms.ChoiceField(
        label="事项",
        choices=[
            ("", "请选择"),
            ("steady", "生产稳定，得分满 30 即转放宽"),
            ("irregular", "生产不稳定，不用放宽"),
            ("resume", "已纠正，恢复加严检验"),
        ],
    )
    reason = ReasonField()


class MeasuredMixin:
    """The fields of each characteristic: `item<id>` for the values, `bad<id>` for the count of bad ones."""

    fields: dict[str, forms.Field]
    cleaned_data: Given
    ask: Ask | None

    def add_items(self, ask: Ask | None) -> None:
        self.ask = ask
        for asked in ask.items if ask else []:
            pk = asked.item.pk
            if asked.item.kind == ItemKind.MEASURED:
                widget = forms.Textarea(attrs={"rows": 2, "inputmode": "decimal", "autocomplete": "off"})
                self.fields[f"item{pk}"] = forms.CharField(
                    label=f"{asked.item.item} 实测值", required=False, max_length=40_000, widget=widget
                )
            bad = forms.IntegerField(
                label=f"{asked.item.item} 不合格品数", required=False, min_value=0, max_value=asked.plan.sample_size
            )
            bad.widget = dressed(bad)
            if asked.item.kind == ItemKind.MEASURED:
                bad.help_text = "判返工、报废时可只填此项"
            self.fields[f"bad{pk}"] = bad

    def asked(self) -> Iterator[tuple[Asked, Any, Any]]:
        """Each characteristic with its plan and its fields, for the template."""
        for asked in self.ask.items if self.ask else []:
            pk = asked.item.pk
            name = f"item{pk}"
            yield asked, self[name] if name in self.fields else None, self[f"bad{pk}"]  # type: ignore[index]

    def check_items(self) -> None:
        for asked in self.ask.items if self.ask else []:
            self.check_item(asked)

    def check_item(self, asked: Asked) -> None:
        name, bad, size = f"item{asked.item.pk}", f"bad{asked.item.pk}", asked.plan.sample_size
        said = self.cleaned_data.get(name) or ""
        try:
            values = read(said)
        except InvalidOperation as error:
            return self.add_error(name, f"「{error.args[0]}」不是数值；每个值之间用空格或换行。")  # type: ignore[attr-defined]
        self.cleaned_data[name] = values
        if values and len(values) != size:
            self.add_error(name, f"须测 {size} 个，已填 {len(values)} 个。")  # type: ignore[attr-defined]
        if not values and self.cleaned_data.get(bad) is None and not self.has_error(bad):  # type: ignore[attr-defined]
            both = f"请填写 {size} 个实测值，或不合格品数。" if name in self.fields else "请填写不合格品数，没有填 0。"
            self.add_error(name if name in self.fields else bad, both)  # type: ignore[attr-defined]

    def found(self) -> list[Found]:
        return [
            Found(
                asked.item.pk,
                tuple(self.cleaned_data.get(f"item{asked.item.pk}") or ()),
                self.cleaned_data.get(f"bad{asked.item.pk}"),
            )
            for asked in (self.ask.items if self.ask else [])
        ]


def read(text: str) -> list[Decimal]:
    """The values of a field as they are typed or pasted; InvalidOperation carries the one that is none."""
    found = []
    for word in [word for word in BETWEEN.split(text.strip()) if word][: MOST_VALUES + 1]:
        try:
            value = Decimal(word)
        except InvalidOperation:
            raise InvalidOperation(word) from None
        if not value.is_finite() or abs(value) >= Decimal(10) ** 8 or len(word) > 14:
            raise InvalidOperation(word)
        found.append(value)
    return found

"""The sheet of a shift, typed or pasted, and the signature of a day."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone

from accounts.forms_base import ActionForm, ReasonField, dressed
from orders.models import RevisionLine, State, Status
from production import pasting
from production.actions.sheets import LONGEST_SHIFT, SheetRow
from production.forms.fields import ZERO, Given, LinesForm, amount_field, machine_field, step_field
from production.models import Shift

COUNTS = [
    ("yes", "末道工序：合格数计入订单"),
    ("no", "中间工序：只记工序进度"),
]
BY_CARD = "有工艺卡的行按所选工序判断，不用选"

HEAD = ("day", "shift", "step", "machine", "counted", "reason")


def head_fields() -> dict[str, forms.Field]:
    """Day, shift, step and machine: once for the whole sheet."""
    return {
        "day": forms.DateField(label="日期", initial=timezone.localdate),
        "shift": forms.ChoiceField(label="班次", choices=Shift.choices),
        "step": step_field(),
        "machine": machine_field(),
        "counted": forms.ChoiceField(label="合格数", choices=COUNTS, initial="yes", help_text=BY_CARD),
        "reason": ReasonField(
            required=False, label="补报原因", help_text="当日日报已签字，或同样数量又报一次时填写", max_length=500
        ),
    }


class SheetForm(LinesForm):
    """Typed in: a row per line in work."""

    def __init__(self, data: Any = None, *, lines: Iterable[RevisionLine]) -> None:
        super().__init__(data, subject=None, lines=lines)  # type: ignore[arg-type]
        for name, field in head_fields().items():
            self.fields[name] = field
        dress(self)

    def fields_of(self, line: RevisionLine) -> dict[str, forms.Field]:
        hours = forms.DecimalField(
            label="工时", required=False, min_value=ZERO, max_value=LONGEST_SHIFT, max_digits=6, decimal_places=2
        )
        hours.widget = forms.TextInput(attrs={"inputmode": "decimal", "size": 4, "autocomplete": "off"})
        return {
            "good": amount_field("合格"),
            "scrap": amount_field("废品"),
            "hours": hours,
            "remark": forms.CharField(label="备注", required=False, max_length=500),
        }

    def clean(self) -> Given:
        cleaned = super().clean()
        filled = list(self.filled())
        for line_id, row in filled:
            if not row["good"] and not row["scrap"] and not row["hours"]:
                self.lacks(line_id, "good", "请填数量。")
        if not filled and not self.errors:
            raise forms.ValidationError("请至少填写一行的产量。")
        return cleaned

    def given(self) -> Given:
        rows = [
            SheetRow(pk, row["good"] or ZERO, row["scrap"] or ZERO, row["remark"] or "", row["hours"] or ZERO, at)
            for at, (pk, row) in enumerate(self.filled(), 1)
        ]
        given = super().given()
        return {**given, "counted": given["counted"] == "yes", "rows": rows}


class PasteForm(ActionForm):
    """Pasted from a spreadsheet: read, found among the orders in work, and kept as it came."""

    pasted = forms.CharField(
        label="从表格粘贴",
        max_length=40_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "wrap": "off"}),
        help_text="列依次为：订单号、行、合格、废品、工时、备注；带表头则按表头认列，可另有「产品编号」「单位」列核对；改单换过行号的须有产品编号",
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        for name, field in head_fields().items():
            self.fields[name] = field
        dress(self)
        self.found: list[SheetRow] = []

    @property
    def others(self) -> list[Any]:
        return [self[name] for name in HEAD]

    def clean_pasted(self) -> str:
        text: str = self.cleaned_data["pasted"]
        read = pasting.read(text)
        numbers = {row.order for row in read.rows}
        lines, overtaken = lines_named(numbers), overtaken_numbers(numbers)
        errors = list(read.errors)
        for row in read.rows:
            if not row.order:
                continue
            try:
                line = line_of(row, lines.get(row.order, []), overtaken)
            except ValueError as error:
                errors.append(f"第 {row.at} 行：{error}")
                continue
            if not (row.good or row.scrap or row.hours):
                errors.append(f"第 {row.at} 行：合格、废品、工时都是空的；没有做的不必报。")
            self.found.append(SheetRow(line, row.good, row.scrap, row.remark, row.hours, row.at))
        if errors:
            raise forms.ValidationError(
                [*errors[:20], *([f"另有 {len(errors) - 20} 处。"] if len(errors) > 20 else [])]
            )
        return text

    def given(self) -> Given:
        given = super().given()
        return {**given, "counted": given["counted"] == "yes", "rows": self.found}


def dress(form: ActionForm) -> None:
    for name in HEAD:
        form.fields[name].widget = dressed(form.fields[name])


def lines_named(numbers: set[str]) -> dict[str, list[RevisionLine]]:
    rows = RevisionLine.objects.filter(revision__order__number__in=numbers, revision__status=Status.IN_FORCE)
    found: dict[str, list[RevisionLine]] = {}
    for row in rows.select_related("revision__order", "product").order_by("position"):
        found.setdefault(row.revision.order.number, []).append(row)
    return found


def overtaken_numbers(numbers: set[str]) -> set[tuple[str, int, int]]:
    """(order, number, line) as 生产指令单 that an amendment overtook have it: a sheet may still follow one of them."""
    rows = RevisionLine.objects.filter(revision__order__number__in=numbers, revision__released_at__isnull=False)
    earlier = rows.exclude(revision__status=Status.IN_FORCE)
    return set(earlier.values_list("revision__order__number", "position", "line"))


def line_of(row: pasting.Row, lines: list[RevisionLine], overtaken: set[tuple[str, int, int]]) -> int:
    """The line that a pasted row means. Raises ValueError with why there is none."""
    if not lines:
        raise ValueError(f"没有下达生产的订单「{row.order[:30]}」。")
    order = lines[0].revision.order
    if order.state != State.PRODUCTION:
        raise ValueError(f"{order.number} 现为「{order.get_state_display()}」，不能报工。")
    if row.line is None:
        lines = [line for line in lines if line.to_make > 0]
        if len(lines) != 1:
            raise ValueError(f"{order.number} 有多行，请填行号。")
    else:
        lines = [line for line in lines if line.position == row.line]
        if not lines:
            raise ValueError(f"{order.number} 没有第 {row.line} 行。")
    (line,) = lines
    if row.code and row.code != line.product.code.upper():
        raise ValueError(f"{order.number} 第 {line.position} 行是 {line.product.code}，表中写的是「{row.code[:30]}」。")
    others = [pk for number, at, pk in overtaken if (number, at) == (order.number, row.line) and pk != line.line_id]
    if others and not row.code:
        raise ValueError(f"{order.number} 改单后第 {row.line} 行已是另一行，请加「产品编号」列。")
    if row.unit and row.unit != line.unit:
        raise ValueError(f"单位是「{line.unit}」，表中写的是「{row.unit[:10]}」。")
    return line.line_id


class SignDayForm(ActionForm):
    note = forms.CharField(
        label="说明",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="当日没有报工时必填：停机检修、待料等",
    )

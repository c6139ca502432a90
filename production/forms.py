"""What people fill in here. A form with a row per line names its fields `<line>-<field>`."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Model
from django.utils import timezone

from accounts.forms_base import ActionForm, ReasonField, dressed
from documents.attachments import ACCEPT
from orders.models import RevisionLine
from production.actions.making import Made
from production.actions.signing import VERDICTS, DateWord, LineWord, MaterialWord
from production.actions.stock import Put
from production.models import AnomalyKind, Batch, Shift, Verdict

ZERO = Decimal(0)
Given = dict[str, Any]


def amount_field(label: str, *, required: bool = False, initial: Decimal | None = None) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=required,
        min_value=ZERO,
        max_digits=14,
        decimal_places=3,
        initial=initial and f"{initial.normalize():f}",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 8, "autocomplete": "off"}),
    )


def words_field(label: str, *, required: bool = True, rows: int = 3, **more: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=required, max_length=2000, widget=widget, **more)


def paper_field(label: str) -> forms.FileField:
    return forms.FileField(label=label, required=False, widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}))


class LinesForm(ActionForm):
    """One row of fields per line; a row that nobody filled in is left as it is."""

    def __init__(
        self, data: Any = None, files: Any = None, *, subject: Model, lines: Iterable[RevisionLine], **options: Any
    ) -> None:
        super().__init__(data, files, subject=subject)
        self.options = options
        self.lines = {line.line_id: line for line in lines}
        for line in self.lines.values():
            for name, field in self.fields_of(line).items():
                field.widget = dressed(field)
                field.widget.attrs["aria-label"] = f"第 {line.position} 行 {field.label}"
                self.fields[f"{line.line_id}-{name}"] = field

    def fields_of(self, line: RevisionLine) -> dict[str, forms.Field]:
        """The fields of one row, by name."""
        return {}

    def rows(self) -> Iterator[tuple[RevisionLine, list[Any]]]:
        """Each line with its fields, for the template."""
        for line in self.lines.values():
            yield line, [self[f"{line.line_id}-{name}"] for name in self.names]

    @property
    def names(self) -> list[str]:
        return list(self.fields_of(next(iter(self.lines.values())))) if self.lines else []

    def heads(self) -> list[str]:
        """The columns of the table."""
        first = next(iter(self.lines.values()), None)
        return [str(field.label) for field in self.fields_of(first).values()] if first else []

    def others(self) -> list[Any]:
        """The ordinary fields."""
        return [field for field in self.visible_fields() if "-" not in field.name]

    def filled(self) -> Iterator[tuple[int, Given]]:
        """(line, what was filled in) of each row that says something."""
        for line_id in self.lines:
            given = {name: self.cleaned_data.get(f"{line_id}-{name}") for name in self.names}
            if self.says_something(given):
                yield line_id, given

    def says_something(self, given: Given) -> bool:
        return any(value not in (None, "") for value in given.values())

    def clean(self) -> Given:
        """A row that was on the page and is gone now must not vanish silently."""
        gone = [
            name
            for name, value in self.data.items()
            if value and name not in self.fields and name.partition("-")[0].isdigit()
        ]
        if gone:
            raise forms.ValidationError("有一行已不在此版本中，请刷新后核对。")
        return super().clean() or self.cleaned_data

    def lacks(self, line_id: int, name: str, said: str) -> None:
        if not self.has_error(f"{line_id}-{name}"):
            self.add_error(f"{line_id}-{name}", said)

    def given(self) -> Given:
        return {name: value for name, value in super().given().items() if "-" not in name}


class TechnicalForm(LinesForm):
    """Lines that nobody has spoken on yet begin with «可以生产»; the others are left unless changed."""

    def fields_of(self, line: RevisionLine) -> dict[str, forms.Field]:
        said: dict[int, Any] = self.options["said"]
        word = said.get(line.line_id)
        return {
            "verdict": forms.ChoiceField(
                label="结论",
                choices=[("", "不改"), *VERDICTS.items()],
                required=False,
                initial="" if word and word.stands else "can",
            ),
            "text": forms.CharField(label="书面说明 / 建议", required=False, max_length=500),
            "paper": paper_field("客户签字配方"),
        }

    def says_something(self, given: Given) -> bool:
        return bool(given["verdict"])

    def given(self) -> Given:
        rows = [
            LineWord(line_id, row["verdict"], row["text"] or "", row["paper"] or None) for line_id, row in self.filled()
        ]
        return {"words": rows}


class MaterialForm(LinesForm):
    def fields_of(self, line: RevisionLine) -> dict[str, forms.Field]:
        return {
            "text": forms.CharField(label="原材料状况", required=False, max_length=500),
            "free": amount_field("可用"),
            "short": amount_field("缺口"),
            "arrives_on": forms.DateField(label="预计到料", required=False),
        }

    def clean(self) -> Given:
        cleaned = super().clean()
        for line_id, row in self.filled():
            if not row["text"]:
                self.lacks(line_id, "text", "请写明原材料状况。")
            if row["short"] and not row["arrives_on"]:
                self.lacks(line_id, "arrives_on", "有缺口的请写预计到料日。")
        return cleaned

    def given(self) -> Given:
        rows = [
            MaterialWord(line_id, row["text"], row["free"], row["short"], row["arrives_on"])
            for line_id, row in self.filled()
        ]
        return {"words": rows}


class DatesForm(LinesForm):
    def fields_of(self, line: RevisionLine) -> dict[str, forms.Field]:
        return {
            "start_on": forms.DateField(label="生产日", required=False),
            "finish_on": forms.DateField(label="完成日（复卷后）", required=False),
            "quantity": amount_field("数量", initial=line.to_make),
            "text": forms.CharField(label="说明", required=False, max_length=500),
        }

    def says_something(self, given: Given) -> bool:
        return bool(given["start_on"] or given["finish_on"] or given["text"])

    def clean(self) -> Given:
        cleaned = super().clean()
        for line_id, row in self.filled():
            for name, said in (("start_on", "请填生产日。"), ("finish_on", "请填完成日。"), ("quantity", "请填数量。")):
                if not row[name]:
                    self.lacks(line_id, name, said)
        return cleaned

    def given(self) -> Given:
        rows = [
            DateWord(line_id, row["finish_on"], row["start_on"], row["quantity"], row["text"] or "")
            for line_id, row in self.filled()
        ]
        return {"words": rows}


class ReportForm(LinesForm):
    """The day's output by line."""

    day = forms.DateField(label="日期")
    shift = forms.ChoiceField(label="班次", choices=Shift.choices)
    step = forms.CharField(label="工序", required=False, max_length=40)
    machine = forms.CharField(label="机台", required=False, max_length=40)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["day"].initial = timezone.localdate

    def fields_of(self, line: RevisionLine) -> dict[str, forms.Field]:
        return {
            "good": amount_field("合格"),
            "scrap": amount_field("废品"),
            "remark": forms.CharField(label="备注", required=False, max_length=500),
        }

    def clean(self) -> Given:
        cleaned = super().clean()
        for line_id, row in self.filled():
            if not row["good"] and not row["scrap"]:
                self.lacks(line_id, "good", "请填数量。")
        return cleaned

    def given(self) -> Given:
        rows = [
            Made(line_id, row["good"] or ZERO, row["scrap"] or ZERO, row["remark"] or "")
            for line_id, row in self.filled()
        ]
        return {**super().given(), "rows": rows}


class Plain(ActionForm):
    """A button."""


class RecallForm(ActionForm):
    """How many old copies came back, and from whom."""

    text = forms.CharField(label="收回情况", max_length=500, help_text="例：车间 2 份、技术部 1 份，均由王班长交回")

    def given(self) -> Given:
        return {**super().given(), "text": self.cleaned_data["text"]}


class Reason(ActionForm):
    reason = ReasonField()


class ExcessForm(ActionForm):
    """Which line, how much, why."""

    line_id = forms.TypedChoiceField(label="订单行", coerce=int)
    quantity = amount_field("转库存数量", required=True)
    reason = ReasonField()

    def __init__(self, *args: Any, lines: Iterable[RevisionLine], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["line_id"].choices = [(row.line_id, f"第 {row.position} 行 {row.product.name}") for row in lines]  # type: ignore[attr-defined]


class ScrapForm(ActionForm):
    """Which goods in stock, how much, why."""

    goods = forms.ChoiceField(label="在库托盘")
    quantity = amount_field("报废数量", required=True)
    reason = ReasonField()

    def __init__(self, *args: Any, lying: Iterable[dict[str, Any]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["goods"].choices = [  # type: ignore[attr-defined]
            (
                f"{row['there'].line_id}-{row['there'].pallet_id}",
                f"{row['pallet'].number} · {row['terms'].product.name} · {row['there'].quantity.normalize():f}",
            )
            for row in lying
        ]

    def given(self) -> Given:
        line, _, pallet = self.cleaned_data["goods"].partition("-")
        return {"line_id": int(line), "pallet_id": int(pallet), "quantity": self.cleaned_data["quantity"]}


class AnomalyForm(ActionForm):
    kind = forms.ChoiceField(
        label="类别", choices=[choice for choice in AnomalyKind.choices if choice[0] != AnomalyKind.AMENDED]
    )
    line_id = forms.TypedChoiceField(label="订单行", coerce=int, required=False, empty_value=None)
    text = words_field("情况")

    def __init__(self, *args: Any, lines: Iterable[RevisionLine], **options: Any) -> None:
        super().__init__(*args, **options)
        rows = [(row.line_id, f"第 {row.position} 行 {row.product.name}") for row in lines]
        self.fields["line_id"].choices = [("", "整单"), *rows]  # type: ignore[attr-defined]


class PlanForm(ActionForm):
    plan = words_field("处理方案")
    agreed = forms.BooleanField(label="已与相关人员商定，可按此执行", required=False)


class CloseForm(ActionForm):
    result = words_field("处理结果")


class StopForm(ActionForm):
    good = forms.CharField(label="成品", max_length=200, help_text="没有的写「无」")
    in_work = forms.CharField(label="在制品", max_length=200)
    scrap = forms.CharField(label="废品", max_length=200)
    material = forms.CharField(label="已用原材料", max_length=200)
    text = words_field("其他说明", required=False)


class InspectForm(ActionForm):
    """The four things that are looked at, the figures, and the verdict."""

    sample_size = forms.IntegerField(label="抽样数", min_value=1, max_value=1_000_000)
    measured = words_field("实测记录", help_text="宽度、长度、克重、外观等，逐项写明标准与实测。")
    quantity_ok = forms.BooleanField(label="数量相符", required=False)
    appearance_ok = forms.BooleanField(label="外观合格", required=False)
    packaging_ok = forms.BooleanField(label="包装合格", required=False)
    label_ok = forms.BooleanField(label="标签合格（型号、数量、生产日期）", required=False)
    verdict = forms.ChoiceField(label="结论", choices=Verdict.choices)
    scrap = amount_field("其中报废", initial=ZERO)
    conceded_by = forms.CharField(label="让步批准人", required=False, max_length=40, help_text="让步接收时必填")
    reason = ReasonField(required=False, help_text="结论不是「合格」时必填")
    paper = paper_field("检测报告附件")

    def given(self) -> Given:
        given = super().given()
        return given | {"scrap": given["scrap"] or ZERO}


class CountersignForm(ActionForm):
    note = forms.CharField(label="说明", required=False, max_length=500)


class PutForm(forms.Form):
    """One pallet."""

    number = forms.CharField(label="托盘号", required=False, max_length=40)
    quantity = amount_field("数量", required=True)
    pieces = forms.IntegerField(label="件数", min_value=0, max_value=100_000, initial=1)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["number"].widget.attrs["placeholder"] = "不填则自动编号"
        self.fields["pieces"].widget = dressed(self.fields["pieces"])


PutFormSet = forms.formset_factory(PutForm, extra=0, min_num=1, max_num=200, absolute_max=200, can_delete=True)


class ReceiveForm(ActionForm):
    """Pallets of a batch; the formset is checked with it."""

    shelf_until = forms.DateField(label="保质期至", required=False)

    def __init__(self, data: Any = None, *, batch: Batch) -> None:
        super().__init__(data, subject=batch.line.order)
        first = [{"quantity": f"{batch.to_stock.normalize():f}", "pieces": 1}]
        self.pallets = PutFormSet(data, prefix="pallets", initial=None if data else first)

    def clean(self) -> Given:
        if not self.pallets.is_valid():
            raise forms.ValidationError("请核对托盘的数量和件数。")
        return super().clean() or self.cleaned_data

    def given(self) -> Given:
        rows = [
            Put(row["quantity"], row["pieces"], row["number"])
            for row in self.pallets.cleaned_data
            if row and not row.get("DELETE")
        ]
        return {**super().given(), "pallets": rows}


class OutgoingForm(ActionForm):
    lot_ok = forms.BooleanField(label="批号相符", required=False)
    shelf_ok = forms.BooleanField(label="在保质期内", required=False)
    packing_ok = forms.BooleanField(label="包装完好", required=False)
    label_ok = forms.BooleanField(label="标签清晰相符", required=False)
    text = words_field("说明", required=False, rows=2)

"""Inspection, countersignature, stock receipt, and the check of what leaves."""

from collections.abc import Iterable
from typing import Any

from django import forms

from accounts.forms_base import ActionForm, PlainForm, ReasonField, dressed
from accounts.rows import up_to
from documents.audience import OPEN_TO_ALL
from production.forms.anomalies import PhotosField
from production.forms.fields import ZERO, Given, amount_field, paper_field, words_field
from production.models import Batch
from quality.actions.labels import MOST_LABELS
from quality.actions.stock import Put
from quality.forms.standards import MeasuredMixin
from quality.measures import units_of
from quality.measuring import Ask
from quality.models import Verdict
from quality.papers import LABEL_OF, SIZES, terms_of


class InspectForm(MeasuredMixin, ActionForm):
    """What the standard asks, the four things that are looked at, and the verdict."""

    sample_size = forms.IntegerField(label="抽样数", min_value=1, max_value=1_000_000)
    measured = words_field("实测记录", help_text="宽度、长度、克重、外观等，逐项写明标准与实测。")
    quantity_ok = forms.BooleanField(label="数量相符", required=False)
    appearance_ok = forms.BooleanField(label="外观合格", required=False)
    packaging_ok = forms.BooleanField(label="包装合格", required=False)
    label_ok = forms.BooleanField(label="标签合格（型号、数量、生产日期）", required=False)
    verdict = forms.ChoiceField(label="结论", choices=Verdict.choices)
    scrap = amount_field("其中报废", initial=ZERO)
    reason = ReasonField(required=False, help_text="结论不是「合格」时必填；让步接收由客服主管或营销总监批准")
    paper = paper_field("检测报告附件", OPEN_TO_ALL)
    photos = PhotosField(label="照片", required=False, help_text="可一次选多张")

    def __init__(self, *args: Any, ask: Ask | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.add_items(ask)
        if ask:
            del self.fields["sample_size"]
            self.fields["measured"].required = self.fields["measured"].widget.is_required = False
            self.fields["measured"].label = "补充说明"
            self.fields["measured"].help_text = "不填则按逐项记录自动生成。"

    def others(self) -> list[Any]:
        """The ordinary fields, for the template."""
        return [field for field in self.visible_fields() if field.name in self.base_fields]

    def clean(self) -> Given:
        given = super().clean() or self.cleaned_data
        self.check_items()
        return given

    def given(self) -> Given:
        given = {name: value for name, value in super().given().items() if name in self.base_fields}
        return given | {"scrap": given["scrap"] or ZERO, "found": self.found()}


class ReworkForm(ActionForm):
    """What production did to a batch that was sent back."""

    hours = forms.DecimalField(label="工时（小时）", min_value=0, max_digits=6, decimal_places=2)
    scrap = amount_field("返工报废数", initial=ZERO)
    text = words_field("返工情况", help_text="做了什么、哪台机器、如何避免再犯")

    def given(self) -> Given:
        given = super().given()
        return given | {"scrap": given["scrap"] or ZERO}


class ConcedeForm(ActionForm):
    text = words_field("批准意见", help_text="为什么可以接收、对客户有何影响")
    paper = paper_field("客户书面同意")


class CountersignForm(ActionForm):
    """What customer service has seen for itself."""

    quantity_ok = forms.BooleanField(label="数量相符", required=False)
    appearance_ok = forms.BooleanField(label="外观合格", required=False)
    packaging_ok = forms.BooleanField(label="包装合格", required=False)
    label_ok = forms.BooleanField(label="标签合格（型号、数量、生产日期）", required=False)
    note = forms.CharField(label="说明", required=False, max_length=500)


class LabelsForm(ActionForm):
    what = forms.ChoiceField(label="标签", choices=list(LABEL_OF.items()))
    size = forms.ChoiceField(label="尺寸", choices=[(size, f"{size.replace('x', ' × ')} mm") for size in SIZES])
    count = forms.IntegerField(
        label="张数", required=False, min_value=1, max_value=MOST_LABELS, help_text="托盘标按在库托盘，不用填"
    )
    each = amount_field("每件数量")
    first = forms.IntegerField(
        label="补打，从第几号起", required=False, min_value=1, help_text="不填则接着上次的号往下编；填了即补打印过的号"
    )


class PutForm(PlainForm):
    """One pallet."""

    number = forms.CharField(label="托盘号", required=False, max_length=40)
    quantity = amount_field("数量", required=True)
    unit = forms.ChoiceField(label="单位", required=False)
    pieces = forms.IntegerField(label="件数", min_value=0, max_value=100_000, initial=1)

    weighed_kg = amount_field("过磅 kg")

    def __init__(self, *args: Any, units: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["unit"].choices = [(unit, unit) for unit in units]  # type: ignore[attr-defined]
        self.fields["number"].widget.attrs["placeholder"] = "不填则自动编号"
        self.fields["pieces"].widget = dressed(self.fields["pieces"])


PutFormSet = up_to(200, PutForm, least=1)


class ReceiveForm(ActionForm):
    """Pallets of a batch; the formset is checked with it."""

    shelf_until = forms.DateField(label="保质期至", required=False)

    def __init__(self, data: Any = None, *, batch: Batch) -> None:
        super().__init__(data, subject=batch.line.order)
        first = [{"quantity": f"{batch.to_stock.normalize():f}", "pieces": 1}]
        terms = terms_of(batch)
        units = {"units": units_of(terms.product, terms.unit)}
        self.pallets = PutFormSet(data, prefix="pallets", initial=None if data else first, form_kwargs=units)

    def clean(self) -> Given:
        if not self.pallets.is_valid():
            raise forms.ValidationError("请核对托盘的数量和件数。")
        return super().clean() or self.cleaned_data

    def given(self) -> Given:
        rows = [
            Put(row["quantity"], row["pieces"], row["number"], row["unit"], row["weighed_kg"])
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

"""A 工艺卡 as it is written."""

from decimal import Decimal
from typing import Any

from django import forms

from accounts.forms_base import PlainForm, dressed
from accounts.rows import up_to
from production.actions.cards import StepInput
from production.forms.editions import EditionForm
from production.forms.fields import Given
from production.models import Step

HUNDREDTH = Decimal("0.01")


class StepForm(PlainForm):
    """One row of a card."""

    step = forms.ChoiceField(label="工序", choices=[("", "请选择"), *Step.choices])
    rate = forms.DecimalField(label="每小时产量", max_digits=10, decimal_places=2, min_value=HUNDREDTH)
    setup = forms.DecimalField(label="准备（小时）", max_digits=5, decimal_places=2, min_value=0, required=False)
    parameters = forms.CharField(label="工艺参数", required=False, max_length=200)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.widget = dressed(field)


StepFormSet = up_to(len(Step), StepForm, least=1)


class CardForm(EditionForm):
    rows_name = "steps"
    rows_class = StepFormSet
    rows_error = "请核对工序。"

    title = forms.CharField(label="工艺卡名称", max_length=80, help_text="如：GY-012 热敏标签工艺卡")
    formula = forms.CharField(
        label="配方",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="面材、胶、离型纸、油墨色号与配比",
    )
    tooling = forms.CharField(label="版辊 / 刀模", max_length=120, required=False)
    note = forms.CharField(label="工艺要求", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def rows_of(self, shown: Any) -> list[Given]:
        return [
            {
                "step": row.step,
                "rate": f"{row.rate.normalize():f}",
                "setup": f"{row.setup.normalize():f}",
                "parameters": row.parameters,
            }
            for row in shown.steps.order_by("position")
        ]

    def input_of(self, row: Given) -> StepInput:
        return StepInput(row["step"], row["rate"], row["setup"] or Decimal(0), row["parameters"] or "")

"""What is handed out of each lot for each line, and what comes back."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Model

from accounts.forms_base import ActionForm, ReasonField, dressed
from orders.models import RevisionLine
from production.actions.issuing import Issue
from production.forms.fields import amount_field
from stock.models import MaterialLot

Place = tuple[RevisionLine, MaterialLot]


class IssueForm(ActionForm):
    """A field for each line and each lot of what it is made of: the oldest lots are proposed first."""

    def __init__(
        self, data: Any = None, *, subject: Model, places: list[tuple[RevisionLine, MaterialLot, Decimal]]
    ) -> None:
        super().__init__(data, subject=subject)
        self.of: dict[str, Place] = {}
        for row, lot, proposed in places:
            name = f"q-{row.line_id}-{lot.pk}"
            field = amount_field(f"第 {row.position} 行 {lot.number} 发料", initial=proposed or None)
            field.widget = dressed(field)
            field.widget.attrs["aria-label"] = field.label
            self.fields[name], self.of[name] = field, (row, lot)

    def rows(self) -> list[tuple[Place, Any]]:
        return [(place, self[name]) for name, place in self.of.items()]

    def clean(self) -> dict[str, Any]:
        """A lot that was on the page and is used up now must not vanish silently."""
        gone = [name for name in self.data if name.startswith("q-") and self.data[name] and name not in self.fields]
        if gone:
            raise forms.ValidationError("有一个批次已用完或换行，请刷新后核对。")
        return super().clean() or self.cleaned_data

    def given(self) -> dict[str, Any]:
        found = [
            Issue(row.line_id, lot.pk, self.cleaned_data[name])
            for name, (row, lot) in self.of.items()
            if self.cleaned_data.get(name)
        ]
        return {"issues": found}


class ReturnForm(ActionForm):
    quantity = amount_field("退回数量", required=True)
    reason = ReasonField()


class FreeForm(ActionForm):
    reason = ReasonField()

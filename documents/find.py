"""What a person asks the archive for."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import QuerySet

from accounts.forms_base import ActionForm, PlainForm
from documents import kinds
from documents.models import Document

MONTH = RegexValidator(r"^20\d\d-(0[1-9]|1[0-2])$", "请填写月份，如 2026-11。")


class MonthField(forms.CharField):
    """A month as the browser's own calendar gives it: 2026-11."""

    widget = forms.TextInput(attrs={"type": "month"})
    default_validators = [MONTH]

    def clean(self, value: Any) -> date | None:
        text = super().clean(value)
        return date.fromisoformat(f"{text}-01") if text else None


class Asked(PlainForm):
    """The archive's filter; `prices` says whether kinds with prices are there to choose."""

    q = forms.CharField(label="单号、订单、客户", required=False, max_length=60)
    kind = forms.ChoiceField(label="单据", required=False)
    month = MonthField(label="月份", required=False)

    def __init__(self, *args: Any, prices: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["kind"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 (declared so above)
        choice.choices = [("", "全部"), *kinds.titles(prices=prices).items()]

    def asked(self) -> dict[str, Any]:
        """What was asked for; nothing where it makes no sense (B16)."""
        found = self.cleaned_data if self.is_valid() else {}
        return {"words": found.get("q", ""), "kind": found.get("kind", ""), "month": found.get("month")}


class FindForm(Asked):
    def month_words(self) -> str:
        month = self.asked()["month"]
        return f"{month.year}年{month.month}月" if month else ""

    def fields_of_export(self) -> dict[str, str]:
        """The same question as hidden fields of the export's button."""
        return {name: str(self.data.get(name, "")) for name in ("q", "kind", "month")}


class MonthForm(PlainForm):
    month = MonthField(label="月份")


class ExportForm(ActionForm, Asked):
    """An export: the archive's question, the month required."""

    month = MonthField(label="月份")


class PrintForm(ActionForm):
    """The ticked rows of a list."""

    papers = forms.ModelMultipleChoiceField(
        queryset=Document.objects.none(), label="单据", required=False, to_field_name="public_id"
    )

    def __init__(self, *args: Any, papers: QuerySet[Document], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["papers"].queryset = papers  # type: ignore[attr-defined]

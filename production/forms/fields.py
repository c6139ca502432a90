"""Fields that several forms share. A form with a row per line names its fields `<line>-<field>`."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Model

from accounts.forms_base import ActionForm, dressed
from accounts.pickers import SuggestInput
from documents.attachments import ACCEPT
from orders.models import RevisionLine
from production.models import Machine, Step

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


def step_field() -> forms.ChoiceField:
    choices = [("", "不分工序"), *[(label, label) for label in Step.labels]]
    return forms.ChoiceField(label="工序", required=False, choices=choices)


def machine_field() -> forms.CharField:
    """Any name, the house's own machines proposed."""
    names = list(Machine.objects.filter(is_active=True).values_list("name", flat=True))
    return forms.CharField(label="机台", required=False, max_length=40, widget=SuggestInput(names))


def paper_field(label: str, help_text: str = "") -> forms.FileField:
    widget = forms.ClearableFileInput(attrs={"accept": ACCEPT})
    return forms.FileField(label=label, required=False, help_text=help_text, widget=widget)


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

"""The field of a form that takes a spreadsheet."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from documents import tables


class TableField(forms.FileField):
    """A .xlsx or .csv that can be read; one that cannot is refused beside the field, before any action begins (B13).

    The file comes out as it went in; `tables.lines_of` has its lines without reading it again.
    """

    def __init__(self, **options: Any) -> None:
        widget = forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"})
        super().__init__(**{"widget": widget, **options})

    def to_python(self, data: Any) -> Any:
        uploaded: Any = super().to_python(data)
        if uploaded is not None:
            try:
                tables.lines_of(uploaded)
            except tables.Unreadable as error:
                raise ValidationError(str(error)) from error
        return uploaded

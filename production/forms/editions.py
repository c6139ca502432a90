"""What the forms of a standard and of a process card share: the product chosen once, the title, and rows."""

from typing import Any

from django import forms

from accounts.forms_base import ActionForm
from accounts.pickers import PickField
from catalog.models import Product
from production.forms.fields import Given
from production.models import Edition


class EditionForm(ActionForm):
    """A draft with its rows. `copied` is an earlier version that a new one begins from."""

    rows_name: str
    rows_class: Any
    rows_error: str

    product = PickField(label="产品", queryset=Product.objects.filter(is_active=True), url_name="catalog:options")
    title = forms.CharField(label="名称", max_length=80)

    def __init__(self, data: Any = None, *, edition: Edition | None = None, copied: Any = None) -> None:
        super().__init__(data, subject=edition)
        shown = edition or copied
        if edition is not None:
            del self.fields["product"]
        if shown is not None:
            kept = (name for name in self.fields if name != "version" and hasattr(shown, name))
            self.initial.update({name: getattr(shown, name) for name in kept})
        self.rows = self.rows_class(data, prefix=self.rows_name, initial=self.rows_of(shown) if shown else None)

    def rows_of(self, shown: Any) -> list[Given]:
        """The rows of a version, as they are filled in."""
        raise NotImplementedError

    def input_of(self, row: Given) -> Any:
        """One row for the action."""
        raise NotImplementedError

    def clean(self) -> Given:
        if not self.rows.is_valid():
            raise forms.ValidationError(self.rows_error)
        return super().clean() or self.cleaned_data

    def given(self) -> Given:
        rows = [row.cleaned_data for row in self.rows if row.cleaned_data and not row.cleaned_data.get("DELETE")]
        made = [self.input_of({name: value for name, value in row.items() if name != "DELETE"}) for row in rows]
        return {**super().given(), self.rows_name: made}

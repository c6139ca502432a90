"""The base of every form, and of those that carry out an action: see docs/actions-web.md."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import DecimalValidator, MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db.models import Model, QuerySet

from accounts.calendar import FIRST_YEAR, LAST_YEAR, is_in_our_time
from audit.errors import Refused

HIDDEN = {"key", "version", "reason"}


# What a field takes that says nothing narrower itself.
LONGEST_TEXT = 4000
# What of a text comes back to the page where it was too long: more than any field takes.
LONGEST_SHOWN = 50_000
LARGEST_NUMBER = 2**31 - 1
DIGITS, PLACES = 18, 6


def new_key() -> str:
    return uuid.uuid4().hex


class ReasonField(forms.CharField):
    """Why; handed to the action as its `reason`. Declare it as `reason = ReasonField()`."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 2})
        super().__init__(**{"label": "原因", "max_length": 500, "widget": widget, **kwargs})


class Shown(forms.BoundField):
    """What was typed is kept; of megabytes pasted by mistake their beginning."""

    def value(self) -> Any:
        value = super().value()
        return value[:LONGEST_SHOWN] if isinstance(value, str) else value


class Bounded(forms.BaseForm):
    """A form whose every field has an end, also those that are made with it: no text is endless, no number larger than
    its column, and no day so far away that one cannot reckon with it."""

    bound_field_class = Shown

    def _clean_fields(self) -> None:
        for field in self.fields.values():
            bound(field)
        super()._clean_fields()  # type: ignore[misc]


def bound(field: forms.Field) -> None:
    if getattr(field, "is_bounded", False):
        return
    field.is_bounded = True  # type: ignore[attr-defined]
    if isinstance(field, forms.DecimalField):
        if field.max_digits is None:
            field.validators.append(DecimalValidator(DIGITS, PLACES))
    elif isinstance(field, forms.IntegerField):
        if field.max_value is None:
            field.validators.append(MaxValueValidator(LARGEST_NUMBER))
        if field.min_value is None:
            field.validators.append(MinValueValidator(-LARGEST_NUMBER))
    elif isinstance(field, forms.CharField):
        if field.max_length is None:
            field.validators.append(MaxLengthValidator(LONGEST_TEXT))
    elif isinstance(field, forms.DateField | forms.DateTimeField):
        field.validators.append(in_our_time)


def in_our_time(day: date) -> None:
    if not is_in_our_time(day):
        raise ValidationError(f"日期应在 {FIRST_YEAR} 年到 {LAST_YEAR} 年之间。", code="far_away")


class PlainForm(Bounded, forms.Form):
    """A form that carries out nothing by itself: a filter, or a row of others."""


class ActionForm(PlainForm):
    """Carries the idempotency key (B1) and the version of the record as it was when the page was opened (B3)."""

    key = forms.CharField(max_length=64, required=False, initial=new_key, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    # Set by `accounts.web.perform`: the page's status, and why the action was refused.
    status = 200
    refusal: Refused | None = None

    def __init__(self, *args: Any, subject: Model | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = getattr(subject, "version", None)
        self.fields["version"].initial = self.now
        for name, field in self.fields.items():
            field.widget = dressed(field)
            if isinstance(field, forms.DecimalField) and isinstance(self.initial.get(name), Decimal):
                self.initial[name] = short(self.initial[name])

    def given(self) -> dict[str, Any]:
        """What the person filled in, for the action: this form's own fields and nothing else of the POST (B6)."""
        return {
            name: list(value) if isinstance(value, QuerySet) else value
            for name, value in self.cleaned_data.items()
            if name not in HIDDEN
        }

    def differences(self) -> list[tuple[str, str, str]]:
        """(label, typed, now) of each field that differs from the record as it stands."""
        found = [
            (
                str(self.fields[name].label or name),
                shown(self.fields[name], self.cleaned_data.get(name)),
                shown(self.fields[name], self.get_initial_for_field(self.fields[name], name)),
            )
            for name in self.changed_data
            if name not in HIDDEN
        ]
        return [(label, typed, now) for label, typed, now in found if typed != now]

    def say(self, refusal: Refused) -> None:
        """Put the words of a refusal beside the fields they belong to, else above the form."""
        found = getattr(refusal, "errors", None) or {refusal.field or "": [refusal.message]}
        for name, texts in found.items():
            self.add_error(name if name in self.fields else None, texts)

    def send_again(self, *, new: bool = False) -> None:
        """Let what was typed be sent once more: over the version that the person now sees, or as a new form."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data[self.add_prefix("version")] = "" if self.now is None else str(self.now)
        if new:
            data[self.add_prefix("key")] = new_key()
        self.data = data


class RecordForm(ActionForm, forms.ModelForm):
    """An ActionForm with fields of a model: `class Meta: model, fields`. It reads; the action judges and saves."""

    def __init__(self, *args: Any, instance: Model | None = None, **kwargs: Any) -> None:
        super().__init__(*args, instance=instance, **{"subject": instance, **kwargs})

    def _post_clean(self) -> None:
        """Leave `instance` as it is: the action validates the fresh row under its lock."""


def dressed(field: forms.Field) -> forms.Widget:
    """The widget as the design system has it: the browser's own calendar, a numeric keyboard for amounts."""
    widget = field.widget
    if type(widget) is forms.NumberInput:
        mode = "decimal" if isinstance(field, forms.DecimalField) else "numeric"
        widget = forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off"})
    elif type(widget) is forms.DateInput:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    elif type(widget) is forms.DateTimeInput:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    widget.is_required = field.required
    return widget


def short(amount: Decimal) -> Decimal:
    """Without idle zeros behind the point: 30.00 → 30."""
    return Decimal(f"{amount.normalize():f}")


def shown(field: forms.Field, value: Any) -> str:
    """A value as the page shows it."""
    if value in (None, "", []):
        return "（空）"
    if isinstance(field, forms.ModelMultipleChoiceField):
        return "、".join(shown_row(field, one) for one in value)
    if isinstance(field, forms.ModelChoiceField):
        return shown_row(field, value)
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)


def shown_row(field: forms.ModelChoiceField, value: Any) -> str:
    row = value if isinstance(value, Model) else field.queryset.filter(pk=value).first()  # type: ignore[union-attr]
    return str(row) if row else "（空）"

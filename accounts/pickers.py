"""Choosing one of very many rows by typing a part of its name: an input with suggestions instead of a long list."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Case, Model, Q, QuerySet, When
from django.urls import reverse_lazy

from accounts.search import query_of
from audit.words import unprintable

# A code and a name, and some of what stands between them.
LONGEST = 200


def suggested(found: QuerySet[Any], words: str, most: int = 12) -> QuerySet[Any]:
    """The first of what fits: the very code first, then codes that begin so, then the rest in its own order."""
    words = words.strip()
    if not words:
        return found.none()
    nearness = Case(When(code__iexact=words, then=0), When(code__istartswith=words, then=1), default=2)
    return found.order_by(nearness, *found.query.order_by)[:most]


class PickInput(forms.TextInput):
    """A text input whose suggestions come from `url`, which answers with `<option>`s for what is typed."""

    template_name = "widgets/pick.html"

    def __init__(self, url_name: str) -> None:
        super().__init__(attrs={"autocomplete": "off"})
        self.url = reverse_lazy(url_name)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return {**super().get_context(name, value, attrs), "url": self.url}


class TypedPick(forms.TextInput):
    """A text input whose suggestions (static/js/pick.js) come from the page `url_name`, however they are spelled."""

    def __init__(self, url_name: str, placeholder: str) -> None:
        super().__init__(attrs={"autocomplete": "off", "placeholder": placeholder})
        self.url = reverse_lazy(url_name)

    def build_attrs(self, base_attrs: Any, extra_attrs: Any = None) -> dict[str, Any]:
        return super().build_attrs(base_attrs, extra_attrs) | {"data-pick": self.url}


class SuggestInput(forms.TextInput):
    """A text input that proposes `names`, and takes any other as well."""

    template_name = "widgets/suggest.html"

    def __init__(self, names: Sequence[str], attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.names = names

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return {**super().get_context(name, value, attrs), "names": self.names}


class PickField(forms.Field):
    """A row of `queryset` (with `code`, `name` and `search`) typed as code, name, or any part that fits one alone."""

    def __init__(self, *, queryset: QuerySet[Any], url_name: str, **kwargs: Any) -> None:
        super().__init__(widget=PickInput(url_name), **kwargs)
        self.queryset = queryset

    def prepare_value(self, value: Any) -> Any:
        row: Any = self.queryset.filter(pk=value).first() if isinstance(value, int) else value
        return f"{row.code} {row.name}" if hasattr(row, "code") else row

    def to_python(self, value: Any) -> Model | None:
        if isinstance(value, Model) or value in self.empty_values:
            return value or None
        words = str(value).strip()
        if not words:
            return None
        if len(words) > LONGEST or unprintable(words) is not None:
            raise ValidationError("没有找到，请输入编号、名称或拼音首字母。", code="unknown")
        named = self.queryset.filter(Q(code=words) | Q(code=words.split()[0]) | Q(name=words)).first()
        return named or self.only_one(words)

    def only_one(self, words: str) -> Model:
        fitting = list(self.queryset.filter(search__matches=words)[:2]) if query_of(words) else []
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            raise ValidationError("符合的不止一个，请从提示中选定。", code="several")
        raise ValidationError("没有找到，请输入编号、名称或拼音首字母。", code="unknown")

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            row = self.to_python(data)
        except ValidationError:
            return True
        return getattr(row, "pk", None) != getattr(initial, "pk", initial)

"""Rows of a form: as many as a person needs, and none made that was not sent."""

import re
from functools import cached_property
from typing import Any

from django import forms

from accounts.forms_base import PlainForm

# Beyond the most: they are shown again, so that what was typed is not lost, but nothing is done with them.
SPARE = 20


class Rows(forms.BaseFormSet):  # type: ignore[type-arg]
    """A formset that counts the rows that came rather than believing the number that came along."""

    default_error_messages = {
        "missing_management_form": "行数不完整，请刷新页面后重新填写。",
        "too_many_forms": "最多 %(num)d 行，请分成几次填写。",
        "too_few_forms": "至少填写 %(num)d 行。",
    }

    def total_form_count(self) -> int:
        told = super().total_form_count()
        return min(told, max(self.sent, self.min_num)) if self.is_bound else told

    @cached_property
    def sent(self) -> int:
        """One more than the highest number of a row among the fields."""
        of_row = re.compile(rf"{re.escape(str(self.prefix))}-(\d{{1,5}})-")
        return max((int(found[1]) + 1 for found in map(of_row.match, self.data) if found), default=0)


def up_to(most: int, of: type[PlainForm], *, least: int = 0, extra: int = 0, base: type[Rows] = Rows) -> Any:
    """The class of up to `most` rows `of` a form: `least` are always there, `extra` empty ones stand below the others.
    More than `most` make it invalid."""
    return forms.formset_factory(
        of,
        formset=base,
        extra=extra,
        can_delete=True,
        min_num=least,
        max_num=most,
        absolute_max=most + SPARE,
        validate_max=True,
    )

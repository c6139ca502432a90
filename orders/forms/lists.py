"""Filters of the lists. An unknown value is as good as none (B16)."""

from typing import Any

from django import forms

from accounts.forms_base import PlainForm
from catalog.models import GRADES
from orders import filters
from orders.models import Confirmation, State
from orders.queries import DELIVERY, PAYMENT

ALL = ("", "全部")


def words(*choices: str) -> list[tuple[str, str]]:
    return [ALL, *((word, word) for word in choices)]


class OrderFilter(PlainForm):
    """What the list page can be narrowed by."""

    q = forms.CharField(
        label="搜索",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "单号 / 客户 / 拼音首字母 / 产品编号"}),
    )
    state = forms.ChoiceField(label="状态", required=False, choices=[ALL, ("open", "在办"), *State.choices])
    grade = forms.ChoiceField(label="客户等级", required=False, choices=[ALL, *GRADES])
    mine = forms.ChoiceField(label="范围", required=False, choices=[ALL, ("1", "我的订单")])
    mark = forms.ChoiceField(
        label="标记", required=False, choices=[ALL, ("held", "已暂停"), ("pushed", "已顺延"), ("late", "逾期未完工")]
    )
    confirmed = forms.ChoiceField(label="确认", required=False, choices=words(*Confirmation.labels))
    paid = forms.ChoiceField(label="付款", required=False, choices=words(*PAYMENT))
    delivered = forms.ChoiceField(label="交货", required=False, choices=words(*DELIVERY))

    def __init__(self, *args: Any, prices: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not prices:
            del self.fields["paid"]
        for each in filters.registered():
            if prices or not each.prices:
                choices = words(*each.words)
                self.fields[each.name] = forms.ChoiceField(label=each.label, required=False, choices=choices)

    def chosen(self) -> dict[str, Any]:
        """The filters that are understood; the rest of the query string is ignored."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

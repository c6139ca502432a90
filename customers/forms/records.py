"""Customers, their people, addresses, and memos."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.forms_base import ActionForm, PlainForm, ReasonField, RecordForm
from accounts.models import User
from accounts.permissions import may
from accounts.pickers import PickField
from catalog.models import GRADES
from customers.models import Address, Contact, Customer, Memo
from documents.attachments import ACCEPT


def people(*roles: str) -> QuerySet[User]:
    return User.objects.filter(is_active=True, groups__name__in=roles).order_by("name").distinct()


class FindForm(PlainForm):
    q = forms.CharField(label="查找", required=False, max_length=60)
    grade = forms.ChoiceField(label="等级", required=False, choices=[("", "全部"), *GRADES])
    ended = forms.BooleanField(label="含已停用", required=False)

    def asked(self) -> dict[str, Any]:
        """What was asked for; nothing where it makes no sense (B16)."""
        found = self.cleaned_data if self.is_valid() else {}
        return {"words": found.get("q", ""), "grade": found.get("grade", ""), "ended": found.get("ended", False)}


class CustomerForm(RecordForm):
    class Meta:
        model = Customer
        fields = [
            "code",
            "name",
            "short_name",
            "pinyin",
            "initials",
            "salesperson",
            "clerk",
            "stand_ins",
            "phone",
            "tax_number",
            "invoice_kind",
            "bank",
            "delivery_note_prices",
            "remark",
        ]
        widgets = {"stand_ins": forms.CheckboxSelectMultiple, "remark": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: dict[str, Any] = self.fields
        sellers = people("sales")
        chosen["stand_ins"].queryset = sellers
        chosen["clerk"].queryset = people("customer_service")
        # A salesperson takes up customers of their own; customer service for anyone.
        chosen["salesperson"].queryset = sellers if may(user, "change_customer") else User.objects.filter(pk=user.pk)
        if not may(user, "change_customer"):
            self.initial["salesperson"] = user.pk


class CustomerEditForm(CustomerForm):
    class Meta(CustomerForm.Meta):
        fields = [*CustomerForm.Meta.fields, "is_active"]


class GradeForm(RecordForm):
    reason = ReasonField(label="调整原因")

    class Meta:
        model = Customer
        fields = ["grade"]


class LimitForm(RecordForm):
    reason = ReasonField(label="评定依据", required=False)

    class Meta:
        model = Customer
        fields = ["credit_limit"]


class ContactForm(RecordForm):
    class Meta:
        model = Contact
        fields = ["name", "post", "mobile", "phone", "email", "may_sign", "is_active"]


class AddressForm(RecordForm):
    class Meta:
        model = Address
        fields = ["receiver", "phone", "address", "is_default", "is_active"]


class MemoForm(RecordForm):
    customer = PickField(
        label="客户",
        queryset=Customer.objects.none(),
        url_name="customers:options",
        required=False,
        help_text="输入编号、名称或拼音首字母；未建档的客户请填下一栏",
    )
    attachment = forms.FileField(
        label="附件", required=False, widget=forms.FileInput(attrs={"accept": ACCEPT}), help_text="传真件、邮件截图等"
    )

    class Meta:
        model = Memo
        fields = [
            "channel",
            "customer",
            "customer_name",
            "caller",
            "caller_phone",
            "taken_at",
            "words",
            "missing",
            "read_back",
            "reply_promised_by",
            "told_words",
        ]
        widgets = {"words": forms.Textarea(attrs={"rows": 6}), "missing": forms.Textarea(attrs={"rows": 2})}
        labels = {"told_words": "已当场告知（内容）"}
        help_texts = {
            "told_words": "如：两小时内给您确认书。已致谢；尚未告知的留空，稍后补登",
            "missing": "对照确认书逐项核对，缺什么写什么",
        }

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: dict[str, Any] = self.fields
        chosen["customer"].queryset = Customer.objects.visible_to(user).filter(is_active=True)
        chosen["taken_at"].required = False
        chosen["taken_at"].help_text = "不填则为现在"

    def given(self) -> dict[str, Any]:
        given = super().given()
        attachment = given.pop("attachment", None)
        return {**given, "attachments": [attachment] if attachment else []}


class ToldForm(RecordForm):
    class Meta:
        model = Memo
        fields = ["told_words", "reply_promised_by"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = field.required or not field.widget.is_hidden


class SupplementForm(ActionForm):
    words = forms.CharField(label="补记内容", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    missing = forms.CharField(label="仍缺内容", max_length=1000, required=False)
    read_back = forms.BooleanField(label="已核对并重复确认", required=False)


class FindMemoForm(PlainForm):
    q = forms.CharField(label="查找", required=False, max_length=60)
    open_only = forms.BooleanField(label="只看未告知答复时间的", required=False)

    def asked(self) -> dict[str, Any]:
        found = self.cleaned_data if self.is_valid() else {}
        return {"words": found.get("q", ""), "open_only": found.get("open_only", False)}

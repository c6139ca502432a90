"""What a customer fills in, and what customer service does about links and questions."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from accounts.forms_base import ActionForm
from portal.drawing import LONGEST, picture_of
from portal.models import CustomerLink

PICTURES = ".pdf,.jpg,.jpeg,.png"


def words(label: str, help_text: str = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=1000, help_text=help_text, widget=forms.Textarea(attrs={"rows": 3}))


class VisitorForm(ActionForm):
    """Everybody who says something on the page gives their name and mobile."""

    name = forms.CharField(label="姓名", max_length=40, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    mobile = forms.CharField(
        label="手机号码",
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel", "type": "tel"}),
    )

    def __init__(self, *args: Any, link: CustomerLink, **options: Any) -> None:
        super().__init__(*args, **options)
        if link.contact:
            self.fields["name"].initial = link.contact.name

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())

    def clean_mobile(self) -> str:
        """Digits as people type them: with spaces, hyphens or the country before."""
        digits = "".join(char for char in str(self.cleaned_data["mobile"]) if char.isdigit())
        return digits.removeprefix("86") if len(digits) == 13 else digits

    def said(self) -> dict[str, Any]:
        """What is said, beside who says it."""
        return {name: value for name, value in self.given().items() if name not in ("name", "mobile")}


class Confirm(VisitorForm):
    drawn = forms.CharField(required=False, max_length=LONGEST, widget=forms.HiddenInput)
    signature = forms.CharField(
        label="或键入姓名作为签名", max_length=40, required=False, help_text="已手写签名的不用填"
    )
    scan = forms.FileField(
        label="盖章扫描件（可不传）",
        required=False,
        help_text="盖章后的确认书照片或扫描件，PDF、JPG、PNG",
        widget=forms.ClearableFileInput(attrs={"accept": PICTURES}),
    )
    agreed = forms.BooleanField(label="我已逐项核对以上全部内容，确认无误", required=False)

    def clean_drawn(self) -> UploadedFile | None:
        return picture_of(self.cleaned_data["drawn"])


class Ask(VisitorForm):
    text = words("要修改什么")


class Received(VisitorForm):
    """Nothing but who says that the goods are there."""


class Trouble(VisitorForm):
    text = words("哪里有问题", "短少、破损、错货等，请写明产品和数量")
    paper = forms.FileField(
        label="照片（可不传）", required=False, widget=forms.ClearableFileInput(attrs={"accept": PICTURES})
    )


class AnswerForm(ActionForm):
    text = words("答复", "客户在其页面上看到这段话")

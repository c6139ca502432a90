"""Forms of the admin's own pages."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from documents import attachments, files
from documents.models import Letterhead

LARGEST_LOGO = 1024 * 1024


class LetterheadForm(forms.ModelForm):  # type: ignore[type-arg]
    logo_file = forms.FileField(
        label="上传标志",
        required=False,
        help_text="PNG 或 JPG，1 MB 以内；不上传则沿用现有标志，从未上传则用占位图形。",
    )
    drop_logo = forms.BooleanField(label="去掉标志", required=False)

    class Meta:
        model = Letterhead
        fields = [
            "name", "name_en", "address", "phone", "fax", "email", "website", "tax_number", "bank", "account_name",
            "account", "confirmation_note", "confirmation_terms", "balance_note", "delivery_note",
        ]  # fmt: skip

    def clean_logo_file(self) -> UploadedFile | None:
        uploaded: UploadedFile | None = self.cleaned_data["logo_file"]
        if uploaded is None:
            return None
        if (uploaded.size or 0) > LARGEST_LOGO:
            raise ValidationError("标志超过 1 MB，请压缩后再上传。")
        if not attachments.validate(uploaded).content_type.startswith("image/"):
            raise ValidationError("标志只能是 PNG 或 JPG 图片。")
        return uploaded

    def save(self, commit: bool = True) -> Any:
        """A logo's file is named by its hash and never removed: papers already frozen go on naming it."""
        uploaded = self.cleaned_data.get("logo_file")
        if self.cleaned_data.get("drop_logo"):
            self.instance.logo = ""
        elif uploaded:
            self.instance.logo = files.write_by_hash("logos", uploaded.read())
        return super().save(commit)

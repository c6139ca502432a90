"""Forms of the admin's own pages."""

from django import forms

from accounts.admin_base import AdminForm
from documents.models import Letterhead


class LetterheadForm(AdminForm):
    logo_file = forms.FileField(
        label="上传标志",
        required=False,
        help_text="PNG 或 JPG，1 MB 以内；不上传则沿用现有标志，从未上传则用占位图形。",
    )
    drop_logo = forms.BooleanField(label="去掉标志", required=False)
    reason = forms.CharField(label="修改原因", max_length=500, required=False, help_text="首次填写可不写")

    class Meta:
        model = Letterhead
        fields = [
            "name", "name_en", "address", "phone", "fax", "email", "website", "tax_number", "bank", "account_name",
            "account", "confirmation_note", "confirmation_terms", "balance_note", "delivery_note",
        ]  # fmt: skip

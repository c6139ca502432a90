"""The code on a photographed pallet label, read here: most phones' browsers read none themselves (R29)."""

import json

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from documents import attachments, bounded

PATIENCE = 30


def code_on(uploaded: UploadedFile) -> str:
    """The one QR code on the photo, which is not kept. Raises ValidationError in Chinese (B13)."""
    kind = attachments.validate(uploaded)
    if not kind.content_type.startswith("image/"):
        raise ValidationError("请拍照或选择 JPG、PNG 照片。")
    found = {code.strip() for code in codes_on(uploaded)} - {""}
    if not found:
        raise ValidationError("照片里没有认出二维码，请对准托盘标签、拍清楚后重试，或手输托盘号。")
    if len(found) > 1:
        raise ValidationError("照片里有多个二维码，请只对准一个托盘标签重拍。")
    return found.pop()


def codes_on(uploaded: UploadedFile) -> list[str]:
    """Every code on it, read in a process of its own."""
    content = uploaded.read()
    uploaded.seek(0)
    try:
        found: list[str] = json.loads(bounded.run_module("shipping.photo_codes", content=content, seconds=PATIENCE))
    except bounded.Busy as error:
        raise ValidationError("正有其他照片在识别，请稍后重试，或手输托盘号。") from error
    except (bounded.Failed, bounded.TooMuch) as error:
        raise ValidationError("照片已损坏或过大，请重拍，或手输托盘号。") from error
    return found

"""The code on a photographed pallet label, read here: most phones' browsers read none themselves (R29)."""

import io

import zxingcpp
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from PIL import Image

from documents import attachments

# Enough for a label that fills a tenth of a photo, and little enough to decode while a person waits.
LONGEST_SIDE = 2400
QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])


def code_on(uploaded: UploadedFile) -> str:
    """The one QR code on the photo, which is not kept. Raises ValidationError in Chinese (B13)."""
    kind = attachments.validate(uploaded)
    if not kind.content_type.startswith("image/"):
        raise ValidationError("请拍照或选择 JPG、PNG 照片。")
    found = {code.text.strip() for code in zxingcpp.read_barcodes(grey(uploaded), formats=QR)}
    found.discard("")
    if not found:
        raise ValidationError("照片里没有认出二维码，请对准托盘标签、拍清楚后重试，或手输托盘号。")
    if len(found) > 1:
        raise ValidationError("照片里有多个二维码，请只对准一个托盘标签重拍。")
    return found.pop()


def grey(uploaded: UploadedFile) -> Image.Image:
    """The photo as the reader wants it: grey, and no larger than is useful."""
    try:
        with Image.open(io.BytesIO(uploaded.read()), formats=["JPEG", "PNG"]) as photo:
            # A JPEG is made smaller while it is unpacked.
            photo.draft("L", (LONGEST_SIDE, LONGEST_SIDE))
            small = photo.convert("L")
    except (OSError, SyntaxError, ValueError) as error:
        raise ValidationError("照片已损坏，请重拍。") from error
    finally:
        uploaded.seek(0)
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return small

"""A signature drawn with the finger: what the page's script sends is a picture like any other, and judged like one."""

import base64
import binascii
import io
import warnings

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

PREFIX = "data:image/png;base64,"
LONGEST = 400_000
WIDEST, HIGHEST = 2400, 1200


def picture_of(sent: str) -> SimpleUploadedFile | None:
    """The drawn signature as a file; None where nothing was drawn. Raises ValidationError for anything else."""
    if not sent:
        return None
    if len(sent) > LONGEST or not sent.startswith(PREFIX):
        raise ValidationError("手写签名未能读取，请重新签名，或键入姓名作为签名。")
    try:
        content = base64.b64decode(sent[len(PREFIX) :], validate=True)
        blank = is_blank(content)
    except ValidationError:
        raise
    except (binascii.Error, OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError) as error:
        raise ValidationError("手写签名未能读取，请重新签名，或键入姓名作为签名。") from error
    return None if blank else SimpleUploadedFile("手写签名.png", content, "image/png")


def is_blank(content: bytes) -> bool:
    """Whether the picture is all of one colour. Its size is looked at before it is unpacked."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
            if image.width > WIDEST or image.height > HIGHEST:
                raise ValidationError("手写签名的图片过大，请重新签名。")
            return image.convert("RGBA").getcolors(1) is not None

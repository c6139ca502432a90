"""Papers that people hand in: scans, as a fax or a telephone leaves them."""

import io
from functools import cache

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw


@cache
def picture(words: str) -> bytes:
    """A small scan: a sheet with lines, as a fax leaves it."""
    image = Image.new("L", (420, 594), 250)
    draw = ImageDraw.Draw(image)
    for row in range(60, 520, 26):
        draw.line((40, row, 380 - (row * 7) % 90, row), fill=120, width=2)
    draw.ellipse((270, 450, 370, 550), outline=90, width=4)
    draw.text((40, 24), words, fill=60)
    kept = io.BytesIO()
    image.save(kept, "PNG")
    return kept.getvalue()


def paper(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{name}.png", picture("SCAN"), "image/png")

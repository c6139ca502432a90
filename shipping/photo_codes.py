"""The QR codes on a photo: `python -m shipping.photo_codes`, a process of its own that imports no Django (B12, B13).

`shipping.label_photos` starts it: a photo of sixty million pixels unpacks to a quarter of a gigabyte.
"""

import io
import json
import sys

LONGEST_SIDE = 2400  # enough for a label that fills a tenth of a photo, and decoded while a person waits
SECONDS, MEGABYTES = 10, 512


def codes_on(content: bytes) -> list[str]:
    """Raises OSError, SyntaxError or ValueError for a photo that breaks off."""
    import zxingcpp
    from PIL import Image

    with Image.open(io.BytesIO(content), formats=["JPEG", "PNG"]) as photo:
        # A JPEG is made smaller while it is unpacked.
        photo.draft("L", (LONGEST_SIDE, LONGEST_SIDE))
        grey = photo.convert("L")
    grey.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    formats = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
    return [code.text for code in zxingcpp.read_barcodes(grey, formats=formats)]


def answer(content: bytes) -> bytes:
    try:
        return b"=" + json.dumps(codes_on(content)).encode()
    except (OSError, SyntaxError, ValueError) as error:
        return b"!" + str(error).encode(errors="replace")


if __name__ == "__main__":
    from documents.bounded import limit

    limit(SECONDS, MEGABYTES)
    sys.stdout.buffer.write(answer(sys.stdin.buffer.read()))

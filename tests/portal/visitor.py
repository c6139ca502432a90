"""A customer at their page: what a browser would send, and what the page says."""

import base64
import io
import re
from typing import Any

from django.test import Client
from PIL import Image, ImageDraw

from orders.models import Order
from portal import tokens
from portal.actions import words
from portal.models import CustomerLink

MOBILE = "13800000000"
made = iter(range(1, 1_000_000))


def link_of(order: Order) -> CustomerLink:
    return CustomerLink.objects.get(order=order, revoked_at=None, revision=order.revisions.latest("number"))


def page_of(order: Order) -> str:
    return tokens.path_of(link_of(order))


def stroke(width: int = 300, height: int = 120) -> str:
    """A signature as the page's canvas sends it."""
    image = Image.new("RGBA", (width, height))
    ImageDraw.Draw(image).line((10, 10, width - 10, height - 10), fill="black", width=4)
    return as_sent(image)


def as_sent(image: Image.Image, kind: str = "PNG") -> str:
    out = io.BytesIO()
    image.save(out, kind)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def who(**changes: Any) -> dict[str, Any]:
    """The fields that everybody fills in, with a key of its own."""
    return {"name": "王经理", "mobile": MOBILE, "key": f"form-{next(made)}", **changes}


def confirming(**changes: Any) -> dict[str, Any]:
    return {**who(), "signature": "王经理", "agreed": "on", **changes}


def visitor(**changes: Any) -> words.Visitor:
    return words.Visitor(
        **{
            "name": "王经理",
            "mobile": MOBILE,
            "ip": "203.0.113.9",
            "agent": "a" * 64,
            "key": f"k{next(made)}",
            **changes,
        }
    )


def says(url: str, client: Client | None = None) -> str:
    """The words of the page."""
    answer = (client or Client()).get(url)
    assert answer.status_code == 200, answer.status_code
    return words_in(answer)


def words_in(answer: Any) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", answer.content.decode()))

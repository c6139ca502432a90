"""From snapshot to HTML: what a template is given, and nothing else."""

import base64
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from documents import files
from documents.models import Document

LONGEST_TEXT = 1_500
CUT = "……（内容过长，全文见系统）"
PLACEHOLDER = "static/print/logo.svg"
LOGO_TYPES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}


def sheets_of(document: Document) -> list[str]:
    """The HTML of each copy of the paper, the only one where its kind has no copies."""
    context = context_of(document)
    copies = document.layout.get("copies") or [None]
    return [render_to_string(document.template, context | {"copy": copy}) for copy in copies]


def continuous_of(document: Document) -> list[str]:
    """Printed once, through all copies of the carbon set: it carries the names of them all."""
    context = context_of(document) | {"copies": document.layout["copies"]}
    return [render_to_string(document.layout["continuous"], context)]


def context_of(document: Document) -> dict[str, Any]:
    letterhead = shortened(document.letterhead)
    return {
        "d": shortened(document.data),
        "firm": letterhead,
        "paper": document,
        "logo": logo_of(letterhead),
        "qr": qr_of(document),
        "seal": document.layout.get("seal", ""),
        "foot": document.layout.get("foot", []),
        "version_label": f"第{document.version}版",
    }


def standing_url(document: Document) -> str:
    return settings.SITE_URL + reverse("document-standing", args=[document.public_id])


def qr_of(document: Document) -> str:
    return segno.make(standing_url(document), error="m").svg_data_uri(border=0, dark="#111", omitsize=True)


def logo_of(letterhead: dict[str, Any]) -> str:
    """The firm's logo as `data:`, a neutral mark where it has none."""
    if letterhead.get("logo"):
        content = files.read("logos", letterhead["logo"])
        kind = next(kind for start, kind in LOGO_TYPES.items() if content.startswith(start))
    else:
        content, kind = Path(settings.BASE_DIR / PLACEHOLDER).read_bytes(), "image/svg+xml"
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def shortened(value: Any) -> Any:
    """`value` with texts cut to what a page can bear (B12); the snapshot itself keeps them whole."""
    if isinstance(value, str):
        return value if len(value) <= LONGEST_TEXT else value[:LONGEST_TEXT] + CUT
    if isinstance(value, dict):
        return {key: shortened(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shortened(item) for item in value]
    return value

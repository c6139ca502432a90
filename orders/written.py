"""Gates read signatures through these: is there a live word of this kind that saw what is there now?"""

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from orders.models import RevisionLine, Signed, SignOff

OK = ("ok",)


def word(kind: Signed, verdicts: Collection[str] = OK, **on: Any) -> QuerySet[SignOff]:
    """Live signatures of `kind` with one of `verdicts`; `on` ties them to the outer row, by OuterRef."""
    return SignOff.objects.live().filter(kind=kind, verdict__in=verdicts, **on)


def on_revision(kind: Signed, digest: str, verdicts: Collection[str] = OK) -> Exists:
    """Of a Revision: signed, and the column `digest` is what was signed."""
    return Exists(word(kind, verdicts, revision=OuterRef("pk"), digest=OuterRef(digest)))


def on_any_revision(kind: Signed, digest: str) -> Exists:
    """Of a Revision: signed under this or an earlier one of its order that read the same; an amendment that changes
    nothing of what was judged asks for nothing."""
    return Exists(word(kind, revision__order=OuterRef("order"), digest=OuterRef(digest)))


def on_line(kind: Signed, digest: str, verdicts: Collection[str] = OK, **more: Any) -> Exists:
    """Of a RevisionLine: its line is signed, and the terms' column `digest` is what was signed."""
    return Exists(word(kind, verdicts, line=OuterRef("line"), digest=OuterRef(digest), **more))


def on_shipment(kind: Signed, verdicts: Collection[str] = OK) -> Exists:
    """Of a Shipment: signed for the lines, amount and address that it has now."""
    return Exists(word(kind, verdicts, shipment=OuterRef("pk"), digest=OuterRef("digest")))


def on_order(kind: Signed, verdicts: Collection[str] = OK) -> Exists:
    """Of an Order: signed."""
    return Exists(word(kind, verdicts, order=OuterRef("pk"), revision=None, line=None, shipment=None))


def lines(revision: str = "pk", **which: Any) -> QuerySet[RevisionLine]:
    """The terms rows of an outer Revision (or of the revision that `revision` leads to)."""
    return RevisionLine.objects.filter(revision=OuterRef(revision), **which)

"""Work of orders that are not released yet, laid as it would be from the dates that production signed for them: no
hours are given to it, but whoever promises the next date sees that they will be wanted (拟排, R10)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery

from orders import written
from orders.models import RevisionLine, Signed, State, Status
from production import cards
from production.scheduling.capacity import Capacity
from production.scheduling.laying import Piece, lay_what_fits

# Those that begin first; what lies further off moves no date of today.
MOST_LINES = 200


@dataclass(frozen=True)
class Intended:
    row: RevisionLine
    pieces: tuple[Piece, ...]


def lines(besides: Collection[int] = ()) -> QuerySet[Any]:
    """Lines to be made of pending and approved orders, by the day that a standing date word has them begin; those
    without such a word come last, with no `start_on`: asked for here, every word would be looked up twice."""
    word = written.word(
        Signed.DATE,
        line=OuterRef("line"),
        digest=OuterRef("date_digest"),
        based_on__superseded_by__isnull=True,
        start_on__isnull=False,
    )
    found = RevisionLine.objects.filter(
        revision=F("line__order__revision"),
        revision__status__in=[Status.PROPOSED, Status.APPROVED],
        line__order__state__in=[State.PENDING, State.APPROVED],
        quantity__gt=F("from_stock"),
    )
    found = found.exclude(line__in=besides).annotate(start_on=Subquery(word.order_by("-pk").values("start_on")[:1]))
    return found.select_related("line__order").order_by("start_on", "line_id")


def lay_all(capacity: Capacity, today: date, besides: Collection[int] = ()) -> list[Intended]:
    """Taken from `capacity`, one after the other; three statements, however many."""
    rows = [row for row in lines(besides)[:MOST_LINES] if row.start_on]
    made_by = cards.judged([row.line_id for row in rows], {row.line_id: row.technical_digest for row in rows})
    found = []
    for row in rows:
        if card := made_by.get(row.line_id):
            wanted = [(step.step, step.hours(row.to_make)) for step in card.steps.all()]
            pieces, _ = lay_what_fits(wanted, capacity, max(today, row.start_on))
            found.append(Intended(row, tuple(pieces)))
    return found

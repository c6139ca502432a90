"""Where a product stands by the switching rules, told anew from what is on record: its lots and quality's own words.

The stand is carried on from lot to lot. Where an inspection is withdrawn, or customer service did not find what it
says, the lots after it count as they were looked at, as if that one had never been judged. A concession that is not
granted leaves what was found as it is.
"""

from collections.abc import Callable
from datetime import datetime

from django.db.models import Q, QuerySet

from audit.models import Event
from quality.measuring import keep, lot_size_of, seen, stand_of
from quality.models import Inspection, SampledInspection, Verdict
from quality.sampling import Stand, after
from quality.sampling.switching import call_irregular, call_steady, resume

Move = Callable[[Stand], Stand]
STEERED: dict[str, Move] = {"steady": call_steady, "irregular": call_irregular, "resume": resume}


def standing() -> QuerySet[Inspection]:
    """Inspections whose findings nobody has taken back or denied."""
    ungranted = Q(verdict=Verdict.CONCEDED, concession__isnull=True)
    return Inspection.objects.filter(Q(refusal__isnull=True) | ungranted, withdrawal__isnull=True)


def forget(inspection: Inspection) -> None:
    """An inspection of an original lot that was taken back or denied counts no more."""
    sampled = SampledInspection.objects.filter(inspection=inspection, original=True).select_related("standard").first()
    if sampled is not None:
        stand_of(sampled.standard.product_id, lock=True)
        keep(sampled.standard.product_id, told_anew(sampled.standard.product_id))


def told_anew(product_id: int) -> Stand:
    stand = Stand()
    for _, move in sorted([*lots_of(product_id), *steers_of(product_id)], key=lambda each: each[0]):
        stand = move(stand)
    return stand


def lots_of(product_id: int) -> list[tuple[datetime, Move]]:
    counted = SampledInspection.objects.filter(original=True, standard__product=product_id, inspection__in=standing())
    rows = counted.select_related("inspection").prefetch_related("inspection__findings__characteristic").order_by("pk")
    return [(row.inspection.at, lot_of(row)) for row in rows if row.inspection.findings.all()]


def lot_of(row: SampledInspection) -> Move:
    lot = seen(list(row.inspection.findings.all()), lot_size_of(row.inspection.quantity), row.severity)
    return lambda stand: after(stand, lot)


def steers_of(product_id: int) -> list[tuple[datetime, Move]]:
    events = Event.objects.filter(subject_kind="product", subject_id=product_id, action="steer_sampling")
    return [(event.at, STEERED[event.data["what"]]) for event in events.order_by("seq")]

"""Which version of the 工艺卡 a line is made by: the one in force, the one this customer's goods were last made by,
and the one that technical's word was given by (R8)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet

from orders.models import Order, RevisionLine, Signed, SignOff, State
from production.models import EditionStatus, JudgedBy, ProcessCard

# A formula is the house's own knowledge: those who sell and ship do not read it.
READERS = frozenset({"technical", "production", "quality", "cs_supervisor", "marketing_director"})
BEFORE_RELEASE = (State.DRAFT, State.PENDING, State.APPROVED)


@dataclass(frozen=True)
class Choice:
    """What technical chooses from on one line; `last` only where it is another than the one in force."""

    standing: ProcessCard | None = None
    last: ProcessCard | None = None

    def by(self, verdict: str) -> ProcessCard | None:
        """The card that a line with this verdict is made by."""
        if verdict == "cannot":
            return None
        return self.last or self.standing if verdict == "insist" else self.standing


Pair = tuple[int, int]


def choices(rows: Iterable[tuple[RevisionLine, Order]]) -> dict[int, Choice]:
    """By line, in two statements however many."""
    wanted = {row.line_id: (order.customer_id, row.product_id) for row, order in rows}
    products = {product for _, product in wanted.values()}
    in_force = ProcessCard.objects.filter(product__in=products, status=EditionStatus.IN_FORCE)
    standing = {card.product_id: card for card in in_force.prefetch_related("steps")}
    last = last_made(wanted.values())
    found = {}
    for line, pair in wanted.items():
        here, before = standing.get(pair[1]), last.get(pair)
        found[line] = Choice(here, before if before != here else None)
    return found


def last_made(pairs: Collection[Pair]) -> dict[Pair, ProcessCard]:
    """By customer and product: the version that their last released order of it is made by."""
    rows = (
        JudgedBy.objects.filter(
            card__product__in={product for _, product in pairs},
            signoff__superseded_by__isnull=True,
            signoff__order__customer__in={customer for customer, _ in pairs},
            signoff__order__released_at__isnull=False,
            # What was signed for an amendment that is not in force made nothing yet.
            signoff__line__terms__revision=F("signoff__order__revision"),
            signoff__digest=F("signoff__line__terms__technical_digest"),
        )
        .select_related("card", "signoff__order")
        .order_by("signoff__order__customer_id", "card__product_id", "-signoff__order__released_at", "-pk")
        .distinct("signoff__order__customer_id", "card__product_id")
    )
    return {(row.signoff.order.customer_id, row.card.product_id): row.card for row in rows if row.signoff.order}


def judged(lines: Iterable[int], digests: dict[int, str]) -> dict[int, ProcessCard]:
    """By line: the card that its standing technical word was given by; for lines with such a word."""
    rows = JudgedBy.objects.filter(
        signoff__kind=Signed.TECHNICAL, signoff__line__in=list(lines), signoff__superseded_by__isnull=True
    )
    rows = rows.select_related("card", "signoff").prefetch_related("card__steps")
    return {
        row.signoff.line_id: row.card
        for row in rows
        if row.signoff.line_id and digests.get(row.signoff.line_id) == row.signoff.digest
    }


def steps_of(rows: Collection[RevisionLine]) -> dict[int, list[str]]:
    """By line with a card: the names of the steps that it is made by, as they follow each other."""
    made_by = judged([row.line_id for row in rows], {row.line_id: row.technical_digest for row in rows})
    return {line: [step.get_step_display() for step in card.steps.all()] for line, card in made_by.items()}


def outdated(**where: Any) -> QuerySet[SignOff]:
    """Standing words «可以生产» and «配方有变» of orders not released, given by a version that is in force no more."""
    return (
        SignOff.objects.live()
        .filter(
            ~Q(judged_by__card__status=EditionStatus.IN_FORCE),
            kind=Signed.TECHNICAL,
            verdict__in=["can", "changed"],
            judged_by__isnull=False,
            order__state__in=BEFORE_RELEASE,
            **where,
        )
        .order_by("order", "pk")
    )

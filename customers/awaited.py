"""Whose step the next one of a contract or a quote is: they stand on no order's gates (R36)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from accounts.permissions import MAY, roles_of
from audit.models import Event
from customers import papers
from customers.models import Contract, ContractReview, Quote, QuoteState
from documents.models import Document

if TYPE_CHECKING:
    from accounts.models import User

Side = ContractReview.Side
DRAFTED = Q(is_active=False, in_force_at=None, ended_at=None)
AGREED = Q(finance_agreed=True, legal_agreed=True)
REFUSED = Q(finance_agreed=False) | Q(legal_agreed=False)
UNSAID = Q(finance_agreed=None) | Q(legal_agreed=None)
THIN = Q(state=QuoteState.DRAFT, thin=True) & ~Q(agreed_digest=F("digest"))
PRICED = ("write_quote", "change_quote")


def reviewed(contracts: QuerySet[Contract]) -> QuerySet[Contract]:
    """With the last word of each side on the very text, as `put_contract_in_force` asks for it."""
    said = {f"{side}_agreed": Subquery(said_of(OuterRef("pk")).filter(side=side).values("agreed")[:1]) for side in Side}
    return contracts.annotate(**said)


def said_of(contract: OuterRef) -> QuerySet[ContractReview]:
    return ContractReview.objects.filter(contract=contract, digest=OuterRef("digest")).order_by("-pk")


def drafts(user: "User") -> QuerySet[Contract]:
    """Those this person sees; each change of the text is a version of its paper."""
    paper = Document.objects.filter(
        kind=papers.CONTRACT.code, subject_kind="contract", subject_id=OuterRef("pk")
    ).order_by("-version")
    return reviewed(Contract.objects.visible_to(user).filter(DRAFTED)).annotate(
        written_at=Coalesce(Subquery(paper.values("made_at")[:1]), Now()),
        reviewed_at=Subquery(said_of(OuterRef("pk")).values("at")[:1]),
    )


def unagreed(user: "User") -> QuerySet[Quote]:
    """Thin quotes that may still be sent, without those the person priced: nobody agrees to a quote of their own."""
    written = Event.objects.filter(subject_kind="quote", subject_id=OuterRef("pk"), action__in=PRICED)
    found = Quote.objects.visible_to(user).filter(THIN, valid_until__gte=timezone.localdate())
    return found.exclude(Q(written_by=user) | Exists(written.filter(by=user))).annotate(
        priced_at=Coalesce(Subquery(written.order_by("-seq").values("at")[:1]), F("written_at"))
    )


def unanswered(user: "User") -> QuerySet[Quote]:
    return over(Quote.objects.visible_to(user))


def over(quotes: QuerySet[Quote]) -> QuerySet[Quote]:
    """Sent, and past their last day without an answer: to be offered anew, or given up."""
    return quotes.filter(state=QuoteState.SENT, valid_until__lt=timezone.localdate())


@dataclass(frozen=True)
class Step:
    """A kind of next step: whose it is, what of `of` waits for it and since when, and the page that lists it all."""

    roles: frozenset[str]
    label: str
    page: str
    shelf: str
    of: Callable[[Any], QuerySet[Any]]
    waits: Q
    since: str


CONTRACTS, QUOTES = "customers:contracts", "customers:quotes"
DESK = frozenset({"customer_service"})
FINANCE, LEGAL = frozenset(MAY["review_contract_fin"]), frozenset(MAY["review_contract_legal"])
STEPS = (
    Step(FINANCE, "合同财务评审", CONTRACTS, "review", drafts, Q(finance_agreed=None), "written_at"),
    Step(LEGAL, "合同法务评审", CONTRACTS, "review", drafts, Q(legal_agreed=None), "written_at"),
    Step(DESK, "合同按评审意见修改", CONTRACTS, "review", drafts, REFUSED, "reviewed_at"),
    Step(DESK, "合同签回归档", CONTRACTS, "signing", drafts, AGREED, "reviewed_at"),
    Step(frozenset(MAY["agree_quote"]), "低毛利报价同意", QUOTES, "thin", unagreed, Q(), "priced_at"),
    Step(frozenset({"sales"}), "报价过期未答复", QUOTES, "over", unanswered, Q(), "sent_at"),
)


def steps_of(user: "User") -> list[Step]:
    held = roles_of(user)
    return [step for step in STEPS if held & step.roles]


def waiting(step: Step, user: "User") -> QuerySet[Any]:
    """What waits for this step of this person's roles, with its customer and `since`."""
    return step.of(user).filter(step.waits).select_related("customer").annotate(since=F(step.since))

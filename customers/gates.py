"""Whose step the next one of a quote or a contract is (R36)."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.lookups import Exact, IsNull

from accounts.permissions import roles_that_may
from audit.models import Event
from audit.moment import TODAY
from customers.models import ContractReview, QuoteState
from flow.gates import Bolt, Duty, Guard, Owing

Side = ContractReview.Side
PRICED = ("write_quote", "change_quote")


def last_word(side: Side) -> Subquery:
    """Whether this side agreed to the very text, as `put_contract_in_force` asks for it; null while it said nothing."""
    said = ContractReview.objects.filter(contract=OuterRef("pk"), digest=OuterRef("digest"), side=side)
    return Subquery(said.order_by("-pk").values("agreed")[:1])


WORDS = {side: last_word(side) for side in Side}
DRAFTED = Q(is_active=False, in_force_at=None, ended_at=None)
UNSAID = {side: Q(IsNull(word, True)) for side, word in WORDS.items()}
REFUSED = Q(Exact(WORDS[Side.FINANCE], False)) | Q(Exact(WORDS[Side.LEGAL], False))
AGREED = Q(Exact(WORDS[Side.FINANCE], True)) & Q(Exact(WORDS[Side.LEGAL], True))
IN_REVIEW = DRAFTED & (UNSAID[Side.FINANCE] | UNSAID[Side.LEGAL] | REFUSED)
TO_SIGN = DRAFTED & AGREED

THIN = Q(state=QuoteState.DRAFT, thin=True) & ~Q(agreed_digest=F("digest"))
# Sent, and past its last day without an answer: to be offered anew, or given up.
OVER = Q(state=QuoteState.SENT, valid_until__lt=TODAY)


def priced_by(user: Any) -> Q:
    """Nobody agrees to a quote of their own."""
    wrote = Event.objects.filter(subject_kind="quote", subject_id=OuterRef("pk"), action__in=PRICED, by=user)
    return Q(written_by=user) | Q(Exists(wrote))


def owing(action: str) -> tuple[Owing, ...]:
    return tuple(Owing(role) for role in roles_that_may(action))


DUTIES = (
    Duty("review_fin", "contract", "合同财务评审", DRAFTED & UNSAID[Side.FINANCE], owing("review_contract_fin"), ""),
    Duty("review_legal", "contract", "合同法务评审", DRAFTED & UNSAID[Side.LEGAL], owing("review_contract_legal"), ""),
    Duty("revise_contract", "contract", "合同按评审意见修改", DRAFTED & REFUSED, (Owing("customer_service"),), ""),
    Duty("file_contract", "contract", "合同签回归档", TO_SIGN, (Owing("customer_service"),), ""),
    Duty("quote_over", "quote", "报价过期未答复", OVER, (Owing("sales"),), ""),
)

BOLTS = (
    Bolt(
        "agree_quote",
        "quote",
        "低毛利报价同意",
        frozenset({QuoteState.DRAFT}),
        (),
        owed=owing("agree_quote"),
        when=THIN & Q(valid_until__gte=TODAY),
    ),
)
GUARDS = (Guard("own_quote", "agree_quote", priced_by, "报价人不能同意自己的报价，请由另一位主管办理。"),)

"""What is told of quotes and contracts."""

from django.db.models import Q, QuerySet

from accounts.models import User
from customers.models import Contract, Customer, Quote
from documents import notices
from documents.notices import Kind

QUOTES = Kind("quote", "报价进展", frozenset({"sales", "customer_service", "supervisor", "marketing_director"}))
MARGINS = Kind(
    "quote_margin",
    "低毛利报价待同意",
    frozenset({"supervisor", "marketing_director"}),
    owing=frozenset({"supervisor", "marketing_director"}),
)
REVIEWS = Kind("contract_review", "合同待评审", frozenset({"finance", "legal"}), owing=frozenset({"finance", "legal"}))
CONTRACTS = Kind("contract", "合同进展", frozenset({"sales", "customer_service", "cs_supervisor"}))


def others(people: Q, by: User | None) -> QuerySet[User]:
    found = User.objects.filter(people, is_active=True)
    return (found.exclude(pk=by.pk) if by else found).order_by("pk").distinct()


def desk(customer: Customer) -> Q:
    """Its salesperson and clerk."""
    return Q(pk__in=[pk for pk in (customer.salesperson_id, customer.clerk_id) if pk])


def tell_of_quote(quote: Quote, what: str, by: User | None) -> None:
    told = notices.hows(QUOTES.code, others(desk(quote.customer) | Q(pk=quote.written_by_id), by))
    words = f"报价单 {quote.number}（{quote.customer.called}）：{what}"
    event = f"quote:{quote.pk}:{quote.version}"
    notices.tell(told, event=event, text=words, url=quote.get_absolute_url(), kind=QUOTES.code)


def ask_for_margin(quote: Quote, by: User | None) -> None:
    """The salesperson's supervisor; the marketing director too, who may stand in."""
    seller = quote.customer.salesperson
    people = Q(pk=seller.supervisor_id) | Q(groups__name="marketing_director")
    told = notices.hows(MARGINS.code, others(people, by))
    words = f"报价单 {quote.number}（{quote.customer.called}）低于最低毛利，请同意或退改"
    event = f"quote-margin:{quote.pk}:{quote.version}"
    notices.tell(told, event=event, text=words, url=quote.get_absolute_url(), kind=MARGINS.code)


def ask_for_review(contract: Contract, by: User | None) -> None:
    told = notices.hows(REVIEWS.code, others(Q(groups__name__in=["finance", "legal"]), by))
    words = f"合同 {contract.number}（{contract.customer.called}）待书面评审"
    event = f"contract-review:{contract.pk}:{contract.version}"
    notices.tell(told, event=event, text=words, url=contract.get_absolute_url(), kind=REVIEWS.code)


def tell_of_contract(contract: Contract, what: str, by: User | None, event: str) -> None:
    told = notices.hows(CONTRACTS.code, others(desk(contract.customer), by))
    words = f"合同 {contract.number}（{contract.customer.called}）：{what}"
    notices.tell(told, event=event, text=words, url=contract.get_absolute_url(), kind=CONTRACTS.code)


def tell_of_ending(contract: Contract) -> None:
    """Once: the outbox keeps what was told."""
    words = f"将于 {contract.valid_to:%Y-%m-%d} 到期，请与客户商定续签"
    tell_of_contract(contract, words, None, f"contract:{contract.pk}:ending")

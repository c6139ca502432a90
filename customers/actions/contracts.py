"""客户销售合同: drafted, reviewed in writing by finance and legal, in force once its signed copy is filed (R36).

What is in force is never changed: it is ended, and another one drafted. Its terms come before the grade's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from accounts.records import Invalid, add, save
from audit import history
from audit.errors import Refused
from audit.frame import Act, action
from audit.keys import digest_of
from catalog.actions import put
from catalog.models import Product
from catalog.rereads import queue_reread
from customers import clauses, notices, papers
from customers.frame import PartAction
from customers.models import (
    Contract,
    ContractPrice,
    ContractReview,
    ContractTemplate,
    Customer,
    PaymentStage,
    Quote,
    QuoteState,
)
from customers.terms import terms_for
from documents.attachments import store
from documents.numbering import business_day, next_number

CONTRACT_FACTS = {
    "number",
    "valid_from",
    "valid_to",
    "tolerance_plus",
    "tolerance_minus",
    "deposit_pro_rata",
    "starts_early",
    "amount",
    "terms",
    "clauses",
}
Kind = PaymentStage.Kind
AFTER = (Kind.ARRIVAL, Kind.MONTHLY)
Side = ContractReview.Side


@dataclass(frozen=True)
class Agreed:
    """The price of a product in a contract, from a quantity on."""

    product: Product
    price: Decimal
    from_quantity: Decimal = Decimal(0)


@dataclass(frozen=True)
class Stage:
    """So many percent of the value due at `kind`; `days` after it where goods have arrived or the month is over."""

    kind: str
    percent: Decimal
    days: int = 0


@action("change_contract", frame=PartAction)
def change_contract(
    act: Act,
    customer: Customer,
    *,
    part: Contract | None = None,
    prices: Iterable[Agreed] | None = None,
    stages: Sequence[Stage] | None = None,
    **facts: Any,
) -> Contract:
    """Draft a 客户销售合同 or change a draft (`part`). `prices` and `stages`, where given, are all that it settles.

    Raises Refused for one that is or was in force, Invalid where stages do not make 100 % or a field refuses.
    """
    contract = part or Contract(customer=customer)
    still_draft(contract)
    changed = put(contract, facts, CONTRACT_FACTS)
    if stages is not None:
        set_columns(contract, stages)
    contract.version += 1 if part else 0
    save(contract)
    if prices is not None:
        settle_prices(contract, prices)
    if stages is not None:
        settle_stages(contract, stages)
    restamp(act, contract)
    act.record(customer, changed=changed, named=contract.number)
    return contract


@action("draft_contract", frame=PartAction)
def draft_contract(
    act: Act, customer: Customer, *, quote: Quote | None = None, template: ContractTemplate | None = None
) -> Contract:
    """A draft for a year from today, with the clauses of a template, the grade's terms as stages, and the prices of
    an accepted quote. Raises Refused for a quote that is not accepted, is another customer's or has a contract."""
    if quote is not None:
        usable(quote, customer)
    today = business_day(act.at)
    terms = terms_for(customer, today)
    contract = Contract(
        customer=customer,
        quote=quote,
        valid_from=today,
        valid_to=date(today.year + 1, today.month, min(today.day, 28)),
        amount=quote.total if quote and not quote.has_tiers else None,
        clauses=template.clauses if template else "",
    )
    before = max(terms.share_before_shipping - terms.deposit_percent, Decimal(0))
    rest = Decimal(100) - terms.deposit_percent - before
    stages = [
        Stage(kind, percent, days)
        for kind, percent, days in (
            (Kind.DEPOSIT, terms.deposit_percent, 0),
            (Kind.BEFORE, before, 0),
            (Kind.ARRIVAL, rest, 30),
        )
        if percent
    ]
    set_columns(contract, stages)
    contract.number = next_number(papers.CONTRACT.prefix, today)
    save(contract)
    settle_stages(contract, stages)
    if quote is not None:
        settle_prices(contract, tiers(quote))
    restamp(act, contract)
    act.record(customer, named=contract.number)
    return contract


def usable(quote: Quote, customer: Customer) -> None:
    fresh = Quote.objects.select_for_update(no_key=True).get(pk=quote.pk)
    if fresh.customer_id != customer.pk:
        raise Refused("报价单属于另一位客户。")
    if fresh.state != QuoteState.ACCEPTED:
        raise Refused("客户接受报价之后，才能据以起草合同。")
    if standing := Contract.objects.filter(quote=fresh, ended_at=None).first():
        raise Refused(f"此报价已起草合同 {standing.number}。")


def tiers(quote: Quote) -> list[Agreed]:
    """Each price from its quantity on; a product's smallest one from the first piece on."""
    found: list[Agreed] = []
    known: set[int] = set()
    for line in quote.lines.select_related("product").order_by("quantity", "position"):  # type: ignore[attr-defined]
        found.append(Agreed(line.product, line.price, line.quantity if line.product_id in known else Decimal(0)))
        known.add(line.product_id)
    return found


def still_draft(contract: Contract) -> None:
    if not contract.is_draft:
        raise Refused("已生效或停用的合同不能修改；请停用后另行起草，评审后再生效。")


def set_columns(contract: Contract, stages: Sequence[Stage]) -> None:
    """The terms that gates read, from the stages; without any they are the grade's."""
    if not stages:
        contract.deposit_percent = contract.share_before_shipping = contract.days_for_rest = None
        return
    if len([stage for stage in stages if stage.kind == Kind.DEPOSIT]) > 1:
        raise Invalid({"": ["定金只能写一个阶段。"]}, {})
    if any(not 0 < stage.percent <= 100 for stage in stages):
        raise Invalid({"": ["各阶段比例应大于 0，不超过 100。"]}, {})
    if sum(stage.percent for stage in stages) != 100:
        raise Invalid({"": ["各付款阶段的比例之和应为 100%。"]}, {})
    if any(stage.days and stage.kind not in AFTER for stage in stages):
        raise Invalid({"": ["只有货到后与月结的阶段才写天数。"]}, {})
    later = [stage for stage in stages if stage.kind in AFTER]
    contract.deposit_percent = sum((stage.percent for stage in stages if stage.kind == Kind.DEPOSIT), Decimal(0))
    contract.share_before_shipping = Decimal(100) - sum((stage.percent for stage in later), Decimal(0))
    contract.days_for_rest = max((stage.days for stage in later), default=None)


def settle_stages(contract: Contract, stages: Sequence[Stage]) -> None:
    contract.stages.all().delete()  # type: ignore[attr-defined]
    rows = PaymentStage.objects.bulk_create(
        PaymentStage(contract=contract, position=place, kind=stage.kind, percent=stage.percent, days=stage.days)
        for place, stage in enumerate(stages, 1)
    )
    history.write(rows, created=True)


def settle_prices(contract: Contract, prices: Iterable[Agreed]) -> None:
    wanted: dict[tuple[int, Decimal], Agreed] = {}
    for given in prices:
        key = (given.product.pk, given.from_quantity)
        if key in wanted:
            raise Refused(f"{given.product} 从同一数量起有两个合同单价，请只留一个。")
        wanted[key] = given
    standing = {(price.product_id, price.from_quantity): price for price in contract.prices.all()}  # type: ignore[attr-defined]
    for key in standing.keys() - wanted.keys():
        standing[key].delete()
    for key in standing.keys() & wanted.keys():
        if standing[key].price != wanted[key].price:
            standing[key].price = wanted[key].price
            save(standing[key])
    add(
        [
            ContractPrice(
                contract=contract, product=given.product, from_quantity=given.from_quantity, price=given.price
            )
            for key, given in wanted.items()
            if key not in standing
        ]
    )


def restamp(act: Act, contract: Contract) -> None:
    """What reviews judge, and the paper as it now reads."""
    contract.digest = digest_of(
        [
            [getattr(contract, name) for name in sorted(CONTRACT_FACTS)],
            [[stage.kind, stage.percent, stage.days] for stage in contract.stages.order_by("position")],  # type: ignore[attr-defined]
            list(contract.prices.order_by("product", "from_quantity").values_list("product", "from_quantity", "price")),  # type: ignore[attr-defined]
        ]
    )
    contract.save(update_fields=["digest"])
    papers.freeze_contract(act, contract)


@action("ask_contract_review", frame=PartAction)
def ask_contract_review(act: Act, customer: Customer, *, part: Contract) -> Contract:
    """Tell finance and legal that a draft waits for their word; adds a notice and nothing else."""
    still_draft(part)
    act.record(customer, named=part.number)
    notices.ask_for_review(part, act.by)
    return part


def review(act: Act, customer: Customer, contract: Contract, side: Side, agreed: bool, text: str) -> Contract:
    still_draft(contract)
    if not text.strip():
        raise Refused("请写明评审意见。", field="text")
    ContractReview.objects.create(
        contract=contract,
        side=side,
        agreed=agreed,
        text=text.strip(),
        digest=contract.digest,
        by=act.by,
        at=act.at,
    )
    contract.version += 1
    contract.save(update_fields=["version"])
    act.record(customer, named=contract.number, agreed=agreed)
    said = f"{side.label}{'同意' if agreed else '不同意'}"
    notices.tell_of_contract(contract, said, act.by, f"contract:{contract.pk}:{contract.version}")
    return contract


@action("review_contract_fin", frame=PartAction)
def review_contract_fin(act: Act, customer: Customer, *, part: Contract, agreed: bool, text: str) -> Contract:
    """Finance's written word on a draft as it reads now. Raises Refused without words or for one in force."""
    return review(act, customer, part, Side.FINANCE, agreed, text)


@action("review_contract_legal", frame=PartAction)
def review_contract_legal(act: Act, customer: Customer, *, part: Contract, agreed: bool, text: str) -> Contract:
    """Legal's written word on a draft as it reads now. Raises Refused without words or for one in force."""
    return review(act, customer, part, Side.LEGAL, agreed, text)


def lacking_reviews(contract: Contract) -> list[str]:
    """The sides whose last word on this very text is not yes."""
    last: dict[str, bool] = {}
    for row in ContractReview.objects.filter(contract=contract, digest=contract.digest).order_by("pk"):
        last[row.side] = row.agreed
    return [side.label for side in Side if not last.get(side.value)]


@action("put_contract_in_force", frame=PartAction)
def put_contract_in_force(act: Act, customer: Customer, *, part: Contract, scan: UploadedFile) -> Contract:
    """File the copy signed by both; from now on its terms and prices come before the grade's.

    Raises Refused while finance or legal has not agreed to the text as it reads, or without the signed copy; Invalid
    where its dates overlap another contract in force.
    """
    still_draft(part)
    if lacking := lacking_reviews(part):
        raise Refused(f"{'、'.join(lacking)}尚未同意现在的文本，评审齐全后才能生效。")
    if not scan:
        raise Refused("请上传双方签章的合同扫描件。", field="scan")
    part.scan = store(scan, act.by, "customer", customer.pk)
    part.is_active, part.in_force_at = True, act.at
    part.version += 1
    save(part)
    raise_version(customer)
    act.record(customer, named=part.number)
    queue_reread(act, "customer", [customer.pk])
    notices.tell_of_contract(part, "已生效", act.by, f"contract:{part.pk}:{part.version}")
    return part


@action("end_contract", frame=PartAction)
def end_contract(act: Act, customer: Customer, *, part: Contract) -> Contract:
    """Put a contract out of force, or give a draft up, with a reason. Raises Refused without one, or ended before."""
    if not act.reason:
        raise Refused("请填写停用原因。", field="reason")
    if part.ended_at:
        raise Refused(f"此合同{part.standing}。")
    was_active, part.is_active = part.is_active, False
    part.ended_at = act.at
    part.version += 1
    save(part)
    raise_version(customer)
    act.record(customer, named=part.number)
    if was_active:
        queue_reread(act, "customer", [customer.pk])
    return part


@action("change_template")
def change_template(act: Act, template: ContractTemplate | None, **facts: Any) -> ContractTemplate:
    """Write a template or change one; contracts drafted before keep their clauses."""
    record = template or ContractTemplate()
    changed = put(record, facts, {"name", "clauses", "is_active"})
    if unknown := clauses.unknown(record.clauses):
        raise Refused(f"不认识的填空：{'、'.join(unknown)}。", field="clauses")
    record.version += 1 if template else 0
    save(record)
    act.record(record, changed=changed)
    return record


def raise_version(customer: Customer) -> None:
    customer.version += 1
    customer.save(update_fields=["version"])

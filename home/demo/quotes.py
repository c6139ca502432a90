"""What things cost, quotes on their way, and contracts: drafted, reviewed, signed, in force (R36)."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from catalog.costing import ZERO, estimates, unit_price
from catalog.costs import set_costs
from catalog.models import Material
from customers import actions
from customers.actions import Offered, Stage
from customers.models import Contract, Customer
from customers.queries import template_in_use
from home.demo.papers import paper
from home.demo.people import People
from home.demo.products import Made

if TYPE_CHECKING:
    from home.demo.company import Company

COSTS = {
    "YZ-RM55": "3.2", "YZ-SJ70": "2.6", "YZ-TB128": "3", "MC-TB80": "0.35", "MC-PET50": "0.8", "DZ-GLX60": "0.15",
    "JS-RR": "9.5", "GX-76": "0.1", "BZ-XB": "4.2",
}  # fmt: skip
# Of the price without tax, before overhead.
SHARE = Decimal("0.72")
# Off the house's price; what happens after it was written.
ASKED = (
    ("1.00", ("send_quote", "accept_quote")),
    ("0.98", ("send_quote",)),
    ("0.78", ()),
    ("0.99", ("send_quote", "lose_quote")),
    ("1.02", ()),
)


def say_costs(staff: People, made: list[Made], at: datetime) -> None:
    """Material as it is bought; process and labour so that the house earns on most of what it makes."""
    price_of = {code: Decimal(price) for code, price in COSTS.items()}
    known = {row.pk: price_of[row.code] for row in Material.objects.all()}
    for one, estimate in zip(made, estimates([one.product for one in made]).values(), strict=True):
        materials = {part.need.material: known[part.need.material_id] for part in estimate.materials}
        spent = sum((part.quantity * known[part.need.material_id] for part in estimate.materials), ZERO)
        net = one.price / (1 + one.product.tax_rate / 100)
        work = max(net * SHARE - spent, net * Decimal("0.05"))
        facts: Any = {"process": unit_price(work * Decimal("0.65")), "labour": unit_price(work * Decimal("0.35"))}
        set_costs(one.product, by=staff["finance"], at=at, materials=materials, **facts)


def agree(staff: People, customer: Customer, at: datetime, stages: list[Stage], **facts: Any) -> Contract:
    """A contract through its reviews to the signed copy."""
    template = template_in_use()
    contract = actions.change_contract(
        customer, by=customer.clerk, at=at, stages=stages, clauses=template.clauses if template else "", **facts
    )
    said = {"part": contract, "at": at, "agreed": True}
    actions.review_contract_fin(customer, by=staff["finance"], text="账期与定金可行", **said)
    actions.review_contract_legal(customer, by=staff["legal"], text="条款齐备，违约责任对等", **said)
    return actions.put_contract_in_force(customer, by=customer.clerk, at=at, part=contract, scan=paper("合同"))


def offer(company: "Company") -> None:
    """Quotes at every stage, and a contract drafted of the one accepted, with finance's word on it."""
    at = company.clock.now
    for place, (factor, steps) in enumerate(ASKED):
        customer = company.clients[place * 3 + 1].customer
        chosen = company.rng.sample(company.made, 2 + place % 2)
        quote = actions.write_quote(
            None,
            by=customer.salesperson,
            at=at,
            customer=customer,
            valid_until=at.date() + timedelta(days=30),
            payment_terms="定金 30%，余款发货前付清",
            delivery="送货上门，运费我方承担",
            inquiry="来电询价，年用量另议",
            lines=[line(one, Decimal(factor)) for one in chosen],
        )
        if quote.thin:
            actions.ask_quote_margin(quote, by=customer.salesperson, at=at)
        if quote.thin and steps:
            director = company.people["marketing_director"]
            quote = actions.agree_quote(quote, by=director, at=at, reason="老客户试单，量大再议")
        for step in steps:
            said = {} if step == "send_quote" else {"answer": WORDS[step]}
            quote = getattr(actions, step)(quote, by=customer.salesperson, at=at, **said)
        if "accept_quote" in steps:
            draft(company, quote.customer, quote, at)


WORDS = {"accept_quote": "采购来邮件接受，按此下单", "lose_quote": "客户选了报价更低的一家"}


def line(one: Made, factor: Decimal) -> Offered:
    return Offered(one.product, Decimal(one.least), (one.price * factor).quantize(Decimal("0.01")), lead_days=10)


def draft(company: "Company", customer: Customer, quote: Any, at: datetime) -> None:
    template, clerk = template_in_use(), customer.clerk
    contract = actions.draft_contract(customer, by=clerk, at=at, quote=quote, template=template)
    actions.ask_contract_review(customer, by=clerk, at=at, part=contract)
    said: Any = {"agreed": True, "text": "定金比例合适"}
    actions.review_contract_fin(customer, by=company.people["finance"], at=at, part=contract, **said)


def of_days(deposit: Decimal, days: int | None) -> list[Stage]:
    """Deposit and the rest: before goods leave, or so many days after they arrived."""
    rest = Stage("before", 100 - deposit) if days is None else Stage("arrival", 100 - deposit, days)
    return [*([Stage("deposit", deposit)] if deposit else []), rest]

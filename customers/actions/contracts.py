"""客户销售合同: the terms and prices that come before the grade's and the list's."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from accounts.records import save
from audit.errors import Refused
from audit.frame import Act, action
from catalog.actions import put
from catalog.models import Product
from catalog.rereads import queue_reread
from customers.frame import PartAction
from customers.models import Contract, ContractPrice, Customer
from documents.attachments import store

CONTRACT_FACTS = {
    "number",
    "valid_from",
    "valid_to",
    "deposit_percent",
    "share_before_shipping",
    "days_for_rest",
    "tolerance_plus",
    "tolerance_minus",
    "deposit_pro_rata",
    "starts_early",
    "amount",
    "terms",
    "is_active",
}


@dataclass(frozen=True)
class Agreed:
    """The price of a product in a contract."""

    product: Product
    price: Decimal


@action("change_contract", frame=PartAction, system=True)
def change_contract(
    act: Act,
    customer: Customer,
    *,
    part: Contract | None = None,
    prices: Iterable[Agreed] | None = None,
    scan: UploadedFile | None = None,
    **facts: Any,
) -> Contract:
    """Add a 客户销售合同, change it (`part`) or put it out of force. `prices`, where given, are all that it settles.

    Raises Invalid where the dates overlap another contract in force or a field refuses.
    """
    contract = part or Contract(customer=customer)
    changed = put(contract, facts, CONTRACT_FACTS)
    if scan:
        contract.scan = store(scan, act.by, "customer", customer.pk)
    contract.version += 1 if part else 0
    save(contract)
    if prices is not None:
        settle_prices(contract, prices)
    raise_version(customer)
    act.record(customer, changed=changed, named=contract.number)
    queue_reread(act, "customer", [customer.pk])
    return contract


def settle_prices(contract: Contract, prices: Iterable[Agreed]) -> None:
    wanted: dict[int, Agreed] = {}
    for given in prices:
        if given.product.pk in wanted:
            raise Refused(f"{given.product} 有两个合同单价，请只留一个。")
        wanted[given.product.pk] = given
    standing = {price.product_id: price for price in contract.prices.all()}
    for product_id in standing.keys() - wanted.keys():
        standing[product_id].delete()
    for product_id, given in wanted.items():
        price = standing.get(product_id) or ContractPrice(contract=contract, product=given.product)
        if price.pk is None or price.price != given.price:
            price.price = given.price
            save(price)


def raise_version(customer: Customer) -> None:
    customer.version += 1
    customer.save(update_fields=["version"])

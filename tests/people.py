"""A cast of people and things for tests: each function makes one, the rest filled in."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from accounts.search import initials, pinyin, tokens
from catalog.models import PriceEntry, PriceList, Product
from customers import actions
from customers.models import Address, Contact, Contract, Customer
from tests.remembered import remembered

made = iter(range(1, 10_000_000))


def person(*roles: str, name: str = "", **facts: Any) -> User:
    """Someone who holds `roles`."""
    return cast([(roles, {"name": name, **facts})])[0]


def cast(wanted: Sequence[tuple[Collection[str], dict[str, Any]]]) -> list[User]:
    """Some at once: the roles of each, and what else is to be said of them."""
    users = User.objects.bulk_create(one(**facts) for _, facts in wanted)
    groups = dict(
        Group.objects.filter(name__in={role for roles, _ in wanted for role in roles}).values_list("name", "pk")
    )
    belonging = User.groups.through  # type: ignore[attr-defined]
    belonging.objects.bulk_create(
        belonging(user_id=user.pk, group_id=groups[role])
        for user, (roles, _) in zip(users, wanted, strict=True)
        for role in roles
    )
    return users


def one(name: str = "", password: str = "", **facts: Any) -> User:
    """With a password of their own where one is given, else with none that would open the door."""
    number = next(made)
    kept = make_password(password) if password else "!"
    given = {"username": f"person{number}", "name": name or f"员工{number}", "must_change_password": False, **facts}
    return User(**given, password=kept)


def customer(name: str = "", *, grade: str = "B", salesperson: User | None = None, **facts: Any) -> Customer:
    number = next(made)
    name = name or f"客户{number}"
    code = facts.pop("code", f"K{number:05d}")
    return Customer.objects.create(
        code=code,
        name=name,
        grade=grade,
        salesperson=salesperson or person("sales"),
        **{"pinyin": pinyin(name), "initials": initials(name), "search": tokens(code, name), **facts},
    )


@remembered
def contract(of: Customer, first: date = date(2026, 1, 1), last: date = date(2026, 12, 31), **facts: Any) -> Contract:
    given = {"is_active": True, "number": f"HT-{next(made)}", "valid_from": first, "valid_to": last, **facts}
    return Contract.objects.create(customer=of, **given)


def in_force(drafted: Contract, clerk: User) -> Contract:
    """Reviewed by both sides and signed."""
    yes = {"agreed": True, "text": "同意"}
    actions.review_contract_fin(drafted.customer, by=person("finance"), part=drafted, **yes)
    actions.review_contract_legal(drafted.customer, by=person("legal"), part=drafted, **yes)
    scan = SimpleUploadedFile("合同.pdf", b"%PDF-1.4\n%%EOF\n")
    return actions.put_contract_in_force(drafted.customer, by=clerk, part=drafted, scan=scan)


def contact(of: Customer, **facts: Any) -> Contact:
    return Contact.objects.create(customer=of, **{"name": "王经理", "mobile": "13800000000", **facts})


def address(of: Customer, **facts: Any) -> Address:
    given = {"receiver": "李收货", "phone": "0512-1234567", "address": "苏州市工业园区星湖街 1 号", **facts}
    return Address.objects.create(customer=of, **given)


def product(**facts: Any) -> Product:
    number = next(made)
    given = {"code": f"P{number:05d}", "name": f"热敏标签纸{number}", "spec": "80 mm × 50 m", **facts}
    return Product.objects.create(search=tokens(given["code"], given["name"]), **given)


def price_list(first: date = date(2026, 1, 1), last: date | None = None, **facts: Any) -> PriceList:
    return PriceList.objects.create(**{"name": f"方案{next(made)}", "valid_from": first, "valid_to": last, **facts})


def price(of: PriceList, product: Product, amount: str, **facts: Any) -> PriceEntry:
    return PriceEntry.objects.create(price_list=of, product=product, price=Decimal(amount), **facts)

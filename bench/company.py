"""Those who trade: people, customers with contact and address, products with a price. Made once, by COPY's sisters."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from accounts.models import User
from accounts.search import initials, pinyin, tokens
from catalog.models import PriceEntry, PriceList, Product
from customers.models import Address, Contact, Customer

PASSWORD = "bench-only"  # noqa: S105 (of a database that is thrown away)
SLOTS = 8
CLIENTS = 8
STAFF = ("technical", "production", "quality", "finance", "warehouse")
PLACES = [
    "苏州",
    "无锡",
    "常州",
    "昆山",
    "上海",
    "杭州",
    "宁波",
    "嘉兴",
    "南京",
    "合肥",
    "青岛",
    "广州",
    "东莞",
    "佛山",
    "厦门",
    "武汉",
]
NAMES = [
    "华印",
    "晨光",
    "佳联",
    "远帆",
    "恒泰",
    "瑞丰",
    "金纬",
    "新元",
    "同创",
    "博雅",
    "世邦",
    "嘉禾",
    "长信",
    "立达",
    "德润",
    "百川",
    "永盛",
    "天工",
    "海纳",
    "正则",
]
TRADES = ["包装材料", "标签印务", "物流", "医药", "电子", "食品", "纸业", "日化"]
GOODS = ["热敏标签纸", "铜版不干胶", "合成纸标签", "热转印碳带", "无碳打印纸", "格拉辛离型纸"]


@dataclass
class Company:
    """`clerks`, `supervisors` and `staff` are the bench's clients; each supervisor leads three salespeople."""

    clerks: list[User] = field(default_factory=list)
    supervisors: list[User] = field(default_factory=list)
    sellers: list[User] = field(default_factory=list)
    staff: dict[str, list[User]] = field(default_factory=dict)
    # (customer, contact, address, salesperson) ids
    customers: list[tuple[int, int, int, int]] = field(default_factory=list)
    # SLOTS products each: the products of one order
    ranges: list[list[int]] = field(default_factory=list)


@cache
def hashed() -> str:
    """Once for all: it is slow by intention."""
    return make_password(PASSWORD)


def hire(role: str, number: int, **facts: object) -> User:
    given = {"password": hashed(), "must_change_password": False, **facts}
    user = User.objects.create(username=f"{role}{number}", name=f"{role}{number}", **given)
    user.groups.add(Group.objects.get(name=role))
    return user


def found(customers: int, ranges: int) -> Company:
    company = Company()
    company.clerks = [hire("customer_service", number) for number in range(CLIENTS)]
    company.supervisors = [hire("supervisor", number) for number in range(CLIENTS)]
    company.staff = {role: [hire(role, number) for number in range(CLIENTS)] for role in STAFF}
    company.sellers = [hire("sales", number, supervisor=company.supervisors[number % 8]) for number in range(24)]
    add_customers(company, customers)
    add_products(company, ranges)
    return company


def add_customers(company: Company, count: int) -> None:
    kept = []
    for number in range(count):
        name = f"{PLACES[number % 16]}{NAMES[number // 16 % 20]}{TRADES[number // 320 % 8]}有限公司" + (
            f"{number // 2560}" if number >= 2560 else ""
        )
        code = f"C{number:05d}"
        kept.append(
            Customer(
                code=code,
                name=name,
                grade="B",
                salesperson=company.sellers[number % 24],
                clerk=company.clerks[number % 8],
                pinyin=pinyin(name)[:200],
                initials=initials(name)[:40],
                search=tokens(code, name),
                credit_limit=Decimal(10_000_000),
            )
        )
    Customer.objects.bulk_create(kept)
    contacts = Contact.objects.bulk_create(
        Contact(customer=one, name="王经理", mobile="13800000000", may_sign=True, email="buyer@example.com")
        for one in kept
    )
    addresses = Address.objects.bulk_create(
        Address(customer=one, receiver="李收货", phone="0512-1234567", address="星湖街 1 号", is_default=True)
        for one in kept
    )
    for one, contact, address in zip(kept, contacts, addresses, strict=True):
        company.customers.append((one.pk, contact.pk, address.pk, one.salesperson_id))


def add_products(company: Company, ranges: int) -> None:
    """The price is by the slot, so that orders of one shape amount to the same whatever they are of."""
    products = Product.objects.bulk_create(
        Product(
            code=f"G{number:05d}",
            name=f"{GOODS[number % 6]} {60 + number % 50}×{30 + number % 40}",
            spec=f"{60 + number % 50} mm × {50 + number % 7 * 25} m",
            search=tokens(f"G{number:05d}", GOODS[number % 6]),
        )
        for number in range(ranges * SLOTS)
    )
    prices = PriceList.objects.create(name="价格执行方案", valid_from=date(2020, 1, 1))
    PriceEntry.objects.bulk_create(
        PriceEntry(price_list=prices, product=product, price=slot_price(number % SLOTS))
        for number, product in enumerate(products)
    )
    ids = [product.pk for product in products]
    company.ranges = [ids[start : start + SLOTS] for start in range(0, len(ids), SLOTS)]


def slot_price(slot: int) -> Decimal:
    return Decimal("10.00") + Decimal("2.50") * slot

"""Who buys: forty-six printers, makers and shippers around Lake Tai, all invented."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from customers.actions import (
    Agreed,
    add_address,
    add_contact,
    add_customer,
    change_grade,
    set_credit_limit,
)
from customers.models import Address, Contact, Customer
from home.demo import quotes
from home.demo.people import People
from home.demo.products import CENT, Made

PLACES = ("苏州", "昆山", "吴江", "常熟", "太仓", "张家港", "无锡", "江阴", "宜兴", "嘉兴", "湖州", "南通")
BRANDS = (
    "澄砚", "禾墨", "云栈", "岚图", "青笺", "锦帆", "鼎澜", "泽远", "瑞桥", "朗亭", "栖禾", "文渡",
    "恒柚", "万棠", "晴川", "湖畔", "盛砚", "同舟", "宝屿", "金栗", "远帆", "丰沛", "映月", "松石",
    "浅水", "合川", "百川", "玉兰", "千帆", "东篱", "南浦", "西塘渡", "北辰屿", "长桥", "芦苇", "石湖月",
    "枫泊", "吴韵", "虞麓", "澹台", "震泽风", "菱塘", "鹭汀", "白苹", "蠡墅", "越溪桥",
)  # fmt: skip
TRADES = (
    ("印务", "印刷厂采购票据与标签用纸"), ("包装制品", "彩盒、吊牌"), ("食品", "冷链与生鲜标签"),
    ("电子", "亚银、耐温标签"),
    ("日化", "瓶贴"), ("医疗器械", "灭菌包装与追溯标签"), ("物流", "快递面单"),
    ("服饰", "吊牌、水洗标"), ("商贸", "收银纸"),
)  # fmt: skip
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭罗梁宋郑谢唐韩冯邓曹彭曾"
GIVEN = ("建平", "丽", "志明", "晓红", "海涛", "雅琴", "国庆", "敏", "伟", "春燕", "立群", "佳怡", "长生", "欣", "永强")
ROADS = ("东环路", "科技大道", "湖滨路", "工业北路", "文昌街", "新港路", "创业路", "长江路", "运河西路", "虞山大道")


@dataclass
class Client:
    """A customer with who orders (`buyer`, by phone alone), who signs, and where goods go."""

    customer: Customer
    signer: Contact
    buyer: Contact
    address: Address
    on_contract: bool = False
    on_credit: bool = False

    @property
    def grade(self) -> str:
        return self.customer.grade


def grade_of(number: int) -> str:
    return "A" if number < 14 else "B" if number < 32 else "C"


def add_customers(people: People, made: list[Made], rng: Random, today: date, at: datetime) -> list[Client]:
    return [add_client(people, made, rng, today, at, number) for number in range(len(BRANDS))]


def add_client(people: People, made: list[Made], rng: Random, today: date, at: datetime, number: int) -> Client:
    """One customer, taken up in C, judged, with its people, places and, in A and some of B, its contract."""
    place, (trade, about) = PLACES[number % len(PLACES)], TRADES[number % len(TRADES)]
    brand, grade = BRANDS[number], grade_of(number)
    sellers = people.of("sales")
    desk = people.of("customer_service")
    clerk = people["cs_supervisor"]
    customer: Customer = add_customer(
        None,
        by=clerk,
        at=at,
        code=f"K{10001 + number * 7}",
        name=f"{place}{brand}{trade}有限公司",
        short_name=f"{brand}{trade}",
        salesperson=sellers[number % len(sellers)],
        clerk=desk[number % len(desk)],
        stand_ins=[sellers[(number + 1) % len(sellers)]] if number % 5 == 0 else [],
        tax_number=f"91320{rng.randint(100, 999)}DEMO{number:05d}X",
        invoice_kind="special" if number % 6 else "plain",
        phone=f"0512-555{number:02d}{rng.randint(100, 999)}",
        bank=f"江南示范银行{place}支行 3205{number:08d}",
        delivery_note_prices=number % 9 == 0,
        remark=about,
    )
    if grade != "C":
        customer = change_grade(customer, by=clerk, at=at, grade=grade, reason="往来一年以上，付款守时")
    limit = Decimal(rng.randrange(80, 200) * 10000) if grade == "A" else Decimal(0)
    if limit:
        customer = set_credit_limit(customer, by=people["finance"], at=at, credit_limit=limit, reason="年度信用评定")
    client = Client(customer, *meet(people, customer, rng, at, number, place))
    agree(people, client, made, rng, today, at, number)
    client.customer.refresh_from_db()
    return client


def meet(
    people: People, customer: Customer, rng: Random, at: datetime, number: int, place: str
) -> tuple[Contact, Contact, Address]:
    """Who may sign, who calls, and where goods go."""
    clerk = customer.clerk
    name = rng.choice(SURNAMES) + rng.choice(GIVEN)
    signer = add_contact(
        customer,
        by=clerk,
        at=at,
        name=name,
        post=rng.choice(("总经理", "采购经理", "供应链经理")),
        mobile=f"1380000{number * 2:04d}",
        email=f"k{number:02d}@example.com",
        may_sign=True,
    )
    caller = add_contact(
        customer,
        by=clerk,
        at=at,
        name=rng.choice(SURNAMES) + rng.choice(GIVEN),
        post="采购员",
        mobile=f"1380000{number * 2 + 1:04d}",
        phone=customer.phone,
    )
    addresses = [
        add_address(
            customer,
            by=clerk,
            at=at,
            receiver=rng.choice(SURNAMES) + rng.choice(("师傅", "主管", "仓管")),
            phone=customer.phone,
            address=f"{place}市{rng.choice(ROADS)} {rng.randint(1, 388)} 号{where}",
        )
        for where in ("成品仓", "二号厂房")[: 1 + (number % 4 == 0)]
    ]
    return signer, caller, addresses[0]


def agree(staff: People, client: Client, made: list[Made], rng: Random, today: date, at: datetime, number: int) -> None:
    """A contract for nearly all of A and some of B; some of them with prices of their own, one that ends soon."""
    grade = client.grade
    client.on_contract = (grade == "A" and number != 13) or (grade == "B" and number % 6 == 2)
    if not client.on_contract:
        return
    client.on_credit = grade == "A" and number % 4 != 3
    first = today.replace(day=1) - timedelta(days=200)
    ends = today + timedelta(days=18 if number == 5 else 200 + number)
    chosen = rng.sample(made, 3) if number % 2 == 0 else []
    prices = [Agreed(each.product, (each.price * Decimal("0.91")).quantize(CENT)) for each in chosen]
    deposit = Decimal(20) if grade == "B" or number % 4 == 3 else Decimal(0)
    quotes.agree(
        staff,
        client.customer,
        at,
        quotes.of_days(deposit, rng.choice((30, 45, 60)) if client.on_credit else None),
        number=f"HT-{first:%Y}-{number + 1:03d}",
        valid_from=first,
        valid_to=ends,
        tolerance_plus=Decimal(5),
        tolerance_minus=Decimal(3),
        amount=Decimal(rng.randrange(30, 160) * 10000),
        terms="质量异议期七日；按月对账。",
        prices=prices,
    )

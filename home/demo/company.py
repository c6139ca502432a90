"""The company before its first order: people, things and customers; and whose order of what each story is."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from accounts.models import User
from catalog.models import Product
from customers.actions import write_memo
from customers.models import Address, Contact, Customer
from documents.numbering import BUSINESS_ZONE, business_day
from home.demo import cards, customers, machines, materials, people, products, quotes, standards, stories
from home.demo.clock import DAY, WorkClock
from home.demo.customers import Client
from home.demo.journey import Journey, Wish
from home.demo.people import People
from home.demo.products import Made
from home.demo.roads import add_carriers
from home.demo.stories import Story

FOUNDED = timedelta(days=170)
ENQUIRIES = (
    ("phone", "想问热敏标签 100×150 一万卷什么价，月底能不能交"),
    ("visit", "来看合成纸样卷，要两种厚度的样张"),
    ("email", "新包装线要耐冻标签，附了尺寸，请报价"),
    ("phone", "上次的铜版纸还要二十令，交期最快几天"),
    ("online", "询吊牌卡纸 110×60，烫金另算，起订量多少"),
    ("fax", "传真了明年框架合同的草稿，请法务看付款条款"),
)


@dataclass
class Company:
    """What stands before the first order. `free`: product id → what of it in stock may be promised."""

    seed: int
    rng: Random
    clock: WorkClock
    people: People
    made: list[Made]
    clients: list[Client]
    free: dict[int, Decimal]

    @property
    def today(self) -> date:
        return self.clock.today


def found(password: str, *, seed: int, now: datetime) -> Company:
    """The same company for the same seed and day."""
    rng = chance(seed, "founding")
    founded = datetime.combine(business_day(now) - FOUNDED, time(9), BUSINESS_ZONE)
    staff = people.hire(password, founded)
    people.set_up_house(staff, business_day(now), founded)
    add_carriers(staff, founded)
    clock = WorkClock(now)
    made = products.add_products(staff, founded)
    materials.fill_store(staff, made, clock.today, founded)
    products.add_prices(staff, made, clock.today, founded)
    quotes.say_costs(staff, made, founded)
    standards.write_standards(staff, made, founded)
    cards.write_cards(staff, made, founded)
    machines.add_machines(staff, founded)
    free = products.fill_store(staff, made, rng, clock.today, founded)
    clients = customers.add_customers(staff, made, rng, clock.today, founded)
    return Company(seed, rng, clock, staff, made, clients, free)


def chance(seed: int, *of: object) -> Random:
    """Each thing has dice of its own, so that what is done later does not hang on what was done in the same process."""
    return Random("/".join(map(str, (seed, *of))))  # noqa: S311 (a story, no secret)


# -- written down and found again ------------------------------------------------------------------------------------


def written_down(company: Company) -> dict[str, Any]:
    """What cannot be read from the database again."""
    return {
        "made": [[one.product.pk, str(one.price), one.least, one.most, one.pallet] for one in company.made],
        "clients": [
            [one.customer.pk, one.signer.pk, one.buyer.pk, one.address.pk, one.on_contract, one.on_credit]
            for one in company.clients
        ],
        "free": {str(pk): str(quantity) for pk, quantity in company.free.items()},
    }


def found_again(facts: dict[str, Any], *, seed: int, now: datetime) -> Company:
    """The company as it stood after its founding; `facts` as they were written down."""
    staff = People({user.username: user for user in User.objects.filter(username__in=[row[0] for row in people.STAFF])})
    staff.by_name = {row[0]: staff.by_name[row[0]] for row in people.STAFF}
    product = Product.objects.in_bulk()
    made = [Made(product[pk], Decimal(price), *numbers) for pk, price, *numbers in facts["made"]]
    customer = Customer.objects.select_related("salesperson__supervisor", "clerk").in_bulk()
    contact, address = Contact.objects.in_bulk(), Address.objects.in_bulk()
    clients = [
        Client(customer[who], contact[signer], contact[buyer], address[place], *terms)
        for who, signer, buyer, place, *terms in facts["clients"]
    ]
    free = {int(pk): Decimal(quantity) for pk, quantity in facts["free"].items()}
    return Company(seed, chance(seed, "founded"), WorkClock(now), staff, made, clients, free)


# -- planning --------------------------------------------------------------------------------------------------------


@dataclass
class Plan:
    """A journey with the minute of each of its steps."""

    story: Story
    journey: Journey
    steps: list[tuple[int, str]]


def plans(company: Company, count: int) -> list[Plan]:
    """The same whenever they are laid: what of the stock is promised to an order is taken in their order."""
    found = []
    for number, story in enumerate(stories.cast(count)):
        company.rng = chance(company.seed, "plan", number)
        found.append(plan(company, story))
    return found


def plan(company: Company, story: Story) -> Plan:
    """Choose whose order it is and of what, and lay its steps backwards from when the last one happened."""
    rng, clock = company.rng, company.clock
    client = rng.choice([each for each in company.clients if fits(each, story.wish)])
    wish = Wish(**{**story.wish.__dict__, "on_credit": client.on_credit})
    journey = Journey(company.people, rng, client, wish, choose(company, wish), clock)
    steps = story.route(wish, rng)
    gaps = [rng.randint(*stories.GAPS[step]) for step in steps]
    end = clock.last - min(rng.randint(*story.age), clock.last - sum(gaps) - 5 * DAY)
    minute, laid = end - sum(gaps), []
    for step, gap in zip(steps, gaps, strict=True):
        minute += gap
        laid.append((minute, step))
    moments: dict[str, list[datetime]] = defaultdict(list)
    for minute, step in laid:
        moments[step].append(clock.at(minute))
    journey.moments = dict(moments)
    return Plan(story, journey, laid)


def fits(client: Client, wish: Wish) -> bool:
    return client.grade in wish.grades and (client.on_credit or not wish.on_credit)


def choose(company: Company, wish: Wish) -> list[tuple[Made, Decimal, Decimal]]:
    """One to four products, how many, and how many of them from stock."""
    rng = company.rng
    found = []
    pool = (
        [made for made in company.made if left(company, made) >= made.least] if wish.source != "make" else company.made
    )
    for number, made in enumerate(rng.sample(pool, min(len(pool), rng.choice((1, 1, 2, 2, 3, 4))))):
        quantity = Decimal(nice(rng.randint(made.least, made.most)))
        stock = Decimal(0)
        if wish.source == "stock":
            stock = quantity = min(quantity, left(company, made))
        elif wish.source == "mixed" and number == 0:
            stock = min((quantity / 2).quantize(Decimal(1)), left(company, made))
        if stock:
            company.free[made.product.pk] -= stock
        found.append((made, quantity, stock))
    return found


def left(company: Company, made: Made) -> Decimal:
    """What of a product in stock no order has been promised yet, for one order to take a part of."""
    return (company.free.get(made.product.pk, Decimal(0)) / 3).quantize(Decimal(1))


def nice(number: int) -> int:
    """As people order: round numbers."""
    step = 100 if number >= 1000 else 50 if number >= 300 else 10 if number >= 50 else 2
    return max(step, number // step * step)


# -- enquiries ---------------------------------------------------------------------------------------------------------


def ask(company: Company) -> None:
    """Enquiries of the last days that no order has come of yet, one of them by somebody unknown."""
    for number, (channel, words) in enumerate(ENQUIRIES):
        at = company.clock.at(company.clock.last - DAY * number // 2 - 20)
        client = company.clients[number * 7 % len(company.clients)]
        who = {"customer": client.customer} if number != 4 else {"customer_name": "湖州青禾文创工作室（未建档）"}
        write_memo(
            None,
            by=client.customer.clerk,
            at=at,
            channel=channel,
            caller=client.buyer.name,
            caller_phone=client.buyer.mobile,
            words=words,
            read_back=number % 2 == 0,
            reply_promised_by=at + timedelta(hours=4),
            **({"told_words": "已收到，今日内答复"} if number % 3 else {}),
            **who,
        )

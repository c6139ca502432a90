"""Building the company: its people, things and customers, then the orders in the order of time."""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from django.db import transaction
from django.utils import timezone

from audit.prepared import plan_anew
from customers.actions import write_memo
from documents.numbering import BUSINESS_ZONE, business_day
from home.demo import (
    bank,
    cards,
    collecting,
    customers,
    invoices,
    machines,
    materials,
    people,
    products,
    quotes,
    samples,
    standards,
    statements,
    stories,
)
from home.demo.clock import DAY, WorkClock
from home.demo.customers import Client
from home.demo.daily import report_days
from home.demo.journey import Journey, Wish
from home.demo.online import answer_online
from home.demo.people import People
from home.demo.products import Made
from home.demo.roads import add_carriers, hear
from home.demo.stories import Story
from home.demo.watching import hand_over, watch
from orders import nightly
from orders.tasks import sweep

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
    """What stands before the first order."""

    rng: Random
    clock: WorkClock
    people: People
    made: list[Made]
    clients: list[Client]
    free: dict[int, Decimal]
    say: Callable[[str], None] = print
    orders: list[tuple[Story, Journey]] = field(default_factory=list)

    @property
    def today(self) -> date:
        return self.clock.today


@transaction.atomic
def build(password: str, *, seed: int, count: int, say: Callable[[str], None]) -> Company:
    """The same company for the same seed, count and day; all of it or nothing."""
    rng, now = Random(seed), timezone.now()  # noqa: S311 (a story, no secret)
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
    say(f"人员 {len(staff.by_name)}，产品 {len(made)}，客户 {len(clients)}；开始下单……")
    company = Company(rng, clock, staff, made, clients, free, say)
    live(company, [plan(company, story) for story in stories.cast(count)])
    ask(company)
    quotes.offer(company)
    bank.hand_in(company)
    invoices.ask_and_issue(company)
    statements.give(company)
    collecting.collect(company)
    answer_online(company)
    hear(company)
    watch(company)
    report_days(company)
    samples.order_samples(company)
    machines.repair(staff, clock.today, clock.now)
    hand_over(company)
    catch_up(company)
    return company


# -- planning --------------------------------------------------------------------------------------------------------


@dataclass
class Plan:
    """A journey with the minute of each of its steps."""

    journey: Journey
    steps: list[tuple[int, str]]


def plan(company: Company, story: Story) -> Plan:
    """Choose whose order it is and of what, and lay its steps backwards from when the last one happened."""
    rng, clock = company.rng, company.clock
    client = rng.choice([each for each in company.clients if fits(each, story.wish)])
    wish = Wish(**{**story.wish.__dict__, "on_credit": client.on_credit})
    journey = Journey(company.people, rng, client, wish, choose(company, wish), now=clock.now)
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
    company.orders.append((story, journey))
    return Plan(journey, laid)


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


# -- living ----------------------------------------------------------------------------------------------------------


def live(company: Company, plans: list[Plan]) -> None:
    """Every step of every order in the order of time, with the nights between them."""
    day: date | None = None
    for number, (minute, _, journey, step) in enumerate(in_time(plans)):
        at = company.clock.at(minute)
        while day is not None and day < business_day(at):
            night(day)
            day += timedelta(days=1)
        day = day or business_day(at)
        if step in ("wait", "long_wait"):
            continue
        getattr(journey, f"do_{step}")(at)
        if number % 100 == 99:
            plan_anew()
        if number % 500 == 499:
            company.say(f"  {at:%m-%d}，{number + 1} 步")


def in_time(plans: list[Plan]) -> Iterator[tuple[int, int, Journey, str]]:
    tracks = [
        [(minute, number, each.journey, step) for minute, step in each.steps] for number, each in enumerate(plans)
    ]
    return heapq.merge(*tracks, key=lambda row: row[:2])


def night(day: date) -> None:
    """What the job does ten minutes past midnight."""
    nightly.run(day, at=datetime.combine(day + timedelta(days=1), time(0, 10), BUSINESS_ZONE))


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


def catch_up(company: Company) -> None:
    """The nights up to yesterday, and what time alone has changed since each order was last touched."""
    nightly.run(company.today - timedelta(days=1))
    sweep()

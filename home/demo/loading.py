"""Loading the company: its founding in one piece, then step by step, each committed.

So one can look at it meanwhile, and an interrupted load goes on where it stopped.
"""

import heapq
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import accumulate

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from audit.models import Event
from audit.prepared import plan_anew
from documents.numbering import BUSINESS_ZONE, business_day
from home.demo import bank, collecting, company, invoices, machines, progress, quotes, samples, statements
from home.demo.company import Company, Plan, chance
from home.demo.daily import report_days
from home.demo.journey import Journey
from home.demo.online import answer_online
from home.demo.roads import hear
from home.demo.watching import hand_over, watch
from home.models import DemoLoad
from orders import nightly
from orders.models import Order
from orders.tasks import sweep

log = logging.getLogger("home.demo")

Say = Callable[[str], None]
PLANS_LAST = 100
ALONE = 20_002  # the number of a load among the database's advisory locks


@dataclass(frozen=True)
class Unit:
    """What is committed at once. `weight` in steps of orders, for the share that is done."""

    name: str
    work: Callable[[], None]
    story: int | None = None
    weight: int = 1


@contextmanager
def alone(say: Say) -> Iterator[bool]:
    """Waits while another process loads, and says so; yields whether it had to. One that was killed lets go."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [ALONE])
        waits = not cursor.fetchone()[0]
        if waits:
            say("演示公司正由另一个进程装入，等它装完……")
            cursor.execute("SELECT pg_advisory_lock(%s)", [ALONE])
    try:
        yield waits
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ALONE])


def unfinished() -> DemoLoad | None:
    return DemoLoad.objects.filter(ended_at=None).first()


def finished() -> bool:
    return unfinished() is None and DemoLoad.objects.exists()


def build(password: str, *, seed: int, count: int, say: Say = log.info) -> None:
    """Founding and every step; whatever goes wrong is raised."""
    go_on(begin(password, seed=seed, count=count), say=say, forgiving=False)


@transaction.atomic
def begin(password: str, *, seed: int, count: int) -> DemoLoad:
    """The company without an order: all of it or nothing."""
    now = timezone.now()
    founded = company.found(password, seed=seed, now=now)
    facts = company.written_down(founded)
    return DemoLoad.objects.create(seed=seed, count=count, began_at=now, facts=facts)


def go_on(load: DemoLoad, *, say: Say, forgiving: bool = True) -> None:
    """The steps not yet taken. `forgiving`: an order that goes another way than its story is left alone."""
    here = company.found_again(load.facts, seed=load.seed, now=load.began_at)
    units = [*steps(load, company.plans(here, load.count)), *stages(here)]
    *before, whole = accumulate((unit.weight for unit in units), initial=0)
    relax()
    for place in range(load.done, len(units)):
        progress.note(before[place] * 100 // whole)
        if place % PLANS_LAST == 0:
            plan_anew()
        if place % 250 == 0:
            say(f"  {place} / {len(units)} 步")
        take(load, units[place], forgiving)
    load.ended_at = timezone.now()
    load.save(update_fields=["ended_at"])
    progress.end()


def relax() -> None:
    """A power cut may take the last steps of a story that is told again; nothing else is written by this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")


@transaction.atomic
def take(load: DemoLoad, unit: Unit, forgiving: bool) -> None:
    try:
        with transaction.atomic():
            unit.work()
    except (OperationalError, InterfaceError):
        raise
    except Exception as problem:
        if not forgiving:
            raise
        log.warning("left out: %s: %r", unit.name, problem)
        if unit.story is not None:
            load.left.append(unit.story)
    load.done += 1
    load.save(update_fields=["done", "orders", "left"])


# -- the orders --------------------------------------------------------------------------------------------------------


def steps(load: DemoLoad, plans: list[Plan]) -> Iterator[Unit]:
    """Every step of every order in the order of time, with the nights between them."""
    before: date | None = None
    for minute, story, place, step in in_time(plans):
        at = plans[story].journey.clock.at(minute)
        day = business_day(at)
        for past in range((day - (before or day)).days, 0, -1):
            yield Unit("night", partial(night, day - timedelta(past)))
        before = day
        work = partial(live, load, plans[story].journey, story, place, step, at)
        yield Unit(f"{plans[story].story.name}: {step}", work, story)


def in_time(plans: list[Plan]) -> Iterator[tuple[int, int, int, str]]:
    """(minute, story, place in it, step)"""
    tracks = [
        [(minute, story, place, step) for place, (minute, step) in enumerate(each.steps)]
        for story, each in enumerate(plans)
    ]
    return heapq.merge(*tracks, key=lambda row: row[:2])


def live(load: DemoLoad, journey: Journey, story: int, place: int, step: str, at: datetime) -> None:
    if step in ("wait", "long_wait") or story in load.left:
        return
    journey.rng = chance(load.seed, story, place)
    if str(story) in load.orders:
        journey.take_up(load.orders[str(story)])
        if touched(journey.order, load.began_at):
            load.left.append(story)
            return
    getattr(journey, f"do_{step}")(at)
    load.orders[str(story)] = journey.order.pk


def touched(order: Order, began_at: datetime) -> bool:
    """Somebody who looks at the company has begun to work on it: from then on it is theirs."""
    revisions = order.revisions.values("pk")
    about = Q(subject_kind="order", subject_id=order.pk) | Q(subject_kind="revision", subject_id__in=revisions)
    return Event.objects.filter(about, at__gt=began_at).exists()


def night(day: date) -> None:
    """What the job does ten minutes past midnight."""
    nightly.run(day, at=datetime.combine(day + timedelta(days=1), time(0, 10), BUSINESS_ZONE))


# -- and what is beside them -------------------------------------------------------------------------------------------


def stages(here: Company) -> Iterator[Unit]:
    def unit(name: str, weight: int, work: Callable[[Company], None]) -> Unit:
        def act() -> None:
            here.rng = chance(here.seed, name)
            work(here)

        return Unit(name, act, weight=weight)

    yield unit("enquiries", 5, company.ask)
    yield unit("quotes", 20, quotes.offer)
    yield unit("bank", 10, bank.hand_in)
    yield unit("invoices", 20, invoices.ask_and_issue)
    yield unit("statements", 20, statements.give)
    yield unit("collecting", 20, collecting.collect)
    yield unit("online", 10, answer_online)
    yield unit("roads", 10, hear)
    yield unit("watching", 40, watch)
    yield unit("days", 60, report_days)
    yield unit("samples", 10, samples.order_samples)
    yield unit("machines", 5, lambda at: machines.repair(at.people, at.today, at.clock.now))
    yield unit("hand-over", 20, hand_over)
    yield unit("catch-up", 60, catch_up)


def catch_up(here: Company) -> None:
    """The nights up to yesterday, and what time alone has changed since each order was last touched."""
    nightly.run(here.today - timedelta(days=1))
    sweep()

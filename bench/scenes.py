"""What the clients do: the pages they look at, and the actions they carry out through them."""

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import count, islice
from statistics import median
from typing import Any
from urllib.parse import quote

from django.utils import timezone

from bench import departments, material
from bench.client import Answer, Client, Step, Timed, Unexpected, closed_loop
from bench.company import CLIENTS, Company
from bench.departments import HOMES, Todo
from bench.seeding import SEED
from catalog.models import Product
from customers.models import Customer
from documents.models import Document
from documents.numbering import business_day
from flow.models import Owed
from orders.models import Order, Revision, State
from portal import tokens
from portal.models import CustomerLink

# How often each client asks for the meter; medians are of all of theirs.
METERED = 3
WORDS = ["苏州", "华印", "晨光", "医药", "物流", "shz", "宁波", "电子"]


class House:
    """Eight people of each role at their browsers."""

    def __init__(self, port: int, company: Company) -> None:
        self.company = company
        self.dice = random.Random(SEED)  # noqa: S311
        self.clerks = [Client(port, user.username) for user in company.clerks]
        self.supervisors = [Client(port, user.username) for user in company.supervisors]
        self.staff = {role: [Client(port, user.username) for user in people] for role, people in company.staff.items()}
        self.staff["clerks"] = self.clerks
        # A spread over all orders, old and new.
        everything = list(Order.objects.order_by("pk").values_list("number", flat=True))
        self.numbers = self.dice.sample(everything, min(200, len(everything)))
        self.links = customer_pages(40)

    def paths(self) -> dict[str, tuple[list[Client], Callable[[], str]]]:
        words = count()
        return {
            "空页(已登录)": (self.clerks, lambda: "/bench/empty"),
            "空页(无中间件)": (self.clerks, lambda: "/bench/bare"),
            "订单列表首页": (self.clerks, lambda: "/orders/"),
            "订单列表末页": (self.clerks, lambda: "/orders/?last=1"),
            "列表搜索": (self.clerks, lambda: "/orders/?q=" + quote(WORDS[next(words) % len(WORDS)])),
            "全站搜索": (self.clerks, lambda: "/search/?q=" + quote(WORDS[next(words) % len(WORDS)])),
            "审批队列": (self.supervisors, lambda: "/approvals/"),
            "首页待办": (self.clerks, lambda: "/"),
            **{f"首页({role})": (self.staff[role], lambda: "/") for role in HOMES},
            "订单页": (self.clerks, lambda: f"/orders/{self.dice.choice(self.numbers)}/"),
            "新建订单表单": (self.clerks, lambda: "/orders/new/"),
            "单据档案": (self.clerks, lambda: "/documents/"),
            "单据档案查客户": (self.clerks, lambda: "/documents/?q=" + quote(WORDS[next(words) % len(WORDS)])),
            "客户自己的页面": (self.clerks, lambda: self.dice.choice(self.links)),
            **self.departments(),
        }

    def departments(self) -> dict[str, tuple[list[Client], Callable[[], str]]]:
        found: dict[str, tuple[list[Client], Callable[[], str]]] = {
            name: (self.staff["quality"], lambda number=number: f"/quality/trace/?q={number}")  # type: ignore[misc]
            for name, number in zip(departments.TRACES, (departments.last_lot(), material.LOT), strict=True)
        }
        for name, (role, path) in departments.PAGES.items():
            found[name] = (self.staff[role], lambda path=path: path)  # type: ignore[misc]
        for name, (role, path, state) in departments.OF_ONE.items():
            numbers = departments.some(state)
            found[name] = (self.staff[role], lambda path=path, numbers=numbers: path.format(self.dice.choice(numbers)))  # type: ignore[misc]
        return found

    def look(self, rounds: int, each: int) -> dict[str, Timed]:
        """All pages, round after round, so that a slow minute of the machine falls on every one of them."""
        found: dict[str, list[Timed]] = defaultdict(list)
        pages = self.paths()
        for clients, path in pages.values():
            closed_loop([(client, [fetch(path()) for _ in range(2)]) for client in clients])
        for _ in range(rounds):
            for name, (clients, path) in pages.items():
                found[name].append(closed_loop([(client, [fetch(path()) for _ in range(each)]) for client in clients]))
        together = {name: joined(parts) for name, parts in found.items()}
        for name, (clients, path) in pages.items():
            asked = [(client, path()) for client in clients for _ in range(METERED)]
            # What one connection asks, one process answers: the second time it has just drawn the same.
            pairs = [[client.get(each, metered=True) for _ in range(2)] for client, each in asked]
            with_meter(together[name], [first for first, _ in pairs])
            together[name].cpu_again_ms = median(again.cpu_ms for _, again in pairs)
            together[name].size = max(first.size for first, _ in pairs)
        return together

    # Actions

    def check(self, most: int) -> Timed:
        return self.act(self.clerks, of_orders("check", "cs_checked"), most)

    def approve(self, most: int) -> Timed:
        teams: dict[int | None, list[Todo]] = defaultdict(list)
        owed = Owed.objects.open().filter(what="approve", role="supervisor").order_by("?")
        for number, supervisor in owed.values_list("order__number", "order__salesperson__supervisor_id"):
            teams[supervisor].append(Todo(f"/orders/{number}/approve/"))
        users = zip(self.supervisors, self.company.supervisors, strict=True)
        return self.send_all([(client, teams[user.pk][:most]) for client, user in users])

    def release(self, most: int) -> Timed:
        return self.act(self.clerks, of_orders("release", "release"), most)

    def of_department(self, role: str, wanted: Iterable[Todo], most: int = 10) -> Timed:
        return self.act(self.staff[role], wanted, most)

    def act(self, clients: list[Client], wanted: Iterable[Todo], most: int) -> Timed:
        todos = list(islice(wanted, most * len(clients)))
        return self.send_all([(client, todos[place :: len(clients)]) for place, client in enumerate(clients)])

    @staticmethod
    def send_all(wanted: list[tuple[Client, list[Todo]]]) -> Timed:
        """The forms are opened first; timed is the sending, up to the redirect. The second to fourth of each are
        metered: the first compiles what the next ones find compiled."""
        work: list[Any] = []
        metered: list[Any] = []
        for client, todos in wanted:
            forms = [(todo.target or todo.page, client.form(todo.page, todo.target) | todo.filled) for todo in todos]
            answers = [done(client.post(*forms.pop(), metered=True)) for _ in range(min(len(forms), 1 + METERED))]
            metered += answers[1:] or answers
            work.append((client, [send(url, fields) for url, fields in forms]))
        work = [one for one in work if one[1]]
        if not work:
            raise Unexpected("nothing to be done")
        return with_meter(closed_loop(work), metered)

    def create(self, each: int, clients: int = CLIENTS) -> Timed:
        """A draft of five lines."""
        found = Customer.objects.order_by("pk")[:400]
        customers: list[Any] = list(found.values("code", "name", "contacts", "addresses"))
        codes = list(
            Product.objects.filter(pk__in=self.company.ranges[1]).order_by("pk").values_list("code", flat=True)
        )
        # One that is not timed: the process' first compiles what the next ones find compiled.
        work: list[Any] = []
        metered: list[Any] = []
        for client in self.clerks[:clients]:
            fields = [self.order(client, self.dice.choice(customers), codes) for _ in range(each + 2)]
            done(client.post("/orders/new/", fields.pop()))
            metered.append(done(client.post("/orders/new/", fields.pop(), metered=True)))
            work.append((client, [send("/orders/new/", given) for given in fields]))
        return with_meter(closed_loop(work), metered)

    def order(self, client: Client, customer: dict[str, object], codes: list[str]) -> dict[str, str]:
        given = {
            **client.form("/orders/new/"),
            "customer": f"{customer['code']} {customer['name']}",
            "channel": "phone",
            "kind": "normal",
            "contact": f"{customer['contacts']}",
            "address": f"{customer['addresses']}",
            "requested_on": str(business_day(timezone.now()) + timedelta(days=30)),
            "delivery_way": "freight",
            "freight": "seller",
            "invoice_kind": "special",
            "payment_terms": "按合同",
            "lines-TOTAL_FORMS": "5",
            "lines-INITIAL_FORMS": "0",
        }
        for row in range(5):
            given |= {f"lines-{row}-product": codes[row], f"lines-{row}-quantity": "20", f"lines-{row}-price": "10.00"}
        return given


def customer_pages(most: int) -> list[str]:
    """The addresses of customers' pages, of confirmations that are out."""
    sent = Revision.objects.filter(sent_at__isnull=False, number=1, customer_links=None).order_by("-pk")[:most]
    by_order = {revision.order_id: revision for revision in sent}
    papers = Document.objects.filter(kind="confirmation", subject_kind="order", version=1, subject_id__in=by_order)
    now = timezone.now()
    links = CustomerLink.objects.bulk_create(
        CustomerLink(
            key=tokens.new_key(),
            order_id=paper.subject_id,
            revision=by_order[paper.subject_id],
            document=paper,
            made_at=now,
            expires_at=now + timedelta(days=30),
        )
        for paper in papers
    )
    return [tokens.path_of(link) for link in links]


def of_orders(slug: str, what: str) -> Iterator[Todo]:
    """The orders on which `what` is owed, at the page where it is done."""
    found = Owed.objects.open().filter(what=what).exclude(order__state=State.DRAFT).order_by("?")
    return (Todo(f"/orders/{number}/{slug}/") for number in found.values_list("order__number", flat=True))


def fetch(path: str) -> Step:
    return lambda client: client.get(path)


def send(path: str, fields: dict[str, str]) -> Step:
    return lambda client: done(client.post(path, fields))


def done(answer: Answer) -> Answer:
    if answer.status != 302:
        words = " ".join(re.sub("<[^>]*>", " ", answer.body.partition("<main")[2]).split())
        raise Unexpected(f"{answer.status} {words[:600]}")
    return answer


def joined(parts: list[Timed]) -> Timed:
    return Timed(
        [each for part in parts for each in part.times],
        sum(part.seconds for part in parts),
        failures=[words for part in parts for words in part.failures],
    )


def with_meter(timed: Timed, metered: list[Answer]) -> Timed:
    timed.statements = max((answer.statements for answer in metered), default=0)
    timed.sql_ms = sum(answer.sql_ms for answer in metered) / max(1, len(metered))
    timed.cpu_ms = median(answer.cpu_ms for answer in metered) if metered else 0.0
    return timed
